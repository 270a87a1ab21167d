"use client";
import { Button, Checkbox, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { counted } from "#components/ui/moment-text.ts";
import { RowsSkeleton } from "#components/ui/page-skeleton.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { submitDecisionsAction } from "#lib/campaigns/actions.ts";
import type { SubmissionPreview } from "#lib/campaigns/review-types.ts";
import classes from "./review.module.css";
import { loadSubmission } from "./review-api.ts";
import { SubmissionFacts } from "./submission-facts.tsx";

/** What the reviewer attests to; kept with the submission, word for word. */
const ATTESTATION =
  "I looked at each item that I hand in. I decided by what the person or service needs for its work today, and none of it is my own access.";

type SubmitDialogProps = {
  campaignId: string;
  instructions: string;
  instructionsVersion: number;
  answered: number;
  onClose: () => void;
  onSubmitted: () => void;
};

/** Shows what will happen, then asks who it is once more, for exactly this. */
export function SubmitDialog({ campaignId, instructions, instructionsVersion, answered, onClose, onSubmitted }: SubmitDialogProps) {
  const [isAttested, setAttested] = useState(false);
  const [preview, setPreview] = useState<SubmissionPreview | null>(null);
  const [unread, setUnread] = useState<string | null>(null);
  const { run, isRunning, failure, stepUp } = useAction(submitDecisionsAction, { onDone: onSubmitted, onFailed: () => undefined });
  useEffect(() => {
    let isCurrent = true;
    loadSubmission(campaignId).then(
      (found) => isCurrent && setPreview(found),
      (error: Error) => isCurrent && setUnread(error.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [campaignId]);
  return (
    <>
      <Modal opened onClose={onClose} title={`Submit ${counted(answered, "decision")}`} closeButtonProps={{ "aria-label": "Close" }}>
        <div className={classes.dialog}>
          <p className={classes.instructions}>{instructions}</p>
          <div role="status" className={classes.dialog}>
            {preview ? <SubmissionFacts preview={preview} /> : !unread && <RowsSkeleton rows={3} />}
          </div>
          {unread && <p role="alert">{unread}</p>}
          <p className={classes.dim}>After this, only the campaign owner can reopen an item, with a reason.</p>
          <Checkbox label={ATTESTATION} checked={isAttested} onChange={(event) => setAttested(event.currentTarget.checked)} />
          {failure && <p role="alert">{failure.message}</p>}
          <div className={classes.dialogButtons}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              disabled={!isAttested || preview === null || preview.unsettled.length > 0}
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
