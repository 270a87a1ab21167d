"use client";
import { Button, Checkbox, Modal } from "@mantine/core";
import { useState } from "react";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { submitDecisionsAction } from "#lib/campaigns/actions.ts";
import classes from "./review.module.css";

/** What the reviewer attests to; kept with the submission, word for word. */
const ATTESTATION =
  "I looked at each item that I hand in. I decided by what the person or service needs for its work today, and none of it is my own access.";

type SubmitButtonProps = {
  campaignId: string;
  instructions: string;
  instructionsVersion: number;
  answered: number;
  open: number;
  /** Answers that the server does not have yet: they must arrive first. */
  isWaiting: boolean;
  onSubmitted: () => void;
};

/** Hands in what is answered; what is open stays. Asks who it is once more, for exactly this. */
export function SubmitButton({ campaignId, instructions, instructionsVersion, answered, open, isWaiting, onSubmitted }: SubmitButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const [isAttested, setAttested] = useState(false);
  const { run, isRunning, failure, stepUp } = useAction(submitDecisionsAction, {
    onDone: () => {
      setOpen(false);
      setAttested(false);
      toastDone(`Submitted ${counted(answered, "decision")}`);
      onSubmitted();
    },
    onFailed: () => undefined,
  });
  return (
    <>
      <Button disabled={answered === 0 || isWaiting} onClick={() => setOpen(true)} aria-haspopup="dialog">
        {answered === 0 ? "Submit" : `Submit ${answered}`}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={`Submit ${counted(answered, "decision")}`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <div className={classes.dialog}>
          <p className={classes.instructions}>{instructions}</p>
          <p>
            {open > 0 ? `${counted(open, "item")} will stay open for you. ` : ""}After this, only the campaign owner can reopen an item,
            with a reason. Revokes of high and critical risk start at once; exceptions asked for go to their approvers.
          </p>
          <Checkbox label={ATTESTATION} checked={isAttested} onChange={(event) => setAttested(event.currentTarget.checked)} />
          {failure && <p role="alert">{failure.message}</p>}
          <div className={classes.dialogButtons}>
            <Button variant="default" onClick={() => setOpen(false)}>
              Cancel
            </Button>
            <Button
              disabled={!isAttested}
              loading={isRunning}
              onClick={() => run({ campaignId, instructionsVersion, attestation: ATTESTATION })}
            >
              {`Submit ${counted(answered, "decision")}`}
            </Button>
          </div>
        </div>
      </Modal>
      {stepUp}
    </>
  );
}
