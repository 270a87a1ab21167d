import type { CompactItems, ReviewItemRow } from "./review-types.ts";
import type { Moment } from "./types.ts";

/** Columns whose value is one text in the compact form: an instant, or the word that stands in its place. */
const MOMENTS: readonly (keyof ReviewItemRow)[] = ["started", "expires", "lastUsed"];

/** Rows from their compact form. Runs in the browser and on the server. */
export function readCompact({ columns, rows }: CompactItems): ReviewItemRow[] {
  const reads = columns.map((column) => (MOMENTS.includes(column) ? readMoment : readPlain));
  return rows.map((values) => {
    const row: Record<string, unknown> = {};
    for (const [at, column] of columns.entries()) row[column] = reads[at]?.(values[at]);
    return row as ReviewItemRow;
  });
}

const readPlain = (value: unknown): unknown => value ?? null;

function readMoment(value: unknown): Moment {
  if (value === "never" || value === "not_supported") return { kind: value, at: null };
  return typeof value === "string" && value !== "unknown" ? { kind: "value", at: value } : { kind: "unknown", at: null };
}
