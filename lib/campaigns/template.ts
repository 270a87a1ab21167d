import { z } from "zod";
import { PERIODS } from "./cycles.ts";
import { campaignPlan } from "./plan.ts";
import { campaignQuery, zone } from "./schema.ts";

const id = z.uuid();
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "A time of day like 09:00.");

/** Days above 28 are not in every month. */
export const recurrence = z
  .strictObject({
    every: z.enum(PERIODS),
    on: z.int().min(1).max(28),
    from: z.int().min(1).max(12).default(1),
    at: time.default("09:00"),
  })
  .refine(({ every, on }) => every !== "week" || on <= 7, { path: ["on"], message: "A week has the days 1 (Monday) to 7." });

/** What each campaign of a template is made from. */
export const templateBody = z.strictObject({
  name: z.string().trim().min(1, "Name the template.").max(180),
  scope: campaignQuery,
  plan: campaignPlan.prefault({}),
  instructions: z.string().trim().min(1, "Tell reviewers what to do.").max(10_000),
  zone: zone.default("UTC"),
  ownerUserId: id,
  fallbackPersonId: id.nullable().default(null),
  watchDays: z.int().min(0).max(365).default(30),
  /** Due so many days after its start, at that time of the day in its zone. */
  dueDays: z.int().min(1).max(180).default(14),
  dueTime: time.default("17:00"),
  /** null: it comes again only when somebody says so. */
  recurrence: recurrence.nullable().default(null),
});
export type TemplateBody = z.infer<typeof templateBody>;

export const saveTemplateInput = z.strictObject({
  /** null: a new one, or the one of that name where the file says so. */
  templateId: id.nullable().default(null),
  body: templateBody.extend({ ownerUserId: id.optional() }),
});
export const templateInput = z.strictObject({ templateId: id });
export const explainCycleInput = z.strictObject({
  templateId: id,
  cycleAt: z.iso.datetime({ offset: true }),
  reason: z.string().trim().min(3, "Say why, in a few words.").max(2000),
});
export const saveScopeInput = z.strictObject({
  name: z.string().trim().min(1, "Name the query.").max(120),
  scope: campaignQuery,
});
export const retireScopeInput = z.strictObject({ savedScopeId: id });

export type SaveTemplateInput = z.input<typeof saveTemplateInput>;
export type TemplateInput = z.input<typeof templateInput>;
export type ExplainCycleInput = z.input<typeof explainCycleInput>;
export type SaveScopeInput = z.input<typeof saveScopeInput>;
export type RetireScopeInput = z.input<typeof retireScopeInput>;

export type Difference = { path: string; before: unknown; after: unknown };

/** Where two versions differ, setting by setting; lists are compared whole. */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (!isRecord(before) || !isRecord(after)) return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return keys.flatMap((key) => differences(before[key] ?? null, after[key] ?? null, path ? `${path}.${key}` : key));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
