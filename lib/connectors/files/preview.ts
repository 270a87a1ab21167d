import { columnsOf, type Stream, type StreamRecord } from "#lib/inventory/streams.ts";
import { recordProblems } from "../values.ts";
import type { Compression, ReadOptions, StoredFile } from "./bytes.ts";
import { csvFormat, detectFormat } from "./detect.ts";
import { FileError, printable } from "./errors.ts";
import type { Cell } from "./jsonl.ts";
import { type FileFormat, type FileMapping, mappingProblems, sourceColumns, type Target } from "./mapping.ts";
import { fileProblem, invisibleCharacters, type PreviewProblem, problemSentence, rowProblem } from "./preview-problems.ts";
import { openRows, type Row } from "./reader.ts";
import { compileTarget, keyText } from "./records.ts";
import { suggestMapping } from "./suggest.ts";
import { isPrivateColumn } from "./words.ts";

export type PreviewTarget = {
  stream: Stream;
  columns: string[];
  records: StreamRecord[];
  /** Of the rows read for the preview. */
  made: number;
  rejected: number;
  excluded: Record<string, number>;
};

/** How often each word of the file stands for a vocabulary column; `means` is null where it would be rejected. */
export type PreviewVocabulary = { stream: Stream; column: string; words: { word: string; means: string | null; count: number }[] };

export type FilePreview = {
  name: string;
  bytes: number;
  compression: Compression;
  hasByteOrderMark: boolean;
  format: FileFormat;
  columns: { name: string; isExcluded: boolean; isMapped: boolean }[];
  /** The first rows as they stand in the file, excluded columns masked. */
  rows: { line: number; cells: string[] }[];
  rowsRead: number;
  /** The whole file was read, not only its beginning. */
  isWhole: boolean;
  mapping: FileMapping;
  isSuggested: boolean;
  reasons: string[];
  targets: PreviewTarget[];
  unmapped: string[];
  vocabularies: PreviewVocabulary[];
  problems: PreviewProblem[];
};

export type PreviewOptions = ReadOptions & {
  mapping?: FileMapping | undefined;
  /** Reads the file in this format where no mapping says one: what a person chose over the one detected. */
  format?: FileFormat | undefined;
  maxRows?: number;
};

const SHOWN_ROWS = 20;
const SHOWN_RECORDS = 10;
const SHOWN_PROBLEMS = 100;
const SHOWN_WORDS = 50;
const SHOWN_CHARACTERS = 200;
const MASK = "•••";

/**
 * What an import of this file would yield, from its first rows. A file that cannot be read at all is a preview too, of no rows and one
 * error, so that the screen has one shape to show. Only what is not about the file (an abort) is thrown.
 */
export async function previewFile(file: StoredFile, options: PreviewOptions = {}): Promise<FilePreview> {
  const problems: PreviewProblem[] = [];
  const chosen = options.mapping?.format ?? options.format;
  const facts: Facts = { name: file.name, bytes: 0, compression: "none", hasByteOrderMark: false, format: chosen ?? csvFormat(",") };
  try {
    const { opened, format: detected } = await detectFormat(file, options);
    const format = chosen ?? detected;
    Object.assign(facts, { bytes: opened.size, compression: opened.compression, hasByteOrderMark: opened.start === 3, format });
    const read = await readSample(file, format, options, problems);
    const sample = { name: file.name, format, columns: read.columns, rows: read.rows.map(({ cells }) => cells) };
    const suggestion = options.mapping ? null : suggestMapping(sample);
    const mapping = options.mapping ?? suggestion?.mapping ?? emptyMapping(facts);
    return { ...facts, ...summarise(file, mapping, read, problems), isSuggested: suggestion !== null, reasons: suggestion?.reasons ?? [] };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    problems.push(fileProblem(error));
    const nothing = { columns: [], rows: [], rowsRead: 0, isWhole: false, targets: [], unmapped: [], vocabularies: [] };
    return { ...facts, ...nothing, mapping: options.mapping ?? emptyMapping(facts), isSuggested: false, reasons: [], problems };
  }
}

type Facts = Pick<FilePreview, "name" | "bytes" | "compression" | "hasByteOrderMark" | "format">;
const emptyMapping = ({ name, format }: Facts): FileMapping => ({ name, format, columns: [], excluded: [], targets: [] });

type SampleRead = { columns: readonly string[]; rows: Row[]; isWhole: boolean };

/** The first rows; an error after some rows is a problem beside them, so that the person sees how far the file is sound. */
async function readSample(file: StoredFile, format: FileFormat, options: PreviewOptions, problems: PreviewProblem[]): Promise<SampleRead> {
  const { signal, limits, maxRows = 200 } = options;
  const excluded = options.mapping?.excluded ?? [];
  const { columns, batches } = await openRows(file, format, { signal, ...(limits ? { limits } : {}), excluded });
  const rows: Row[] = [];
  try {
    for await (const batch of batches) {
      rows.push(...batch.slice(0, maxRows - rows.length));
      if (rows.length >= maxRows) return { columns, rows, isWhole: false };
    }
    return { columns, rows, isWhole: true };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    problems.push(fileProblem(error));
    return { columns, rows, isWhole: false };
  }
}

