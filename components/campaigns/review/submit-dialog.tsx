"use client";
import { Button, Checkbox, Modal } from "@mantine/core";
import { useState } from "react";
import { counted } from "#components/ui/moment-text.ts";
import { useAction } from "#components/ui/use-action.tsx";
import { submitDecisionsAction } from "#lib/campaigns/actions.ts";
import classes from "./review.module.css";

/** What the reviewer attests to; kept with the submission, word for word. */
const ATTESTATION =
  "I looked at each item that I hand in. I decided by what the person or service needs for its work today, and none of it is my own access.";

type SubmitDialogProps = {
  campaignId: string;
  instructions: string;
  instructionsVersion: number;
  answered: number;
  open: number;
  onClose: () => void;
  onSubmitted: () => void;
};

/** Asks who it is once more, for exactly this. */
export function SubmitDialog({ campaignId, instructions, instructionsVersion, answered, open, onClose, onSubmitted }: SubmitDialogProps) {
  const [isAttested, setAttested] = useState(false);
  const { run, isRunning, failure, stepUp } = useAction(submitDecisionsAction, { onDone: onSubmitted, onFailed: () => undefined });
  return (
    <>
      <Modal opened onClose={onClose} title={`Submit ${counted(answered, "decision")}`} closeButtonProps={{ "aria-label": "Close" }}>
        <div className={classes.dialog}>
          <p className={classes.instructions}>{instructions}</p>
          <p>
            {open > 0 ? `${counted(open, "item")} will stay open for you. ` : ""}After this, only the campaign owner can reopen an item,
            with a reason. Revokes of high and critical risk start at once; exceptions asked for go to their approvers.
          </p>
          <Checkbox label={ATTESTATION} checked={isAttested} onChange={(event) => setAttested(event.currentTarget.checked)} />
          {failure && <p role="alert">{failure.message}</p>}
          <div className={classes.dialogButtons}>
            <Button variant="default" onClick={onClose}>
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
