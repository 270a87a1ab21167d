"use client";
import { useMemo, useRef } from "react";
import type { RowShortcut } from "#components/data-table/use-roving-rows.ts";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import type { Decide } from "./decision-buttons.tsx";

type KeysOptions = { decide: Decide; select: (row: ReviewItemRow) => void; open: (row: ReviewItemRow) => void };

/** Every action of a row has a key, and the help names it. */
export function useReviewKeys(options: KeysOptions): readonly RowShortcut<ReviewItemRow>[] {
  const latest = useRef(options);
  latest.current = options;
  return useMemo(() => {
    const { decide } = latest.current;
    return [
      { keys: "y", label: "Keep", run: (row) => decide(row, "keep") },
      { keys: "n", label: "Revoke", run: (row) => decide(row, "revoke") },
      { keys: "a", label: "Abstain", run: (row) => decide(row, "abstain") },
      { keys: "m", label: "More decisions", run: (row) => decide(row, "more") },
      { keys: "u", label: "Undo", run: (row) => decide(row, "withdraw") },
      { keys: "x", label: "Select all that are alike", run: (row) => latest.current.select(row) },
      { keys: "ArrowRight", label: "More about this access", run: (row) => latest.current.open(row) },
    ];
  }, []);
}