function summarise(file: StoredFile, mapping: FileMapping, { columns, rows, isWhole }: SampleRead, problems: PreviewProblem[]) {
  const excluded = new Set(mapping.excluded);
  const mapped = new Set(
    mapping.targets.flatMap(({ columns: from, split }) => [
      ...Object.values(from).flatMap(sourceColumns),
      ...(split ? [split.column] : []),
    ]),
  );
  // A column that came after the mapping was made may be as private as those that it names.
  const masked = new Set([...excluded, ...columns.filter((name) => !mapped.has(name) && isPrivateColumn(name))]);
  const known = mapping.format.kind === "csv" ? columns : [...columns, ...mapped];
  for (const { target, column, message } of mappingProblems(mapping, known)) {
    const stream = target === null ? null : (mapping.targets[target]?.stream ?? null);
    problems.push({ severity: "error", code: "mapping", where: file.name, line: null, column, stream, message });
  }
  problems.push(...invisibleCharacters(file, columns, rows, masked));
  const vocabularies: PreviewVocabulary[] = [];
  const targets = mapping.targets.map((target) => describeTarget(file, target, columns, rows, problems, vocabularies));
  return {
    columns: columns.map((name) => ({ name, isExcluded: excluded.has(name), isMapped: mapped.has(name) })),
    rows: rows
      .slice(0, SHOWN_ROWS)
      .map(({ line, cells }) => ({ line, cells: cells.map((cell, index) => shownCell(cell, masked.has(columns[index] ?? ""))) })),
    rowsRead: rows.length,
    isWhole,
    mapping,
    targets,
    unmapped: columns.filter((name) => !mapped.has(name) && !excluded.has(name)),
    vocabularies,
    problems: problems.slice(0, SHOWN_PROBLEMS),
  };
}

function describeTarget(
  file: StoredFile,
  target: Target,
  columns: readonly string[],
  rows: readonly Row[],
  problems: PreviewProblem[],
  vocabularies: PreviewVocabulary[],
): PreviewTarget {
  const make = compileTarget(target, columns);
  const shown: PreviewTarget = {
    stream: target.stream,
    columns: Object.keys(target.columns),
    records: [],
    made: 0,
    rejected: 0,
    excluded: {},
  };
  const keys = new Map<string, number>();
  const words = new Words(target);
  for (const { line, cells } of rows) {
    const { records, excludedBy } = make(cells);
    if (excludedBy) shown.excluded[excludedBy] = (shown.excluded[excludedBy] ?? 0) + 1;
    for (const record of records) {
      const key = keyText(target.stream, record);
      const earlier = keys.get(key);
      if (earlier !== undefined && target.distinct) continue;
      if (earlier === undefined) keys.set(key, line);
      shown.made += 1;
      if (shown.records.length < SHOWN_RECORDS) shown.records.push(record);
      words.count(record);
      const found = recordProblems(target.stream, record).map(({ column, reason }) => {
        const source = target.columns[column];
        const from = source ? (sourceColumns(source)[0] ?? null) : null;
        return { column: from ?? column, message: problemSentence(target.stream, column, reason, record[column] ?? null) };
      });
      if (found.length > 0 || earlier !== undefined) shown.rejected += 1;
      if (problems.length >= SHOWN_PROBLEMS) continue;
      for (const { column, message } of found) problems.push(rowProblem(file, columns, "value", line, column, target.stream, message));
      if (earlier !== undefined) {
        const message = `This record of ${target.stream} stands in line ${earlier} already; one key may come once.`;
        problems.push(rowProblem(file, columns, "duplicate_record", line, null, target.stream, message));
      }
    }
  }
  vocabularies.push(...words.list());
  return shown;
}

/** Counts the values of the vocabulary columns of one target. */
class Words {
  readonly #target: Target;
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(target: Target) {
    this.#target = target;
    for (const name of Object.keys(target.columns)) {
      if (columnsOf(target.stream)[name]?.kind === "vocabulary") this.#counts.set(name, new Map());
    }
  }

  count(record: StreamRecord): void {
    for (const [name, counts] of this.#counts) {
      const word = record[name] ?? "";
      if (counts.has(word) || counts.size < SHOWN_WORDS) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }

  list(): PreviewVocabulary[] {
    return [...this.#counts].map(([name, counts]) => {
      const column = columnsOf(this.#target.stream)[name];
      const meaning = (word: string) => {
        if (column?.kind !== "vocabulary") return null;
        return word === "" ? column.whenAbsent : column.values.includes(word) ? word : null;
      };
      const words = [...counts].map(([word, count]) => ({ word: printable(word), means: meaning(word), count }));
      return { stream: this.#target.stream, column: name, words: words.sort((one, other) => other.count - one.count) };
    });
  }
}

function shownCell(cell: Cell, isExcluded: boolean): string {
  if (isExcluded) return MASK;
  const text = typeof cell === "string" ? cell : cell.join(", ");
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
