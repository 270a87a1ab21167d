"use client";
import { useMemo } from "react";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";

const MAX_SECONDS = 600;
/** Decisions after which somebody's own pace tells more than everybody's. */
const ENOUGH = 5;

/** How long a row was before the reviewer, and whether its evidence was opened. */
export type Watched = {
  onActiveChange: (row: ReviewItemRow | null) => void;
  onViewed: (id: string) => void;
  /** Null where another row was. */
  secondsOn: (id: string) => number | null;
  /** Median seconds of single decisions in this sitting; null until there are a few. */
  pace: () => number | null;
  wereViewed: (rows: readonly ReviewItemRow[]) => boolean;
};

export function useWatched(): Watched {
  return useMemo(() => {
    const viewed = new Set<string>();
    let since = { id: "", at: 0 };
    const taken: number[] = [];
    const secondsOn = (id: string) => (since.id === id ? Math.min(MAX_SECONDS, Math.round((performance.now() - since.at) / 1000)) : null);
    return {
      onActiveChange: (row) => {
        if (row && since.id !== row.id) since = { id: row.id, at: performance.now() };
      },
      onViewed: (id) => void viewed.add(id),
      secondsOn: (id) => {
        const seconds = secondsOn(id);
        if (seconds !== null) taken.push(seconds);
        return seconds;
      },
      pace: () => (taken.length < ENOUGH ? null : (taken.toSorted((a, b) => a - b)[Math.floor(taken.length / 2)] ?? null)),
      wereViewed: (rows) => rows.every(({ id }) => viewed.has(id)),
    };
  }, []);
}
