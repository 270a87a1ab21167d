import type { StreamRecord } from "#lib/inventory/streams.ts";
import { chance, daysAgo, hoursAgo, type Story } from "./story.ts";

/** When something is there, in days before the story's end: from `from` (or always) until `until`, and once more from `again`. */
export type Span = { from?: number; until?: number; again?: number };

export const isThere = ({ from = Number.POSITIVE_INFINITY, until, again }: Span, day: number): boolean =>
  (from >= day && (until === undefined || until < day)) || (again !== undefined && again >= day);

/** How something is used: about daily, last so many days before the story's end, never, or nobody knows. */
export type Use = "daily" | "never" | "unknown" | number;

export type Held = Span & {
  holder: string;
  entitlement: string;
  holderKind?: "identity" | "entitlement";
  use?: Use;
  by?: string;
  reason?: string;
};

/** As an export at `at` tells it. */
export function lastUsed(story: Story, use: Use, at: Date, words: string): string {
  if (use === "never" || use === "unknown") return use;
  const recently = new Date(at.getTime() - (1 + chance(words, 70)) * 3_600_000);
  if (use === "daily") return recently.toISOString();
  const last = daysAgo(story, use, 6 + chance(words, 12));
  return (last < recently ? last : recently).toISOString();
}

export function grantRecords(story: Story, held: readonly Held[], day: number, at: Date): StreamRecord[] {
  return held
    .filter((each) => isThere(each, day))
    .map(({ holder, entitlement, holderKind = "identity", from, again, use = "daily", by, reason }) => {
      const since = again !== undefined && again >= day ? again : from;
      return {
        holder_kind: holderKind,
        holder,
        entitlement,
        started: since === undefined ? "unknown" : (since <= 0 ? hoursAgo(story, 1) : daysAgo(story, since, 7)).toISOString(),
        expires: "never",
        last_used: holderKind === "entitlement" ? "not_supported" : lastUsed(story, use, at, `${holder} ${entitlement}`),
        granted_by: by ?? null,
        reason: reason ?? null,
      };
    });
}

/** Days before the story's end as a day of the export; what is ahead is negative. */
export const momentOf = (story: Story, days: number | "never" | "unknown"): string =>
  typeof days === "number" ? daysAgo(story, days, 8).toISOString() : days;
