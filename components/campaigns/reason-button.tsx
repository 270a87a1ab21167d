"use client";

import { Button, type ButtonProps, Modal, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import type { Action } from "#components/ui/use-action.tsx";
import classes from "./campaign-page.module.css";

type ReasonButtonProps<Input, Data> = Pick<ButtonProps, "size" | "variant" | "disabled"> & {
  /** Verb and object, on the button and again in the dialog. */
  children: string;
  title: string;
  /** What will happen, and whether it can be taken back. */
  consequence: ReactNode;
  action: Action<Input, Data>;
  /** The reason as typed, to what the action takes. */
  read: (reason: string) => Input;
  onDone?: (data: Data) => void;
  /** null: no reason is asked for. */
  label?: string | null;
  isDestructive?: boolean;
  /** More fields of the dialog, above the reason. */
  fields?: (errors: Readonly<Record<string, string>>) => ReactNode;
  /** Which field of the input the text is, for its error: "reason" unless told. */
  field?: string;
  initial?: string;
};

/** A button whose act needs a reason in words: they stand in the record. */
export function ReasonButton<Input, Data>(props: ReasonButtonProps<Input, Data>) {
  const {
    children,
    title,
    consequence,
    action,
    read,
    onDone,
    label = "Why",
    isDestructive = false,
    fields,
    field = "reason",
    initial = "",
    ...look
  } = props;
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button {...look} onClick={() => setOpened(true)} aria-haspopup="dialog">
        {children}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={title} closeButtonProps={{ "aria-label": "Close" }}>
        <ActionForm
          action={action}
          read={(form) => read(String(form.get("text") ?? ""))}
          submit={children}
          isDestructive={isDestructive}
          onCancel={() => setOpened(false)}
          onDone={(data: Data) => {
            setOpened(false);
            onDone?.(data);
          }}
        >
          {(errors) => (
            <>
              <div className={classes.consequence}>{consequence}</div>
              {fields?.(errors)}
              {label !== null && (
                <Textarea
                  name="text"
                  label={label}
                  required
                  autosize
                  minRows={3}
                  maxRows={12}
                  defaultValue={initial}
                  error={errors[field]}
                  data-autofocus
                />
              )}
            </>
          )}
        </ActionForm>
      </Modal>
    </>
  );
}
