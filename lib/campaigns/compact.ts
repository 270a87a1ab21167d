import type { CompactItems, Moment, ReviewItemRow } from "./types.ts";

/** Columns whose value is one text in the compact form: an instant, or the word that stands in its place. */
const MOMENTS: readonly (keyof ReviewItemRow)[] = ["started", "expires", "lastUsed"];

/** Rows from their compact form. Runs in the browser and on the server. */
export function readCompact({ columns, rows }: CompactItems): ReviewItemRow[] {
  return rows.map((values) => {
    const row: Record<string, unknown> = {};
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at];
      if (column !== undefined) row[column] = MOMENTS.includes(column) ? readMoment(values[at]) : (values[at] ?? null);
    }
    return row as ReviewItemRow;
  });
}

function readMoment(value: unknown): Moment {
  if (value === "never" || value === "not_supported") return { kind: value, at: null };
  return typeof value === "string" && value !== "unknown" ? { kind: "value", at: value } : { kind: "unknown", at: null };
}
