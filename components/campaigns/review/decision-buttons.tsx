"use client";
import { SmallButton } from "#components/ui/small-button.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { allowedAnswers, BULK_ANSWERS, type BulkAnswer } from "#lib/campaigns/answers.ts";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { termsText } from "#lib/campaigns/terms-words.ts";
import { ANSWER_WORDS, isOpen, VOID_WORDS } from "../words.ts";
import classes from "./review.module.css";

/** "more" opens the decisions that have no button of their own. */
export type Decide = (row: ReviewItemRow, answer: BulkAnswer | "withdraw" | "more") => void;

/** Keep and revoke side by side and equal in look: nothing is preselected. A decided row folds to its answer and an undo. */
export function DecisionButtons({ row, onDecide, large = false }: { row: ReviewItemRow; onDecide: Decide; large?: boolean }) {
  const size = large ? "large" : "small";
  const subject = `${row.meaning ?? row.entitlementName} of ${row.personName ?? row.identityName}`;
  if (row.state === "VOIDED")
    return <span className={classes.settled}>Nothing to decide: {row.voidReason ? VOID_WORDS[row.voidReason] : "void"}</span>;
  if (!isOpen(row.state)) return <StateBadge state={row.state} />;
  if (row.answer) {
    return (
      <span className={classes.settled}>
        <span data-answer={row.answer} title={row.terms ? termsText(row.terms) : undefined}>
          {ANSWER_WORDS[row.answer].done}
        </span>
        <SmallButton size={size} look="subtle" tabIndex={-1} onClick={() => onDecide(row, "withdraw")} aria-label={`Undo: ${subject}`}>
          Undo
        </SmallButton>
      </span>
    );
  }
  return (
    <span className={large ? classes.largeButtons : classes.buttons}>
      {BULK_ANSWERS.filter((answer) => allowedAnswers(row).includes(answer)).map((answer) => (
        <SmallButton
          key={answer}
          size={size}
          look={answer === "abstain" ? "subtle" : "default"}
          tabIndex={large ? 0 : -1}
          title={`${ANSWER_WORDS[answer].verb} (${ANSWER_WORDS[answer].key})`}
          aria-label={`${ANSWER_WORDS[answer].verb}: ${subject}`}
          onClick={() => onDecide(row, answer)}
        >
          {ANSWER_WORDS[answer].verb}
        </SmallButton>
      ))}
      {large && (
        <SmallButton size={size} look="subtle" aria-haspopup="dialog" title="More decisions (m)" onClick={() => onDecide(row, "more")}>
          More decisions
        </SmallButton>
      )}
    </span>
  );
}
