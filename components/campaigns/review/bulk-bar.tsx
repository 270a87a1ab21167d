"use client";
import { counted } from "#components/ui/moment-text.ts";
import { SmallButton } from "#components/ui/small-button.tsx";
import type { BulkAnswer } from "#lib/campaigns/answers.ts";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { ANSWER_WORDS, isOpen } from "../words.ts";
import classes from "./review.module.css";
import { meaningOf } from "./row-words.ts";

/** The open rows that are alike in everything that matters, of which `row` is one: those that may be decided together. */
export const alikeOf = (rows: readonly ReviewItemRow[], row: ReviewItemRow): ReviewItemRow[] =>
  rows.filter((other) => other.bulkKey === row.bulkKey && isOpen(other.state) && other.answer === null);

type BulkBarProps = {
  selected: readonly ReviewItemRow[];
  onDecide: (answer: BulkAnswer) => void;
  onClear: () => void;
};

/** Shown while rows are selected: one decision over rows of equal entitlement, path shape, privilege, last use and last outcome. */
export function BulkBar({ selected, onDecide, onClear }: BulkBarProps) {
  const [first] = selected;
  return (
    <>
      <p role="status" className={classes.heard}>
        {first && `${counted(selected.length, "alike item")} selected`}
      </p>
      {first && <Selection first={first} selected={selected} onDecide={onDecide} onClear={onClear} />}
    </>
  );
}

function Selection({ first, selected, onDecide, onClear }: BulkBarProps & { first: ReviewItemRow }) {
  return (
    <section className={classes.selection} aria-label="Selected items">
      <span>
        {counted(selected.length, "alike item")}: {meaningOf(first)}
      </span>
      {(["keep", "revoke", "abstain"] as const).map((answer) => (
        <SmallButton key={answer} look={answer === "abstain" ? "subtle" : "default"} onClick={() => onDecide(answer)}>
          {`${ANSWER_WORDS[answer].verb} ${selected.length}`}
        </SmallButton>
      ))}
      <SmallButton look="subtle" onClick={onClear}>
        Clear selection
      </SmallButton>
    </section>
  );
}
