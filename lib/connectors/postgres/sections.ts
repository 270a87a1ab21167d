import { z } from "zod";
import type { StreamRecord } from "#lib/inventory/streams.ts";
import { type Completeness, type Cursor, type Page, SourceError } from "../contract.ts";
import type { Holder } from "./server.ts";

export type Key = readonly (string | number)[];

/** One part of a stream that is read in the order of one key. Parts come by rank, and within a rank by database. */
export type Section = {
  readonly rank: number;
  readonly database: string;
  /** The records behind `after`, and the key of the last row that was looked at: null when there is no more. */
  read(after: Key | null, limit: number): Promise<Slice>;
};
export type Slice = { records: StreamRecord[]; excluded: Record<string, number>; last: Key | null };

const cursorShape = z.tuple([z.number(), z.string(), z.array(z.union([z.string(), z.number()])).nullable()]);

/** A cursor names the part and the last key, so that a resumed run goes on where it stopped though it looks at a newer state. */
export async function readPage(sections: readonly Section[], cursor: Cursor, limit: number, completeness: Completeness): Promise<Page> {
  const [rank, database, after] = cursor === null ? [-1, "", null] : parseCursor(cursor);
  const index = sections.findIndex((each) => each.rank > rank || (each.rank === rank && each.database >= database));
  const section = sections[index];
  if (!section) return { records: [], next: null, completeness };
  const isSame = section.rank === rank && section.database === database;
  const { records, excluded, last } = await section.read(isSame ? after : null, limit);
  const following = sections[index + 1];
  const next = last !== null ? cursorOf(section, last) : following ? cursorOf(following, null) : null;
  return { records, excluded, next, completeness };
}

const cursorOf = ({ rank, database }: Section, after: Key | null): string => JSON.stringify([rank, database, after]);

function parseCursor(cursor: string): [number, string, Key | null] {
  try {
    return cursorShape.parse(JSON.parse(cursor));
  } catch (cause) {
    throw new SourceError("The place to go on from is not one that this connector gave. Start the run anew.", {
      where: cursor.slice(0, 100),
      cause,
    });
  }
}

/** Gathers the records of one slice, and counts what a rule leaves out. */
export class Collected {
  readonly records: StreamRecord[] = [];
  readonly excluded: Record<string, number> = {};

  exclude(rule: string): void {
    this.excluded[rule] = (this.excluded[rule] ?? 0) + 1;
  }

  /** One record for each thing that the role is; a rule's name in their place counts one. */
  hold(holders: readonly Holder[] | string, grant: StreamRecord): void {
    if (typeof holders === "string") this.exclude(holders);
    else for (const holder of holders) this.records.push({ ...holder, ...grant });
  }

  slice<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => Key): Slice {
    const final = rows.at(-1);
    return { records: this.records, excluded: this.excluded, last: final !== undefined && rows.length >= limit ? keyOf(final) : null };
  }
}

/** A list in memory as a section. Its order is that of its numbers, whatever the list's own is. */
export function listed<Row>(
  rank: number,
  rows: readonly Row[],
  numberOf: (row: Row) => number,
  each: (row: Row, into: Collected) => void | Promise<void>,
): Section {
  const inOrder = rows.toSorted((one, other) => numberOf(one) - numberOf(other));
  return {
    rank,
    database: "",
    async read(after, limit) {
      const from = Number(after?.[0] ?? -1);
      const chosen = inOrder.filter((row) => numberOf(row) > from).slice(0, limit);
      const into = new Collected();
      for (const row of chosen) await each(row, into);
      return into.slice(chosen, limit, (row) => [numberOf(row)]);
    },
  };
}
