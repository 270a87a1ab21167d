import { z } from "zod";
import { exceptionTerms } from "#lib/exceptions/schema.ts";

import { ENVIRONMENTS, IDENTITY_CLASSES, RESOURCE_CLASSES, SENSITIVITIES } from "#lib/inventory/streams.ts";
import { givenTerms } from "./answer-terms.ts";
import { ANSWERS, BULK_ANSWERS } from "./answers.ts";
import { ITEM_KINDS, SUBJECT_KINDS } from "./item-kinds.ts";
import { MICRO_RULES, microRule } from "./micro.ts";

import { campaignPlan } from "./plan.ts";

const id = z.uuid();
const reason = z.string().trim().min(3, "Say why, in a few words.").max(2000);
const instant = z.iso.datetime({ offset: true });
export const zone = z.string().refine(isZone, "Not a time zone like Europe/Vienna or UTC.");
export const MAX_BULK = 10_000;

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** How an access stood when somebody last signed it off: nobody ever did, its meaning is another since, or it is the same. */
export const SIGNED_OFF_AS = ["never", "changed", "unchanged"] as const;

/** What of the sources is under review. Empty lists mean all; what is not known to be outside stays in. */
export const scopeFilters = z.strictObject({
  identityClasses: z.array(z.enum(IDENTITY_CLASSES)).default([]),
  resourceClasses: z.array(z.enum(RESOURCE_CLASSES)).default([]),
  environments: z.array(z.enum(ENVIRONMENTS)).default([]),
  sensitivities: z.array(z.enum(SENSITIVITIES)).default([]),
  /** Only what is privileged, or not known not to be. */
  privilegedOnly: z.boolean().default(false),
  /** What of the sources is asked about; left out, as in every campaign from before there were others: their grants. */
  kinds: z.array(z.enum(ITEM_KINDS)).min(1, "Choose what is asked about.").max(ITEM_KINDS.length).optional(),
  /** Only what is not known to have been used in as many days. */
  unusedDays: z.int().min(1).max(3650).nullable().default(null),
  /** Only what is not known to be older: where the source does not tell, the sync that first saw it says so. */
  grantedSince: instant.nullable().default(null),
  signedOffAs: z.array(z.enum(SIGNED_OFF_AS)).default([]),
});
export type ScopeFilters = z.infer<typeof scopeFilters>;

export const campaignScope = z.strictObject({
  sourceIds: z.array(id).min(1, "Choose at least one source.").max(200),
  ...scopeFilters.shape,
  /** Only these grants: a follow-up of items of an earlier campaign. */
  grantIds: z.array(id).max(10_000).optional(),
  /** And these, where the follow-up is not about grants alone. */
  subjects: z
    .array(z.strictObject({ kind: z.enum(SUBJECT_KINDS), id }))
    .max(10_000)
    .optional(),
});
/** A rule, never a list of what is under review. */
export const campaignQuery = campaignScope.omit({ grantIds: true, subjects: true });
export type CampaignScopeInput = z.infer<typeof campaignScope>;

const setup = {
  name: z.string().trim().min(1, "Name the campaign.").max(200),
  scope: campaignScope,
  dueAt: instant,
  zone: zone.default("UTC"),
  instructions: z.string().trim().min(1, "Tell reviewers what to do.").max(10_000),
  fallbackPersonId: id.nullable().default(null),
  watchDays: z.int().min(0).max(365).default(30),
  plan: campaignPlan.prefault({}),
};
export const createCampaignInput = z.strictObject({ ...setup, ownerUserId: id.optional() });
export const changeCampaignInput = z.strictObject({ campaignId: id, ...setup, ownerUserId: id.optional() });
export const previewInput = z.strictObject({
  scope: campaignScope,
  fallbackPersonId: id.nullable().default(null),
  plan: campaignPlan.prefault({}),
});

