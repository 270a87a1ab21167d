"use client";
import { useCallback, useRef, useState } from "react";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone, toastFailed } from "#components/ui/toasts.tsx";
import { allowedAnswers } from "#lib/campaigns/answers.ts";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { needsRationale } from "#lib/campaigns/rules.ts";
import type { ExceptionTermsInput } from "#lib/exceptions/schema.ts";
import { suggestionOf } from "../fact-words.ts";
import { ANSWER_WORDS, isOpen } from "../words.ts";
import type { Decide } from "./decision-buttons.tsx";
import { type BulkAnswer, Refused, sendAnswers } from "./review-api.ts";
import { meaningOf } from "./row-words.ts";
import type { Decided } from "./termed-decision.tsx";
import type { Review } from "./use-review.ts";
import type { Watched } from "./use-watched.ts";

type Given = BulkAnswer["answer"];
const EARLIER = 4;
/** A decision that waits for its reason. */
export type Asked = { answer: Given; rows: readonly ReviewItemRow[] };

type DecisionsOptions = {
  campaignId: string;
  stagedAt: string;
  review: Review;
  watched: Watched;
  /** One row was answered: on to the next. */
  onDecided: () => void;
  onDecidedMany: () => void;
  onMore: (row: ReviewItemRow) => void;
};

/** What keys and buttons do: straight away where no reason is needed, else after it was given. */
export function useDecisions(options: DecisionsOptions) {
  const latest = useRef(options);
  latest.current = options;
  const [asked, setAsked] = useState<Asked | null>(null);
  const [earlier, setEarlier] = useState<readonly string[]>([]);

  const suggested = useCallback((row: ReviewItemRow) => suggestionOf(row, latest.current.stagedAt).answer, []);

  const settle = useCallback(async (given: Given, targets: readonly ReviewItemRow[], rationale: string | null) => {
    const [first] = targets;
    if (!first) return;
    const { campaignId, review, watched, onDecided, onDecidedMany } = latest.current;
    const facts = { answer: given, rationale, seconds: watched.secondsOn(first.id), evidenceViewed: watched.wereViewed(targets) };
    if (targets.length === 1) {
      review.answer({ itemId: first.id, ...facts });
      const undo = { itemId: first.id, ...facts, answer: "withdraw", rationale: null } as const;
      toastDone(`${ANSWER_WORDS[given].done}: ${meaningOf(first)}`, () => latest.current.review.answer(undo));
      onDecided();
      return;
    }
    try {
      const items = targets.map(({ id, version }) => ({ itemId: id, version }));
      const { versions } = await sendAnswers(campaignId, { ...facts, items, idempotencyKey: crypto.randomUUID() });
      const newVersion = new Map(versions.map(({ itemId, version }) => [itemId, version]));
      review.replaceRows(
        targets.map((row) => ({ ...row, state: "DRAFTED", answer: given, rationale, version: newVersion.get(row.id) ?? row.version })),
      );
      onDecidedMany();
      toastDone(`${ANSWER_WORDS[given].done}: ${counted(targets.length, "item")}`);
    } catch (error) {
      toastFailed({
        message: error instanceof Refused ? error.message : "The server could not be reached. Nothing was decided; try again.",
      });
    }
  }, []);

  const decide = useCallback<Decide>(
    (row, given) => {
      if (!isOpen(row.state)) return;
      const { review, onMore } = latest.current;
      if (given === "more") {
        if (!row.answer) onMore(row);
      } else if (given === "withdraw") {
        if (row.answer) review.answer({ itemId: row.id, answer: "withdraw", rationale: null, seconds: null, evidenceViewed: false });
      } else if (!allowedAnswers(row).includes(given)) onMore(row);
      else if (needsRationale(given, row.privileged, suggested(row))) setAsked({ answer: given, rows: [row] });
      else void settle(given, [row], null);
    },
    [settle, suggested],
  );

  const decideAll = (given: Given, targets: readonly ReviewItemRow[]) => {
    if (targets.some((row) => needsRationale(given, row.privileged, suggested(row)))) setAsked({ answer: given, rows: targets });
    else void settle(given, targets, null);
  };

  const giveReason = (rationale: string) => {
    setEarlier((before) => [rationale, ...before.filter((other) => other !== rationale)].slice(0, EARLIER));
    setAsked(null);
    if (asked) void settle(asked.answer, asked.rows, rationale);
  };

  const askException = (row: ReviewItemRow, exception: ExceptionTermsInput) => {
    const { review, watched, onDecided } = latest.current;
    const facts = { rationale: null, seconds: null, evidenceViewed: watched.wereViewed([row]) };
    review.answer({ itemId: row.id, answer: "exception_requested", exception, ...facts });
    toastDone(`Exception requested: ${meaningOf(row)}. It goes to its approvers when you submit.`);
    onDecided();
  };

  const decideTermed = (row: ReviewItemRow, decided: Decided) => {
    const { review, watched, onDecided } = latest.current;
    const facts = { seconds: watched.secondsOn(row.id), evidenceViewed: watched.wereViewed([row]) };
    review.answer({ itemId: row.id, ...decided, ...facts });
    toastDone(`${ANSWER_WORDS[decided.answer].done}: ${meaningOf(row)}`, () =>
      latest.current.review.answer({ itemId: row.id, answer: "withdraw", rationale: null, ...facts }),
    );
    onDecided();
  };

  return { asked, earlier, giveReason, dropAsked: () => setAsked(null), decide, decideAll, decideTermed, askException };
}
