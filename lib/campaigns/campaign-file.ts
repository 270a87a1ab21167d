import { z } from "zod";
import { campaignPlan, MAX_NAMED, MAX_ROUNDS } from "./plan.ts";
import { scopeFilters, zone } from "./schema.ts";
import { recurrence, templateBody } from "./template.ts";
import { type FileProblem, type PlaceOf, readYaml } from "./yaml-file.ts";

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

/** A file that parsed, with the place of anything in it for what only the database can tell. */
export type ReadFile = { file: CampaignFile; placeOf: PlaceOf };

/** Every problem of the file at once, in the order of the file. */
export function readCampaignFile(text: string): { ok: true; read: ReadFile } | { ok: false; problems: FileProblem[] } {
  const found = readYaml(campaignFile, text, "a campaign");
  return found.ok ? { ok: true, read: { file: found.value, placeOf: found.placeOf } } : found;
}

/** docs/campaign.schema.json, as an editor and a checker of files take it. */
export function campaignFileSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(campaignFile, { io: "input" });
  return { $schema, title: "A campaign of Countersign, as a file", ...schema };
}
