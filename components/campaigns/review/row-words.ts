import type { ReviewItemRow } from "#lib/campaigns/types.ts";

/** What the access does, in words; the entitlement's own name where nobody said. */
export const meaningOf = (row: ReviewItemRow): string => row.meaning ?? row.entitlementName;

export function reachText(row: ReviewItemRow): string | null {
  // Of a chain the meaning says it; the others reach what their identity does.
  if (row.reachCount === 0 || row.kind !== "grant") return null;
  const rest = row.reachCount - row.reachNames.length;
  return `gives ${row.reachNames.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
