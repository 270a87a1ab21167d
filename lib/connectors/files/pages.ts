import { z } from "zod";
import type { Cursor, Page } from "#lib/connectors/contract.ts";
import type { Stream, StreamRecord } from "#lib/inventory/streams.ts";
import { count, FileError, printable } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { columnsRead, type FileMapping, type Target } from "./mapping.ts";
import { openRows, type Position, type Row } from "./reader.ts";
import { compileTarget, copied, keyText, type MakeRecords } from "./records.ts";
import type { UploadedFile } from "./upload.ts";

/** One file read for one target of its mapping. */
export type Part = { file: UploadedFile; mapped: FileMapping; target: Target };

type Batch = { index: number; rows: readonly Row[]; make: MakeRecords };
type Place = { index: number; position: Position };

/** Stream, digest of the file, which part, byte and line of its next row. */
const cursorSchema = z.tuple([z.string(), z.string(), z.int().min(0), z.int().min(0), z.int().min(1)]);

/** The pages of one stream from a cursor on. Holds one chunk of one file, and the keys seen where a target yields each key once. */
export class StreamPages {
  /** The cursor that `next` continues from; null before the first page. */
  cursor: Cursor;
  readonly #stream: Stream;
  readonly #parts: readonly Part[];
  readonly #pageRecords: number;
  readonly #seen: Set<string> | null;
  /** Rows before it were read by an earlier page; they only tell which keys were seen. */
  readonly #resume: Place | null;
  readonly #batches: AsyncGenerator<Batch>;
  #batch: Batch | null = null;
  #at = 0;

  constructor(stream: Stream, parts: readonly Part[], cursor: Cursor, pageRecords: number) {
    this.#stream = stream;
    this.#parts = parts;
    this.#pageRecords = pageRecords;
    this.cursor = cursor;
    this.#seen = parts.some(({ target }) => target.distinct) ? new Set() : null;
    this.#resume = cursor === null ? null : this.#parse(cursor);
    this.#batches = batchesOf(parts, this.#seen ? null : this.#resume);
  }

  async next(signal: AbortSignal): Promise<Page> {
    const records: StreamRecord[] = [];
    const excluded: Record<string, number> = {};
    let last: Row | null = null;
    while (records.length < this.#pageRecords || !last) {
      const row = this.#batch?.rows[this.#at];
      if (!this.#batch || !row) {
        const step = await this.#batches.next();
        signal.throwIfAborted();
        if (step.done) {
          this.cursor = null;
          return { records, excluded, next: null, completeness: { kind: "complete" } };
        }
        this.#batch = step.value;
        this.#at = 0;
        continue;
      }
      this.#at += 1;
      const made = this.#batch.make(row.cells);
      const fresh = made.records.filter((record) => this.#isNew(record, row));
      if (this.#wasRead(this.#batch.index, row)) continue;
      last = row;
      if (made.excludedBy) excluded[made.excludedBy] = (excluded[made.excludedBy] ?? 0) + 1;
      records.push(...fresh);
    }
    this.cursor = this.#cursorAfter(last);
    return { records, excluded, next: this.cursor, completeness: { kind: "complete" } };
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }

  #wasRead(index: number, row: Row): boolean {
    if (!this.#resume) return false;
    return index < this.#resume.index || (index === this.#resume.index && row.line < this.#resume.position.line);
  }

  #isNew(record: StreamRecord, row: Row): boolean {
    if (!this.#seen || !this.#batch) return true;
    const part = this.#parts[this.#batch.index];
    const key = keyText(this.#stream, record);
    if (this.#seen.has(key)) return !part?.target.distinct;
    if (this.#seen.size >= LIMITS.distinctKeys) {
      const sentence = `more than ${count(LIMITS.distinctKeys)} different ${this.#stream} in one column. Upload them as a file of their own.`;
      throw new FileError("too_many_distinct", part?.file.name ?? this.#stream, { line: row.line }, sentence);
    }
    this.#seen.add(copied(key));
    return true;
  }

  #cursorAfter(row: Row): string {
    const index = this.#batch?.index ?? 0;
    const { byte, line } = row.after();
    return Buffer.from(JSON.stringify([this.#stream, this.#digest(index), index, byte, line])).toString("base64url");
  }

  #parse(cursor: string): Place {
    const parsed = cursorSchema.safeParse(jsonOf(cursor));
    const [stream, digest, index, byte, line] = parsed.data ?? ["", "", -1, 0, 1];
    if (stream !== this.#stream || digest !== this.#digest(index)) {
      const name = this.#parts[0]?.file.name ?? this.#stream;
      throw new FileError("bad_cursor", name, {}, "the place to continue from belongs to another file or stream. Start the run again.");
    }
    return { index, position: { byte, line } };
  }

  #digest(index: number): string | undefined {
    return this.#parts[index]?.file.sha256.slice(0, 16);
  }
}

async function* batchesOf(parts: readonly Part[], from: Place | null): AsyncGenerator<Batch> {
  const first = from?.index ?? 0;
  for (const [offset, { file, mapped, target }] of parts.slice(first).entries()) {
    const paths = columnsRead(target);
    const start = offset === 0 && from ? { from: from.position } : {};
    const { columns, batches } = await openRows(file, mapped.format, { excluded: mapped.excluded, paths, ...start });
    const missing = paths.find((name) => !columns.includes(name));
    if (missing !== undefined) throw missingColumn(file.name, missing, columns);
    const make = compileTarget(target, columns);
    for await (const rows of batches) yield { index: first + offset, rows, make };
  }
}

/** Also for what does not go through pages: a column that the mapping reads and the file has not. */
export function missingColumn(file: string, name: string, columns: readonly string[]): FileError {
  const known = printable(columns.join(", "), 300);
  const sentence = `the mapping reads a column "${printable(name)}", and this file has none. Its columns: ${known}. Change the mapping or the file.`;
  return new FileError("missing_column", file, { line: 1 }, sentence);
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}
