import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { campaignPlan, MAX_NAMED, MAX_ROUNDS } from "./plan.ts";
import { scopeFilters, zone } from "./schema.ts";
import { recurrence, templateBody } from "./template.ts";

const { name, instructions, watchDays, dueDays, dueTime } = templateBody.shape;

const text = z.string().trim().min(1);
/** The same rounds, by names. */
const fileRound = campaignPlan.shape.rounds.unwrap().element.extend({
  named: z.array(text).max(MAX_NAMED).default([]).describe("Of the link named: people by mail address or user name, asked in this order."),
  group: z
    .strictObject({ source: text, entitlement: text })
    .nullable()
    .default(null)
    .describe("Of the link group: whoever holds this entitlement, by its name or its id in the source."),
});
const [onlyRound] = campaignPlan.parse({}).rounds;
const filePlan = z.strictObject({
  ...campaignPlan.shape,
  rounds: z
    .array(fileRound)
    .min(1)
    .max(MAX_ROUNDS)
    .prefault(onlyRound ? [{ ...onlyRound, named: [], group: null }] : []),
});

/** A campaign's template as a file: names in place of ids, so that it reads the same in every instance. docs/campaign.schema.json is made from it. */
export const campaignFile = z.strictObject({
  version: z.literal(1).describe("The version of this format."),
  name: name.describe("What the template is called; each campaign adds the day of its start."),
  owner: z
    .string()
    .trim()
    .min(1)
    .describe("The user who signs its campaigns off, by mail address; whoever applies the file, where left out.")
    .optional(),
  sources: z.array(text).min(1, "Name at least one source.").max(200).describe("Names of the sources under review."),
  scope: scopeFilters.prefault({}).describe("What of the sources is under review. Empty lists mean all; what is unknown stays in."),
  zone: zone.default("UTC").describe("IANA time zone that starts and due dates are meant in."),
  recurrence: recurrence.nullable().default(null).describe("When it comes again. Left out: only when somebody says so."),
  due: z.strictObject({ days: dueDays, time: dueTime }).prefault({}).describe("Due so many days after its start, at that time of the day."),
  plan: filePlan.prefault({}).describe("Rounds, reminders, silence, and how often unchanged access is carried forward."),
  fallback: z
    .string()
    .trim()
    .min(1)
    .nullable()
    .default(null)
    .describe("Who answers what nobody in the chain may: a person, by mail address or user name."),
  watchDays: watchDays.describe("Days after a removal in which access that grows back becomes a new item."),
  instructions: instructions.describe("What reviewers read before they hand in."),
});
export type CampaignFile = z.infer<typeof campaignFile>;

/** Where in the file, from 1, and what is wrong there. */
export type FileProblem = { line: number; column: number; path: string; message: string };
type Path = readonly PropertyKey[];

/** A file that parsed, with the place of anything in it for what only the database can tell. */
export type ReadFile = { file: CampaignFile; placeOf: (path: Path) => Pick<FileProblem, "line" | "column"> };

/** Aliases that a file may resolve to: enough for any that a person writes, too few to make a bomb of. */
const MAX_ALIASES = 100;

/** Every problem of the file at once, in the order of the file. */
export function readCampaignFile(text: string): { ok: true; read: ReadFile } | { ok: false; problems: FileProblem[] } {
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
  const parsed = campaignFile.safeParse(value, { error: plainWords });
  if (parsed.success) return { ok: true, read: { file: parsed.data, placeOf } };
  const problems = parsed.error.issues.flatMap((issue): FileProblem[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          ...at(offsetOf(document.contents, [...issue.path, key], "key")),
          path: pathText([...issue.path, key]),
          message: "is no setting of a campaign.",
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

/** docs/campaign.schema.json, as an editor and a checker of files take it. */
export function campaignFileSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(campaignFile, { io: "input" });
  return { $schema, title: "A campaign of Countersign, as a file", ...schema };
}
