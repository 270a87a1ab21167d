import { relativeText } from "#components/ui/moment-text.ts";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { ANSWER_WORDS, isOpen } from "../words.ts";

/** What the access does, in words; the entitlement's own name where nobody said. */
export const meaningOf = (row: ReviewItemRow): string => row.meaning ?? row.entitlementName;

/** A row as it is heard: whose, what, how grave, when used, and what was decided. */
export function rowLabel(row: ReviewItemRow, now: string): string {
  const { lastUsed, answer } = row;
  return [
    row.personName ?? row.identityName,
    meaningOf(row),
    row.resourceName && `on ${row.resourceName}`,
    row.onBehalfOf && `on behalf of ${row.onBehalfOf}`,
    ...marksOf(row),
    `${row.riskClass} risk`,
    lastUsed.kind === "value" && lastUsed.at ? `last used ${relativeText(lastUsed.at, now)}` : USE_WORDS[lastUsed.kind],
    answer ? ANSWER_WORDS[answer].done : isOpen(row.state) ? "not decided" : row.state.toLowerCase(),
  ]
    .filter(Boolean)
    .join(", ");
}

const USE_WORDS = {
  value: "last use unknown",
  unknown: "last use unknown",
  never: "never used",
  not_supported: "last use not told",
} as const;

/** What must not be overlooked. */
export function marksOf(row: ReviewItemRow): string[] {
  return [
    row.conflicts.length > 0 ? "conflict" : "",
    row.personStatus === "left" ? "left" : "",
    row.privileged === "yes" ? "privileged" : "",
  ].filter(Boolean);
}

export function reachText(row: ReviewItemRow): string | null {
  // Of a chain the meaning says it; the others reach what their identity does.
  if (row.reachCount === 0 || row.kind !== "grant") return null;
  const rest = row.reachCount - row.reachNames.length;
  return `gives ${row.reachNames.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
