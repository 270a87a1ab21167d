/** A line of the table as drawn: a row, or the header of the group that the following rows belong to. */
export type Line<Row> = GroupLine<Row> | RowLine<Row>;

export type RowLine<Row> = { kind: "row"; id: string; row: Row; index: number };

export type GroupLine<Row> = { kind: "group"; id: string; group: Group; first: Row; size: number; isFolded: boolean };

export type Group = { id: string; label: string };

/**
 * Rows with a header before each run of one group. Rows arrive ordered by group; a group that comes twice gets two headers
 * rather than rows moved behind the reader's back. Folded groups keep their header and drop their rows.
 */
export function linesOf<Row>(
  rows: readonly Row[],
  getRowId: (row: Row) => string,
  groupOf: ((row: Row) => Group) | undefined,
  folded: ReadonlySet<string>,
): Line<Row>[] {
  if (!groupOf) return rows.map((row, index) => ({ kind: "row", id: getRowId(row), row, index }));
  const lines: Line<Row>[] = [];
  let header: GroupLine<Row> | null = null;
  const runs = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const group = groupOf(row);
    if (!header || header.group.id !== group.id) {
      const run = runs.get(group.id) ?? 0;
      runs.set(group.id, run + 1);
      header = { kind: "group", id: `group:${group.id}:${run}`, group, first: row, size: 0, isFolded: folded.has(group.id) };
      lines.push(header);
    }
    header.size += 1;
    if (!header.isFolded) lines.push({ kind: "row", id: getRowId(row), row, index });
  }
  return lines;
}

/** Where a key may stop: "rows" are rows and folded headers, which stand for theirs; "lines" is every line. */
export type Stops = "rows" | "lines";

/** The next line to stop at from `from` in the direction of `step`; null at the end. */
export function nextStop<Row>(lines: readonly Line<Row>[], from: number, step: 1 | -1, stops: Stops = "rows"): number | null {
  for (let at = from + step; at >= 0 && at < lines.length; at += step) {
    const line = lines[at];
    if (stops === "lines" || line?.kind === "row" || line?.isFolded) return at;
  }
  return null;
}
