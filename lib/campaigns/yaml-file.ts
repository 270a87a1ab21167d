import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

/** Where in the file, from 1, and what is wrong there. */
export type FileProblem = { line: number; column: number; path: string; message: string };
type Path = readonly PropertyKey[];

export type PlaceOf = (path: Path) => Pick<FileProblem, "line" | "column">;

/** Aliases that a file may resolve to: enough for any that a person writes, too few to make a bomb of. */
const MAX_ALIASES = 100;

/** A YAML file by its schema: every problem at once, in the order of the file. `what` it sets, for a key that is none of it. */
export function readYaml<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): { ok: true; value: z.output<Schema>; placeOf: PlaceOf } | { ok: false; problems: FileProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const broken = document.errors.map(({ pos, message }) => ({ ...at(pos[0]), path: "", message }));
  if (broken.length > 0) return { ok: false, problems: broken };

  const placeOf = (path: Path) => at(offsetOf(document.contents, path));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return { ok: false, problems: [{ line: 1, column: 1, path: "", message: error instanceof Error ? error.message : String(error) }] };
  }
  const parsed = schema.safeParse(value, { error: plainWords });
  if (parsed.success) return { ok: true, value: parsed.data, placeOf };
  const problems = parsed.error.issues.flatMap((issue): FileProblem[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          ...at(offsetOf(document.contents, [...issue.path, key], "key")),
          path: pathText([...issue.path, key]),
          message: `is no setting of ${what}.`,
        }))
      : [{ ...placeOf(issue.path), path: pathText(issue.path), message: issue.message }],
  );
  return { ok: false, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: "a list",
  object: "a group of settings",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** For what the schema has no sentence of its own. */
function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return "is missing.";
  if (issue.code === "invalid_type") return `has to be ${TYPE_WORDS[issue.expected] ?? issue.expected}.`;
  if (issue.code === "invalid_value") return `has to be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}.`;
  return undefined;
}

export const pathText = (path: Path): string =>
  path.reduce<string>((text, step) => (typeof step === "number" ? `${text}[${step}]` : `${text}${text ? "." : ""}${String(step)}`), "");

/** The offset of a value, of the key of one that must not be there, or of the nearest thing around one that is missing. */
function offsetOf(contents: unknown, path: Path, what: "key" | "value" = "value"): number {
  let node = contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [index, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find(({ key }) => (isScalar(key) ? key.value : key) === step) : null;
    if (pair && isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
    const next: unknown = pair ? pair.value : hasItems(node) && typeof step === "number" ? node.items[step] : undefined;
    if (!isNode(next) || (what === "key" && index === path.length - 1)) return offset;
    // A map begins where its first key does: that says less than the key that it stands under.
    if (!isMap(next)) offset = next.range?.[0] ?? offset;
    node = next;
  }
  return offset;
}

const hasItems = (node: unknown): node is { items: unknown[] } =>
  typeof node === "object" && node !== null && Array.isArray((node as { items?: unknown }).items);

export const problemText = ({ line, column, path, message }: FileProblem, fileName: string): string =>
  `${fileName}:${line}:${column}: ${path ? `${path}: ` : ""}${message}`;
