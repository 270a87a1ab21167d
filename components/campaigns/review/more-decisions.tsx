"use client";
import { Button, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { ExceptionForm } from "#components/exceptions/exception-form.tsx";
import { ImpactFacts } from "#components/exceptions/impact-facts.tsx";
import { RowsSkeleton } from "#components/ui/page-skeleton.tsx";
import { allowedAnswers, isTermed, type TermedAnswer } from "#lib/campaigns/answers.ts";
import type { ExceptionImpact, ReviewItemRow } from "#lib/campaigns/review-types.ts";
import type { Answer } from "#lib/campaigns/types.ts";
import type { ExceptionTermsInput } from "#lib/exceptions/schema.ts";
import { ANSWER_EFFECT, ANSWER_WORDS } from "../words.ts";
import classes from "./review.module.css";
import { loadExceptionImpact } from "./review-api.ts";
import { meaningOf } from "./row-words.ts";
import { type Decided, TermedDecision } from "./termed-decision.tsx";

type MoreDecisionsProps = {
  campaignId: string;
  row: ReviewItemRow;
  onAsked: (terms: ExceptionTermsInput) => void;
  onDecided: (decided: Decided) => void;
  onClose: () => void;
};
type Chosen = TermedAnswer | "exception_requested";

const EXCEPTION_EFFECT = "The access stays for a time under a control, once its approvers agree. Until then nothing is covered.";
const hasForm = (answer: Answer): answer is Chosen => answer === "exception_requested" || isTermed(answer);
/** Access that gives nothing beyond itself cannot be made less of. */
const hasParts = (row: ReviewItemRow): boolean => row.kind !== "grant" || row.reachCount > 0;
/** Those that fit what is under review and have no button on the row. */
const offeredFor = (row: ReviewItemRow): Chosen[] =>
  allowedAnswers(row)
    .filter(hasForm)
    .filter((answer) => (answer !== "reduce" && answer !== "narrow") || hasParts(row));

/** The decisions that are rare enough to have no button on the row, each with what it comes to. */
export function MoreDecisions({ campaignId, row, onAsked, onDecided, onClose }: MoreDecisionsProps) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      title={chosen === null ? "More decisions" : ANSWER_WORDS[chosen].verb}
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className={classes.dialog}>
        {chosen !== "exception_requested" && (
          <p className={classes.dim}>
            {meaningOf(row)}, {row.personName ?? row.identityName}
          </p>
        )}
        {chosen === null && <Choices offered={offeredFor(row)} onChoose={setChosen} />}
        {chosen === "exception_requested" && (
          <ExceptionRequest campaignId={campaignId} itemId={row.id} onAsked={onAsked} onClose={onClose} />
        )}
        {chosen !== null && chosen !== "exception_requested" && (
          <TermedDecision
            key={chosen}
            campaignId={campaignId}
            row={row}
            answer={chosen}
            onDecided={onDecided}
            onBack={() => setChosen(null)}
          />
        )}
      </div>
    </Modal>
  );
}

function Choices({ offered, onChoose }: { offered: readonly Chosen[]; onChoose: (chosen: Chosen) => void }) {
  if (offered.length === 0) return <p>There is no other decision for this.</p>;
  return (
    <ul className={classes.choices} aria-label="Decisions that fit">
      {offered.map((answer, index) => (
        <li key={answer}>
          <Button variant="default" {...(index === 0 ? { "data-autofocus": true } : {})} onClick={() => onChoose(answer)}>
            {ANSWER_WORDS[answer].verb}
          </Button>
          <p className={classes.dim}>{answer === "exception_requested" ? EXCEPTION_EFFECT : ANSWER_EFFECT[answer]}</p>
        </li>
      ))}
    </ul>
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
