import { Readable } from "node:stream";
import type { Stream } from "#lib/inventory/streams.ts";
import { byteChunks, type Opened, type ReadOptions, type StoredFile } from "./bytes.ts";
import { partsOf } from "./connector.ts";
import { CopyGuard, NO_QUOTE } from "./copy-guard.ts";
import { FileError } from "./errors.ts";
import type { CsvFormat, FileMapping, Target } from "./mapping.ts";
import { missingColumn } from "./pages.ts";
import { openRows } from "./reader.ts";
import { filesConfig } from "./upload.ts";

/** Bytes that go to COPY as they are. Empty cells, quoted or not, mean null: stage with FORCE_NULL or nullif. */
export type CopySource = {
  /** UTF-8 CSV without a byte order mark, decompressed. Ends with a FileError where COPY would misread it: one that says what is wrong, or "not_for_copy". */
  stream: Readable;
  /** Header of the file, in its order. */
  header: string[];
  /** The stream's column for each column of the file, in the same order: the column list of COPY. */
  targetColumns: string[];
  csvOptions: { delimiter: string; quote: string; header: boolean };
  /** To ask when COPY has refused: what is wrong, by line and column, or null where the pages will read the file well. */
  locateError: () => Promise<FileError | null>;
};

/** All files of a stream for COPY, in reading order; null where one of them has to be read by pages, and then all are. */
export async function copySourcesOf(config: unknown, stream: Stream, options: ReadOptions = {}): Promise<CopySource[] | null> {
  const sources: CopySource[] = [];
  for (const { file, mapped } of partsOf(filesConfig.parse(config), stream)) {
    const source = await rawCopySource(file, mapped, stream, options);
    if (!source) return null;
    sources.push(source);
  }
  return sources.length > 0 ? sources : null;
}

/**
 * The bytes of a file for COPY, where each of its columns is one column of the stream and nothing is computed; else null, and the pages
 * of the connector are the way. A JavaScript parser would cost many times what COPY costs.
 */
export async function rawCopySource(
  file: StoredFile,
  mapping: FileMapping,
  stream: Stream,
  options: ReadOptions = {},
): Promise<CopySource | null> {
  const { format } = mapping;
  const targets = mapping.targets.filter((target) => target.stream === stream);
  const [target] = targets;
  if (format.kind !== "csv" || !target || targets.length !== 1 || !isPlain(target) || mapping.excluded.length > 0) return null;

  const { columns, opened, batches } = await openRows(file, format, options);
  await batches.return(undefined);
  const byColumn = new Map(Object.entries(target.columns).map(([name, from]) => ["column" in from ? from.column : "", name]));
  const missing = [...byColumn.keys()].find((name) => !columns.includes(name));
  if (missing !== undefined) throw missingColumn(file.name, missing, columns);
  const targetColumns = columns.flatMap((name) => byColumn.get(name) ?? []);
  // COPY reads a blank line of a one-column table as a row.
  if (targetColumns.length !== columns.length || columns.length < 2) return null;

  const csvOptions = { delimiter: format.delimiter, quote: format.quote === "" ? NO_QUOTE : format.quote, header: format.header };
  const guarded = guardedChunks(file, opened, format, csvOptions.quote, options);
  return {
    stream: Readable.from(guarded, { objectMode: false }),
    header: [...columns],
    targetColumns,
    csvOptions,
    locateError: () => locateError(file, format, options),
  };
}

/** Each expression is a column as it stands, no column is used twice, no row is left out or taken apart. */
function isPlain(target: Target): boolean {
  if (target.split || target.distinct || (target.skipWhenEmpty?.length ?? 0) > 0) return false;
  const sources = Object.values(target.columns).map((from) => ("column" in from && !from.values ? from.column : null));
  return sources.every((name) => name !== null) && new Set(sources).size === sources.length;
}

async function* guardedChunks(
  file: StoredFile,
  opened: Opened,
  format: CsvFormat,
  quote: string,
  options: ReadOptions,
): AsyncGenerator<Buffer> {
  const guard = new CopyGuard(format.delimiter, quote);
  for await (const chunk of byteChunks(file, opened, opened.start, options)) {
    if (guard.accepts(chunk)) yield chunk;
    else throw (await locateError(file, format, options)) ?? unreadable(file);
  }
}

const unreadable = (file: StoredFile) =>
  new FileError("not_for_copy", file.name, {}, "the file is sound but cannot be loaded in bulk; it has to be read row by row.");

/**
 * Reads the whole file the slow and exact way and answers what is wrong with it, by line and column. null: it reads well here, so that
 * only COPY is more particular (blank lines, mixed line breaks), and the pages of the connector will import it.
 */
export async function locateError(file: StoredFile, format: FileMapping["format"], options: ReadOptions = {}): Promise<FileError | null> {
  try {
    const { batches } = await openRows(file, format, options);
    for await (const _rows of batches);
    return null;
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
}

/** The lines on which rows start, for a report about rows that were staged by number (1 is the first after the header). */
export async function locateRows(
  file: StoredFile,
  format: FileMapping["format"],
  wanted: readonly number[],
  options: ReadOptions = {},
): Promise<Map<number, number>> {
  const left = new Set(wanted);
  const lines = new Map<number, number>();
  const { batches } = await openRows(file, format, options);
  let number = 0;
  for await (const rows of batches) {
    for (const { line } of rows) {
      number += 1;
      if (left.delete(number)) lines.set(number, line);
    }
    if (left.size === 0) break;
  }
  return lines;
}
