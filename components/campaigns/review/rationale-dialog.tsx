"use client";
import { Button, Modal, Textarea } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { counted } from "#components/ui/moment-text.ts";
import { ANSWER_WORDS } from "../words.ts";
import classes from "./review.module.css";
import { meaningOf } from "./row-words.ts";
import type { Asked } from "./use-decisions.ts";

type RationaleDialogProps = Asked & {
  /** Given before in this sitting; offered, never filled in. */
  earlier: readonly string[];
  onGiven: (rationale: string) => void;
  onClose: () => void;
};

/** Why: asked for every revoke, every abstention and every privileged keep. Control or ⌘ with Enter answers. */
export function RationaleDialog({ answer, rows, earlier, onGiven, onClose }: RationaleDialogProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const { verb } = ANSWER_WORDS[answer];
  const [first] = rows;
  const what =
    rows.length === 1 && first ? `${meaningOf(first)}, ${first.personName ?? first.identityName}` : counted(rows.length, "alike item");
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim()) onGiven(text.trim());
  };
  /** Taken over by whoever decides, and ready to be sent or changed. */
  const choose = (reason: string) => {
    setText(reason);
    field.current?.focus();
  };
  return (
    <Modal opened onClose={onClose} title={`${verb}: why?`} closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={submit} className={classes.dialog}>
        <p className={classes.dim}>{what}</p>
        <Textarea
          ref={field}
          label="Reason, for whoever checks this later"
          data-autofocus
          autosize
          minRows={2}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey) submit(event);
          }}
        />
        {earlier.length > 0 && (
          <div className={classes.earlier}>
            <span className={classes.dim}>Said before:</span>
            {earlier.map((reason) => (
              <Button key={reason} size="compact-xs" variant="default" onClick={() => choose(reason)}>
                {reason}
              </Button>
            ))}
          </div>
        )}
        <div className={classes.dialogButtons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color={answer === "revoke" ? "red" : "indigo"} disabled={!text.trim()}>
            {rows.length > 1 ? `${verb} ${counted(rows.length, "item")}` : verb}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
