"use client";

import { Button, type ButtonProps, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import classes from "./dialogs.module.css";
import { type Action, useAction } from "./use-action.tsx";

type ConfirmButtonProps<Input, Data> = Pick<ButtonProps, "size" | "variant" | "disabled" | "leftSection"> & {
  /** Where several buttons of a page say the same: which this one is. */
  label?: string;
  /** A verb and its object, on the button and again in the dialog: "Revoke 3 grants". */
  children: string;
  title: string;
  /** What will happen, to what, and whether it can be taken back. */
  consequence: ReactNode;
  action: Action<Input, Data>;
  input: Input;
  onDone?: (data: Data) => void;
  /** It takes something away: the dialog's button is red. */
  isDestructive?: boolean;
};

/** A button whose effect is named before it happens. A critical action asks for confirmation of the person after that. */
export function ConfirmButton<Input, Data>(props: ConfirmButtonProps<Input, Data>) {
  const { children, title, consequence, action, input, onDone, isDestructive = false, label, ...look } = props;
  const [opened, setOpened] = useState(false);
  const { run, isRunning, failure, stepUp } = useAction(action, {
    onDone: (data: Data) => {
      setOpened(false);
      onDone?.(data);
    },
    onFailed: () => undefined,
  });
  return (
    <>
      <Button {...look} onClick={() => setOpened(true)} aria-haspopup="dialog" {...(label ? { "aria-label": label } : {})}>
        {children}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={title} closeButtonProps={{ "aria-label": "Close" }}>
        <div className={classes.form}>
          <div>{consequence}</div>
          {failure && (
            <p className={classes.failure} role="alert">
              {failure.message}
            </p>
          )}
          <div className={classes.buttons}>
            <Button variant="default" onClick={() => setOpened(false)} data-autofocus>
              Cancel
            </Button>
            <Button color={isDestructive ? "red" : "indigo"} loading={isRunning} onClick={() => run(input)}>
              {children}
            </Button>
          </div>
        </div>
      </Modal>
      {stepUp}
    </>
  );
}
