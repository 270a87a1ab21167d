import { type Opened, openFile, type ReadOptions, type StoredFile, type TextChunk, textChunks } from "./bytes.ts";
import { CsvScanner } from "./csv.ts";
import { count, FileError } from "./errors.ts";
import { type Cell, JsonLinesScanner } from "./jsonl.ts";
import { LIMITS } from "./limits.ts";
import type { CsvFormat, FileFormat } from "./mapping.ts";

/** Where a row starts: byte offset in the decompressed file, and its line. */
export type Position = { byte: number; line: number };

export type Row = { line: number; cells: readonly Cell[]; after: () => Position };

export type OpenRows = {
  columns: readonly string[];
  opened: Opened;
  /** Rows in file order, a chunk at a time. Throws FileError at the first thing that breaks the structure. */
  batches: AsyncGenerator<Row[]>;
};

type RowsOptions = ReadOptions & {
  /** Cells of these columns are emptied as soon as they are parsed. */
  excluded?: readonly string[];
  /** Start here instead of at the first row; a position that `after` gave. */
  from?: Position;
  /** The paths to read of a JSON Lines file, in the order of `cells`; without it, those of the first 200 lines. */
  paths?: readonly string[];
};

const SAMPLE_LINES = 200;

/** Opens a file for reading row by row, from the start or from a position, with its header read either way. */
export async function openRows(file: StoredFile, format: FileFormat, options: RowsOptions = {}): Promise<OpenRows> {
  const opened = await openFile(file, options);
  if (format.kind === "csv") {
    const { columns, first } = await readHeader(file, opened, format, options);
    return { columns, opened, batches: csvBatches(file, opened, format, columns, { ...options, from: options.from ?? first }) };
  }
  const columns = options.paths ?? (await readPaths(file, opened, options));
  return { columns, opened, batches: jsonBatches(file, opened, columns, options) };
}

type Scanner<Parsed> = {
  push(text: string, rows: Parsed[]): void;
  finish(rows: Parsed[]): void;
  readonly place: { line: number; column: number };
};

/**
 * Feeds text to a scanner; each parsed row comes with the way to say where the next one starts, which costs a count of bytes. The rows
 * before a broken one come out before its error does, so that a preview can show them.
 */
async function* scan<Parsed extends { nextLine: number; end: number }>(
  file: StoredFile,
  chunks: AsyncGenerator<TextChunk>,
  scanner: Scanner<Parsed>,
): AsyncGenerator<{ parsed: Parsed; after: () => Position }[]> {
  let endByte = 0;
  for await (const { text, byteStart, broken } of chunks) {
    const rows: Parsed[] = [];
    const failure = failureOf(() => scanner.push(text, rows));
    if (rows.length > 0) {
      yield rows.map((parsed) => ({
        parsed,
        after: () => ({ byte: byteStart + Buffer.byteLength(text.slice(0, parsed.end)), line: parsed.nextLine }),
      }));
    }
    if (failure) throw failure;
    if (broken) throw new FileError(broken.code, file.name, { ...scanner.place, byte: broken.byte }, broken.sentence);
    endByte = byteStart + Buffer.byteLength(text);
  }
  const last: Parsed[] = [];
  scanner.finish(last);
  if (last.length > 0) yield last.map((parsed) => ({ parsed, after: () => ({ byte: endByte, line: parsed.nextLine }) }));
}

function failureOf(step: () => void): unknown {
  try {
    step();
  } catch (error) {
    return error;
  }
}

async function* csvBatches(
  file: StoredFile,
  opened: Opened,
  format: CsvFormat,
  columns: readonly string[],
  options: RowsOptions & { from: Position },
): AsyncGenerator<Row[]> {
  const scanner = new CsvScanner(file.name, format, options.limits ?? LIMITS, options.from.line);
  scanner.columnNames = columns;
  const excluded = new Set(options.excluded);
  const hidden = columns.flatMap((name, index) => (excluded.has(name) ? [index] : []));
  for await (const rows of scan(file, textChunks(file, opened, options.from.byte, options), scanner)) {
    const uneven = rows.findIndex(({ parsed }) => parsed.cells.length !== columns.length);
    const even = uneven === -1 ? rows : rows.slice(0, uneven);
    yield even.map(({ parsed: { line, cells }, after }) => {
      for (const index of hidden) cells[index] = "";
      return { line, cells, after };
    });
    const odd = rows[uneven]?.parsed;
    if (odd) throw wrongCellCount(file, format, odd.line, odd.cells.length, columns.length);
  }
}

async function* jsonBatches(file: StoredFile, opened: Opened, columns: readonly string[], options: RowsOptions): AsyncGenerator<Row[]> {
  const scanner = new JsonLinesScanner(file.name, options.limits ?? LIMITS, options.from?.line);
  const isHidden = hides(options.excluded ?? []);
  const paths = columns.map((name) => (isHidden(name) ? null : name));
  for await (const rows of scan(file, textChunks(file, opened, options.from?.byte ?? 0, options), scanner)) {
    yield rows.map(({ parsed: { line, fields }, after }) => ({
      line,
      cells: paths.map((name) => (name === null ? "" : (fields.get(name) ?? ""))),
      after,
    }));
  }
}

/** An excluded path hides everything below it as well. */
const hides = (excluded: readonly string[]) => (path: string) => excluded.some((name) => path === name || path.startsWith(`${name}.`));

async function readHeader(file: StoredFile, opened: Opened, format: CsvFormat, options: RowsOptions) {
  const scanner = new CsvScanner(file.name, format, options.limits ?? LIMITS);
  for await (const [row] of scan(file, textChunks(file, opened, 0, options), scanner)) {
    if (!row) continue;
    const { cells, line } = row.parsed;
    if (!format.header) {
      return { columns: cells.map((_cell, index) => `column ${index + 1}`), first: { byte: opened.start, line: 1 } };
    }
    const columns = cells.map((cell, index) => cell.trim() || `column ${index + 1}`);
    const twice = columns.findIndex((name, index) => columns.indexOf(name) !== index);
    if (twice !== -1) {
      const columnName = columns[twice] ?? "";
      const earlier = columns.indexOf(columnName) + 1;
      const sentence = `the header names this column twice; it is column ${earlier} too. Rename one of them.`;
      throw new FileError("duplicate_column", file.name, { line, column: twice + 1, columnName }, sentence);
    }
    return { columns, first: row.after() };
  }
  throw new FileError("no_header", file.name, {}, "the file holds only blank lines. Export it again, with a header row.");
}

async function readPaths(file: StoredFile, opened: Opened, options: RowsOptions): Promise<string[]> {
  const paths = new Set<string>();
  let lines = 0;
  const scanner = new JsonLinesScanner(file.name, options.limits ?? LIMITS);
  for await (const rows of scan(file, textChunks(file, opened, 0, options), scanner)) {
    for (const { parsed } of rows) {
      for (const path of parsed.fields.keys()) paths.add(path);
      lines += 1;
      if (lines === SAMPLE_LINES) return [...paths];
    }
  }
  return [...paths];
}

function wrongCellCount(file: StoredFile, format: CsvFormat, line: number, found: number, expected: number): FileError {
  const against = format.header ? "the header has" : "the first row has";
  const what = `${count(found)} ${found === 1 ? "cell" : "cells"} where ${against} ${count(expected)}.`;
  const hint =
    found > expected
      ? "Does a cell hold the delimiter without being quoted?"
      : "Is the file cut short, or a line break in a cell that is not quoted?";
  return new FileError("cell_count", file.name, { line }, `${what} ${hint}`);
}
