"use client";
import { Button } from "@mantine/core";
import dynamic from "next/dynamic";
import { useState } from "react";
import { LatePart } from "#components/ui/late-part.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";

const SubmitDialog = dynamic(() => import("./submit-dialog.tsx").then((module) => module.SubmitDialog), { ssr: false });

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

/** Hands in what is answered; what is open stays. */
export function SubmitButton({ isWaiting, onSubmitted, ...submission }: SubmitButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const { answered } = submission;
  return (
    <>
      <Button disabled={answered === 0 || isWaiting} onClick={() => setOpen(true)} aria-haspopup="dialog">
        {answered === 0 ? "Submit" : `Submit ${answered}`}
      </Button>
      {isOpen && (
        <LatePart attempt={1} onFailed={() => setOpen(false)}>
          <SubmitDialog
            {...submission}
            onClose={() => setOpen(false)}
            onSubmitted={() => {
              setOpen(false);
              toastDone(`Submitted ${counted(answered, "decision")}`);
              onSubmitted();
            }}
          />
        </LatePart>
      )}
    </>
  );
}
