/** A line of the table as drawn: a row, or the header of the group that the following rows belong to. */
export type Line<Row> = GroupLine<Row> | { kind: "row"; id: string; row: Row; index: number };

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
  for (const [index, row] of rows.entries()) {
    const group = groupOf(row);
    if (!header || header.group.id !== group.id) {
      header = { kind: "group", id: `group:${group.id}:${index}`, group, first: row, size: 0, isFolded: folded.has(group.id) };
      lines.push(header);
    }
    header.size += 1;
    if (!header.isFolded) lines.push({ kind: "row", id: getRowId(row), row, index });
  }
  return lines;
}

/** The next row line from `from` in the direction of `step`, over headers; null at the end. */
export function nextRowLine<Row>(lines: readonly Line<Row>[], from: number, step: 1 | -1): number | null {
  for (let at = from + step; at >= 0 && at < lines.length; at += step) if (lines[at]?.kind === "row") return at;
  return null;
}
