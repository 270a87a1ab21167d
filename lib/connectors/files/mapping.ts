import { z } from "zod";
import { columnsOf, STREAM_NAMES, type Stream } from "#lib/inventory/streams.ts";

/** How to read the bytes of one file. Encoding is UTF-8, with or without a byte order mark, gzip or not; the reader sees which. */
export const fileFormat = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("csv"),
    delimiter: z.enum([",", ";", "\t", "|"]),
    /** Empty: the file quotes nothing, and quotation marks are text. */
    quote: z.enum(['"', "'", ""]),
    /** Without a header row the columns are called "column 1", "column 2", … */
    header: z.boolean(),
    encoding: z.literal("utf-8"),
  }),
  z.strictObject({ kind: z.literal("jsonl"), encoding: z.literal("utf-8") }),
]);
export type FileFormat = z.infer<typeof fileFormat>;
export type CsvFormat = Extract<FileFormat, { kind: "csv" }>;

const columnName = z.string().min(1).max(500);
const shortText = z.string().max(2_000);
/** Source value to ours. Compared exactly first, then without regard to case and surrounding space; what is not listed passes as it is. */
const valueMap = z.record(z.string().max(500), shortText).optional();

/** Where the value of one column of a record comes from. */
export const expression = z.union([
  z.strictObject({ column: columnName, values: valueMap }),
  z.strictObject({ constant: shortText.min(1) }),
  /** "{firstname} {lastname}": column names in braces. Empty when every column in it is. */
  z.strictObject({ template: shortText.min(1), values: valueMap }),
]);
export type Expression = z.infer<typeof expression>;

export const target = z.strictObject({
  stream: z.enum(STREAM_NAMES),
  columns: z.record(z.string(), expression),
  /** One record for each part of this cell; in the expressions of this target the column then stands for the part. */
  split: z.strictObject({ column: columnName, separator: z.string().min(1).max(8) }).optional(),
  /** Rows in which one of these columns is empty yield nothing here, and are counted as excluded. */
  skipWhenEmpty: z.array(columnName).max(20).optional(),
  /** Yield each key once: a column of groups names the same group in many rows. */
  distinct: z.boolean().optional(),
});
export type Target = z.infer<typeof target>;

export const fileMapping = z.strictObject({
  /** Name of the file that the mapping was made on; a later upload is recognised by it, or by its header. */
  name: z.string().min(1).max(255),
  format: fileFormat,
  /** The header (for JSON Lines the paths seen) when the mapping was made. */
  columns: z.array(columnName).max(1_000),
  /** Never read past the parser: not stored, not previewed. */
  excluded: z.array(columnName).max(1_000),
  targets: z.array(target).max(30),
});
export type FileMapping = z.infer<typeof fileMapping>;

export type MappingProblem = { target: number | null; column: string | null; message: string };

/** Columns of the file that an expression reads. */
export function sourceColumns(from: Expression): string[] {
  if ("column" in from) return [from.column];
  if ("constant" in from) return [];
  return [...from.template.matchAll(/\{([^{}]+)\}/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** Columns of the file that a target reads, each once. */
export function columnsRead(target: Target): string[] {
  const split = target.split ? [target.split.column] : [];
  return [...new Set([...Object.values(target.columns).flatMap(sourceColumns), ...split, ...(target.skipWhenEmpty ?? [])])];
}

/** Everything that keeps a mapping from being used, also what no schema can say. Empty means usable on a file with these columns. */
export function mappingProblems(mapping: FileMapping, header: readonly string[] = mapping.columns): MappingProblem[] {
  const known = new Set(header);
  const excluded = new Set(mapping.excluded);
  return mapping.targets.flatMap((target, index) => {
    const columns = columnsOf(target.stream);
    const unknown = Object.keys(target.columns).filter((name) => !Object.hasOwn(columns, name));
    const missing = Object.entries(columns).filter(([name, { kind, ...rest }]) => {
      const isRequired = (kind === "text" || kind === "reference") && "required" in rest;
      return isRequired && !Object.hasOwn(target.columns, name);
    });
    const read = columnsRead(target);
    const problem = (column: string | null, message: string): MappingProblem => ({ target: index, column, message });
    return [
      ...unknown.map((name) => problem(name, `${target.stream} have no column ${name}.`)),
      ...missing.map(([name]) => problem(name, `Say where ${name} of ${target.stream} comes from: it is required.`)),
      ...read
        .filter((name) => excluded.has(name))
        .map((name) => problem(name, `The column ${name} is excluded, so nothing can be read from it.`)),
      ...read.filter((name) => !known.has(name)).map((name) => problem(name, `The file has no column ${name}.`)),
    ];
  });
}

/** What is saved with a source of kind "files". */
export const filesMapping = z
  .strictObject({ version: z.literal(1), files: z.array(fileMapping).min(1).max(50) })
  .superRefine(({ files }, context) => {
    const names = new Set<string>();
    files.forEach((file, index) => {
      if (names.has(file.name))
        context.addIssue({ code: "custom", path: ["files", index, "name"], message: `Two files are called ${file.name}.` });
      names.add(file.name);
      // A JSON Lines path may first appear after the sample, so only the rows can tell that it is missing.
      const header = file.format.kind === "csv" ? file.columns : [...file.columns, ...file.targets.flatMap(columnsRead)];
      for (const { target, column, message } of mappingProblems(file, header)) {
        const path = target === null ? ["files", index] : ["files", index, "targets", target, ...(column === null ? [] : [column])];
        context.addIssue({ code: "custom", path, message });
      }
    });
    if (files.every(({ targets }) => targets.length === 0)) {
      context.addIssue({ code: "custom", path: ["files"], message: "Map at least one file to a stream." });
    }
  });
export type FilesMapping = z.infer<typeof filesMapping>;

/** The streams that a mapping feeds, in the order of streams.ts. */
export const streamsOf = (files: readonly Pick<FileMapping, "targets">[]): Stream[] =>
  STREAM_NAMES.filter((stream) => files.some(({ targets }) => targets.some((target) => target.stream === stream)));