export const campaignInput = z.strictObject({ campaignId: id });
/** null: everybody with open items. */
export const remindInput = z.strictObject({ campaignId: id, personId: id.nullable().default(null) });
/** `override` comes from the confirmation of two people alone, through the queue. */
export const stageInput = z.strictObject({
  campaignId: id,
  override: z.strictObject({ requestId: id, requestedBy: id, confirmedBy: id.nullable(), reason: z.string() }).optional(),
});
export const followUpInput = z.strictObject({
  parentId: id,
  sourceId: id,
  follows: z
    .array(z.strictObject({ kind: z.enum(ITEM_KINDS), id, itemId: id }))
    .min(1)
    .max(MAX_BULK),
  /** regrown, not_effective, exception_expired and the like */
  cause: z.string().min(1).max(40),
  dueAt: instant,
});
export const setMicroRuleInput = z.strictObject({ rule: z.enum(MICRO_RULES), ...microRule.shape });
export const sinceFreezeInput = z.strictObject({
  campaignId: id,
  /** null: all that no campaign of its own holds yet. */
  grantIds: z.array(id).min(1).max(MAX_BULK).nullable().default(null),
});
export const campaignReasonInput = z.strictObject({ campaignId: id, reason });
export const confirmRequestInput = z.strictObject({ requestId: id });

export const decideItemInput = z.strictObject({
  campaignId: id,
  itemId: id,
  answer: z.enum(ANSWERS),
  rationale: z.string().trim().max(4000).nullable().default(null),
  version: z.int().nonnegative(),
  seconds: z.int().min(0).max(86_400).nullable().default(null),
  evidenceViewed: z.boolean().default(false),
  /** What is asked for, where the answer is exception_requested; its rationale is the answer's. */
  exception: exceptionTerms.nullable().default(null),
  /** What exactly is asked for, where the answer is one of TERMED_ANSWERS. */
  terms: givenTerms.nullable().default(null),
});
export const requestItemExceptionInput = z.strictObject({ campaignId: id, itemId: id, exception: exceptionTerms });
export const exceptionChangedInput = z.object({ exceptionId: id, eventId: id, to: z.string() });
export const withdrawAnswerInput = z.strictObject({ campaignId: id, itemId: id, version: z.int().nonnegative() });
export const decideItemsInput = z.strictObject({
  campaignId: id,
  items: z
    .array(z.strictObject({ itemId: id, version: z.int().nonnegative() }))
    .min(1)
    .max(MAX_BULK),
  answer: z.enum(BULK_ANSWERS),
  rationale: z.string().trim().max(4000).nullable().default(null),
  seconds: z.int().min(0).max(86_400).nullable().default(null),
  evidenceViewed: z.boolean().default(false),
});
export const attestCarriedInput = z.strictObject({
  campaignId: id,
  /** How many the bundle held when it was read. */
  items: z.int().positive(),
  seconds: z.int().min(0).max(86_400).nullable().default(null),
  evidenceViewed: z.boolean().default(false),
});
export const submitDecisionsInput = z.strictObject({
  campaignId: id,
  instructionsVersion: z.int().positive(),
  attestation: z.string().trim().min(10).max(2000),
});
export const reassignItemsInput = z.strictObject({
  campaignId: id,
  itemIds: z.array(id).min(1).max(MAX_BULK),
  toPersonId: id,
  reason,
});
export const reopenItemInput = z.strictObject({ campaignId: id, itemId: id, reason });
export const drawSecondLookInput = z.strictObject({ campaignId: id, reviewerId: id, toPersonId: id });
export const lookAgainInput = z.strictObject({
  lookId: id,
  answer: z.enum(["keep", "revoke"]),
  rationale: z.string().trim().max(4000).nullable().default(null),
  seconds: z.int().min(0).max(86_400).nullable().default(null),
});
export const setFallbackInput = z.strictObject({ campaignId: id, personId: id });
export const extendCampaignInput = z.strictObject({ campaignId: id, dueAt: instant, reason });
export const overrideIndependenceInput = z.strictObject({ campaignId: id, itemId: id, personId: id, reason });
export const correctItemInput = z.strictObject({ campaignId: id, itemId: id, reason });
export const childCampaignInput = z.strictObject({ campaignId: id, dueAt: instant });
export const setDelegationInput = z.strictObject({ toPersonId: id, startsAt: instant, endsAt: instant, reason });
export const revokeDelegationInput = z.strictObject({ delegationId: id });
export const signOffInput = z.strictObject({ campaignId: id, attestation: z.string().trim().min(10).max(2000) });

