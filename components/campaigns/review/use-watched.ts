"use client";
import { useMemo } from "react";
import type { ReviewItemRow } from "#lib/campaigns/types.ts";

const MAX_SECONDS = 600;

/** How long a row was before the reviewer, and whether its evidence was opened. */
export type Watched = {
  onActiveChange: (row: ReviewItemRow | null) => void;
  onViewed: (id: string) => void;
  /** Null where another row was. */
  secondsOn: (id: string) => number | null;
  wereViewed: (rows: readonly ReviewItemRow[]) => boolean;
};

export function useWatched(): Watched {
  return useMemo(() => {
    const viewed = new Set<string>();
    let since = { id: "", at: 0 };
    return {
      onActiveChange: (row) => {
        if (row && since.id !== row.id) since = { id: row.id, at: performance.now() };
      },
      onViewed: (id) => void viewed.add(id),
      secondsOn: (id) => (since.id === id ? Math.min(MAX_SECONDS, Math.round((performance.now() - since.at) / 1000)) : null),
      wereViewed: (rows) => rows.every(({ id }) => viewed.has(id)),
    };
  }, []);
}
