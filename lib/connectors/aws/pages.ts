import { keyOf, type Stream, type StreamRecord } from "#lib/inventory/streams.ts";
import { type Completeness, type Cursor, type Page, SourceError } from "../contract.ts";
import type { Gathered } from "./credentials.ts";

/** All of one stream, in the order of its keys; what a rule left out is told with the last page. */
export type Listed = Gathered & { readonly completeness: Completeness };

const keyText = (stream: Stream, record: StreamRecord): string =>
  keyOf(stream)
    .map((column) => record[column] ?? "")
    .join("\n");

export function ordered(stream: Stream, { records, excluded }: Gathered): Gathered {
  const keyed = records.map((record) => [keyText(stream, record), record] as const);
  keyed.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return { records: keyed.map(([, record]) => record), excluded };
}

/** A cursor is the last key, so that a resumed run goes on behind it though it looks at a newer state. */
export function pageOf(stream: Stream, { records, excluded, completeness }: Listed, cursor: Cursor, size: number): Page {
  const after = cursor === null ? null : keyIn(cursor);
  const start = after === null ? 0 : firstBehind(stream, records, after);
  const slice = records.slice(start, start + size);
  const last = slice.at(-1);
  const isEnd = start + slice.length >= records.length || last === undefined;
  return {
    records: slice,
    ...(isEnd ? { excluded } : {}),
    next: isEnd ? null : JSON.stringify(["after", keyText(stream, last)]),
    completeness,
  };
}

function firstBehind(stream: Stream, records: readonly StreamRecord[], key: string): number {
  const found = records.findIndex((record) => keyText(stream, record) > key);
  return found < 0 ? records.length : found;
}

function keyIn(cursor: string): string {
  try {
    const [word, key] = JSON.parse(cursor) as unknown[];
    if (word === "after" && typeof key === "string") return key;
  } catch {
    // Told below, together with JSON that is something else.
  }
  throw new SourceError("The place to go on from is not one that this connector gave. Start the run anew.", {
    where: cursor.slice(0, 100),
  });
}
