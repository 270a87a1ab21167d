import { keyOf, type StreamRecord } from "#lib/inventory/streams.ts";
import type { Cell } from "./jsonl.ts";
import type { Expression, Target } from "./mapping.ts";

/** Makes the records of one target from a row; `excludedBy` names the rule that leaves the row out. */
export type MakeRecords = (cells: readonly Cell[]) => { records: StreamRecord[]; excludedBy: string | null };

type Read = (cells: readonly Cell[], part: string | null) => string;

/** Compiles a target against the columns of its file. The mapping has been checked (mappingProblems); an unknown column reads as empty. */
export function compileTarget(target: Target, columns: readonly string[]): MakeRecords {
  const indexes = new Map(columns.map((name, index) => [name, index]));
  const splitIndex = target.split ? (indexes.get(target.split.column) ?? -1) : -1;
  const readColumn = (name: string): Read => {
    const index = indexes.get(name) ?? -1;
    if (target.split && index === splitIndex) return (_cells, part) => part ?? "";
    return (cells) => cellText(cells[index]);
  };
  const reads = Object.entries(target.columns).map(([name, from]) => ({ name, read: compileExpression(from, readColumn) }));
  const skips = (target.skipWhenEmpty ?? []).map((name) => ({ index: indexes.get(name) ?? -1, rule: `${name} is empty` }));

  const make = (cells: readonly Cell[], part: string | null): StreamRecord => {
    const record: Record<string, string | null> = {};
    for (const { name, read } of reads) record[name] = read(cells, part) || null;
    return record;
  };
  return (cells) => {
    for (const { index, rule } of skips) if (cellText(cells[index]) === "") return { records: [], excludedBy: rule };
    if (!target.split) return { records: [make(cells, null)], excludedBy: null };
    return { records: cellParts(cells[splitIndex], target.split.separator).map((part) => make(cells, part)), excludedBy: null };
  };
}

const cellText = (cell: Cell | undefined): string => (cell === undefined ? "" : typeof cell === "string" ? cell : cell.join(", "));

/** The parts of a list in a cell: trimmed, empty ones left out, each once. */
function cellParts(cell: Cell | undefined, separator: string): string[] {
  if (cell === undefined || cell === "") return [];
  const parts = (typeof cell === "string" ? cell.split(separator) : cell).map((part) => part.trim()).filter((part) => part !== "");
  return parts.length < 2 ? parts : [...new Set(parts)];
}

function compileExpression(from: Expression, readColumn: (name: string) => Read): Read {
  if ("constant" in from) return () => from.constant;
  const read = "column" in from ? readColumn(from.column) : compileTemplate(from.template, readColumn);
  return from.values ? translated(read, from.values) : read;
}

/** "{firstname} {lastname}": empty when all its columns are, and without the gap that one empty column leaves. */
function compileTemplate(template: string, readColumn: (name: string) => Read): Read {
  const pieces = template.split(/\{([^{}]+)\}/);
  const reads = pieces.map((piece, index) => (index % 2 === 1 ? readColumn(piece) : null));
  return (cells, part) => {
    let isEmpty = true;
    let text = "";
    pieces.forEach((piece, index) => {
      const read = reads[index];
      const value = read ? read(cells, part) : piece;
      if (read && value !== "") isEmpty = false;
      text += value;
    });
    return isEmpty ? "" : text.replace(/ {2,}/g, " ").trim();
  };
}

function translated(read: Read, values: Readonly<Record<string, string>>): Read {
  const exact = new Map(Object.entries(values));
  const loose = new Map(Object.entries(values).map(([from, to]) => [from.trim().toLowerCase(), to]));
  return (cells, part) => {
    const value = read(cells, part);
    return exact.get(value) ?? loose.get(value.trim().toLowerCase()) ?? value;
  };
}

/** A record's key within its source as one string. */
export function keyText(stream: Target["stream"], record: StreamRecord): string {
  const key = keyOf(stream).map((column) => record[column] ?? "");
  return key.join("\0");
}

/** A slice keeps the whole chunk of text alive that it was cut from; its copy does not. */
export const copied = (text: string) => Buffer.from(text, "utf8").toString("utf8");
