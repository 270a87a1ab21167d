import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";

export const GROUPINGS = ["person", "account", "resource"] as const;
export type Grouping = (typeof GROUPINGS)[number];
export const GROUPING_WORDS: Readonly<Record<Grouping, string>> = {
  person: "By person",
  account: "By service or account",
  resource: "By resource",
};

const dashed = (name: string) => name.replaceAll("_", "-");

/** What rows of one group have in common. */
function groupIdOf(row: ReviewItemRow, by: Grouping): string {
  switch (by) {
    case "person":
      return row.groupId;
    case "account":
      return `${row.sourceName} ${row.identityName}`;
    case "resource":
      return `${row.sourceName} ${row.resourceName ?? ""}`;
  }
}

/** The head that a row stands under. */
export const groupOf = (row: ReviewItemRow, by: Grouping): { id: string; label: string } => ({
  id: groupIdOf(row, by),
  label: labelOf(row, by),
});

function labelOf(row: ReviewItemRow, by: Grouping): string {
  switch (by) {
    case "person":
      return [row.personName ?? row.identityName, row.personName ? row.department : `${dashed(row.identityClass)} identity`]
        .filter(Boolean)
        .join(" · ");
    case "account":
      return `${row.identityName} · ${dashed(row.identityClass)} in ${row.sourceName}`;
    case "resource":
      return `${row.resourceName ?? "No resource named"} · ${row.sourceName}`;
  }
}

/** Groups with the weightiest item first, each one's items by weight: what needs thought on top, the calm rest last. */
export function inOrder(rows: readonly ReviewItemRow[], by: Grouping): ReviewItemRow[] {
  const groups = new Map<string, ReviewItemRow[]>();
  for (const row of rows) {
    const id = groupIdOf(row, by);
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  }
  for (const group of groups.values()) group.sort((a, b) => a.orderKey - b.orderKey || (a.id < b.id ? -1 : 1));
  const weight = ([first]: readonly ReviewItemRow[]) => first?.orderKey ?? 0;
  return [...groups].sort(([a, as], [b, bs]) => weight(as) - weight(bs) || (a < b ? -1 : 1)).flatMap(([, group]) => group);
}
