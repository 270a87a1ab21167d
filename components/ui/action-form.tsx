"use client";

import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./dialogs.module.css";
import { type Action, useAction } from "./use-action.tsx";

type ActionFormProps<Input, Data> = {
  action: Action<Input, Data>;
  /** From the fields' names to what the action takes; the server checks it. */
  read: (fields: FormData) => Input;
  /** Verb and object: "Add the source". */
  submit: string;
  /** Fields, given the sentence of each refused one: <TextInput name="name" label="Name" error={errors.name} />. */
  children: (errors: Readonly<Record<string, string>>) => ReactNode;
  onDone?: (data: Data) => void;
  onCancel?: () => void;
  isDestructive?: boolean;
};

/** A form over a server action: keeps what was typed when the answer is no, and says why beside the field or below. */
export function ActionForm<Input, Data>({
  action,
  read,
  submit,
  children,
  onDone,
  onCancel,
  isDestructive = false,
}: ActionFormProps<Input, Data>) {
  const { run, isRunning, failure, fields, stepUp } = useAction(action, { ...(onDone ? { onDone } : {}), onFailed: () => undefined });
  return (
    <form
      className={classes.form}
      // Sent before the page's script runs, its fields (a password among them) must not end up in the address.
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        run(read(new FormData(event.currentTarget)));
      }}
    >
      {children(fields)}
      {failure && (
        <p className={classes.failure} role="alert">
          {failure.message}
        </p>
      )}
      <div className={classes.buttons}>
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        )}
        <Button type="submit" loading={isRunning} color={isDestructive ? "red" : "indigo"}>
          {submit}
        </Button>
      </div>
      {stepUp}
    </form>
  );
}