export const CAMPAIGN_SORTS = ["dueAt", "name", "state", "createdAt"] as const;
export const campaignListParams = z.object({
  q: z.string().max(200).catch(""),
  state: z.string().max(40).catch(""),
  sort: z.enum(CAMPAIGN_SORTS).catch("dueAt"),
  direction: z.enum(["asc", "desc"]).catch("asc"),
});
export const itemListParams = z.object({
  q: z.string().max(200).catch(""),
  risk: z.enum(["", "low", "ordinary", "high", "critical"]).catch(""),
  state: z.enum(["", "open", "answered", "submitted", "voided"]).catch(""),
  /** "unanswered" is an outcome: nobody answered before decisions closed. "termed" is every answer that has terms. */
  answer: z.enum(["", ...ANSWERS, "termed", "unanswered"]).catch(""),
  reviewer: z.union([id, z.literal("none"), z.literal("")]).catch(""),
  cursor: z.string().max(200).catch(""),
});

export type CreateCampaignInput = z.input<typeof createCampaignInput>;
export type ChangeCampaignInput = z.input<typeof changeCampaignInput>;
export type PreviewInput = z.input<typeof previewInput>;
export type CampaignInput = z.input<typeof campaignInput>;
export type RemindInput = z.input<typeof remindInput>;
export type StageInput = z.input<typeof stageInput>;
export type FollowUpInput = z.input<typeof followUpInput>;
export type SetMicroRuleInput = z.input<typeof setMicroRuleInput>;
export type SinceFreezeInput = z.input<typeof sinceFreezeInput>;
export type CampaignReasonInput = z.input<typeof campaignReasonInput>;
export type ConfirmRequestInput = z.input<typeof confirmRequestInput>;
export type DecideItemInput = z.input<typeof decideItemInput>;
export type RequestItemExceptionInput = z.input<typeof requestItemExceptionInput>;
export type ExceptionChangedInput = z.input<typeof exceptionChangedInput>;
export type WithdrawAnswerInput = z.input<typeof withdrawAnswerInput>;
export type DecideItemsInput = z.input<typeof decideItemsInput>;
export type AttestCarriedInput = z.input<typeof attestCarriedInput>;
export type SubmitDecisionsInput = z.input<typeof submitDecisionsInput>;
export type ReassignItemsInput = z.input<typeof reassignItemsInput>;
export type ReopenItemInput = z.input<typeof reopenItemInput>;
export type DrawSecondLookInput = z.input<typeof drawSecondLookInput>;
export type LookAgainInput = z.input<typeof lookAgainInput>;
export type SetFallbackInput = z.input<typeof setFallbackInput>;
export type ExtendCampaignInput = z.input<typeof extendCampaignInput>;
export type OverrideIndependenceInput = z.input<typeof overrideIndependenceInput>;
export type CorrectItemInput = z.input<typeof correctItemInput>;
export type ChildCampaignInput = z.input<typeof childCampaignInput>;
export type SetDelegationInput = z.input<typeof setDelegationInput>;
export type RevokeDelegationInput = z.input<typeof revokeDelegationInput>;
export type SignOffInput = z.input<typeof signOffInput>;
export type CampaignListParams = z.infer<typeof campaignListParams>;
export type ItemListParams = z.infer<typeof itemListParams>;
