"use client";
import { Button, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { usePreferences } from "#components/ui/preferences.tsx";
import type { GivenTermsInput } from "#lib/campaigns/answer-terms.ts";
import type { TermedAnswer } from "#lib/campaigns/answers.ts";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { ANSWER_EFFECT, ANSWER_WORDS } from "../words.ts";
import classes from "./review.module.css";
import { type DraftProblem, EMPTY_DRAFT, termsOf } from "./terms-draft.ts";
import { TermsFields } from "./terms-fields.tsx";

export type Decided = { answer: TermedAnswer; terms: GivenTermsInput; rationale: string };

type TermedDecisionProps = {
  campaignId: string;
  row: ReviewItemRow;
  answer: TermedAnswer;
  onDecided: (decided: Decided) => void;
  onBack: () => void;
};

/** The small form of a decision that asks for something exact: that, and why. Control or ⌘ with Enter answers. */
export function TermedDecision({ campaignId, row, answer, onDecided, onBack }: TermedDecisionProps) {
  const { zone, now } = usePreferences();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [rationale, setRationale] = useState("");
  const [problem, setProblem] = useState<DraftProblem | "rationale" | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = termsOf(answer, draft, { isGrant: row.kind === "grant", zone, now });
    if ("problem" in read) return setProblem(read.problem);
    if (!rationale.trim()) return setProblem("rationale");
    onDecided({ answer, terms: read.terms, rationale: rationale.trim() });
  };
  return (
    <form className={classes.dialog} method="post" noValidate onSubmit={submit} aria-label={ANSWER_WORDS[answer].verb}>
      <p className={classes.dim}>{ANSWER_EFFECT[answer]}</p>
      <TermsFields
        campaignId={campaignId}
        row={row}
        answer={answer}
        draft={draft}
        problem={problem === "rationale" ? null : problem}
        onChange={(change) => {
          setDraft((before) => ({ ...before, ...change }));
          setProblem(null);
        }}
      />
      <Textarea
        label="Reason, for whoever checks this later"
        required
        autosize
        minRows={2}
        maxRows={8}
        maxLength={4000}
        value={rationale}
        error={problem === "rationale" ? "Say why." : undefined}
        onChange={(event) => {
          setRationale(event.currentTarget.value);
          setProblem(null);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
        }}
      />
      <div className={classes.dialogButtons}>
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button type="submit">{ANSWER_WORDS[answer].verb}</Button>
      </div>
    </form>
  );
}
