"use client";
import { Button, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { ExceptionForm } from "#components/exceptions/exception-form.tsx";
import { ImpactFacts } from "#components/exceptions/impact-facts.tsx";
import { RowsSkeleton } from "#components/ui/page-skeleton.tsx";
import type { ExceptionImpact, ReviewItemRow } from "#lib/campaigns/types.ts";
import type { ExceptionTermsInput } from "#lib/exceptions/schema.ts";
import classes from "./review.module.css";
import { loadExceptionImpact } from "./review-api.ts";
import { meaningOf } from "./review-columns.tsx";

type MoreDecisionsProps = {
  campaignId: string;
  row: ReviewItemRow;
  onAsked: (terms: ExceptionTermsInput) => void;
  onClose: () => void;
};

/** The decisions that are rare enough to have no button on the row. */
export function MoreDecisions({ campaignId, row, onAsked, onClose }: MoreDecisionsProps) {
  const [chosen, setChosen] = useState<"exception" | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      title={chosen === null ? "More decisions" : "Request exception"}
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {chosen === null ? (
        <div className={classes.dialog}>
          <p className={classes.dim}>
            {meaningOf(row)}, {row.personName ?? row.identityName}
          </p>
          <div>
            <Button variant="default" data-autofocus onClick={() => setChosen("exception")}>
              Request exception
            </Button>
            <p className={classes.dim}>
              The access stays for a time under a control, once its approvers agree. Until then nothing is covered.
            </p>
          </div>
        </div>
      ) : (
        <ExceptionRequest campaignId={campaignId} itemId={row.id} onAsked={onAsked} onClose={onClose} />
      )}
    </Modal>
  );
}

type ExceptionRequestProps = Pick<MoreDecisionsProps, "campaignId" | "onAsked" | "onClose"> & { itemId: string };

function ExceptionRequest({ campaignId, itemId, onAsked, onClose }: ExceptionRequestProps) {
  const [impact, setImpact] = useState<ExceptionImpact | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    loadExceptionImpact(campaignId, itemId).then(
      (found) => isCurrent && setImpact(found),
      (error: Error) => isCurrent && setFailure(error.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [campaignId, itemId]);
  if (failure) return <p role="alert">{failure} Nothing was asked for.</p>;
  if (!impact) return <RowsSkeleton rows={8} />;
  return (
    <div className={classes.dialog}>
      <ImpactFacts impact={impact} />
      <ExceptionForm
        riskClass={impact.riskClass}
        capDays={impact.capDays}
        submit="Request exception"
        onCancel={onClose}
        onSubmit={onAsked}
      />
    </div>
  );
}
