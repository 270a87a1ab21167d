export type ColumnChange = { column: string; before: unknown; after: unknown };

/** The columns that differ, in words. What is absent was not told. */
export function columnChanges(
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>> | null,
): ColumnChange[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((name) => !IDS.test(name));
  return names
    .filter((name) => JSON.stringify(before?.[name] ?? null) !== JSON.stringify(after?.[name] ?? null))
    .map((name) => ({ column: name.replaceAll("_", " "), before: before?.[name], after: after?.[name] }));
}

/** Keys of our own database, which say nothing to anybody. */
const IDS = /(^|_)id$/;

export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "not told";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
