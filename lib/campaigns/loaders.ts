import "server-only";
import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { requireCtx } from "#lib/auth/loaders.ts";
import type { Actor } from "#lib/authz/actor.ts";
import { can } from "#lib/authz/permissions.ts";
import { campaignScope, reviewerScope } from "#lib/authz/scope.ts";
import { listHolders, readCampaignHead } from "./campaign-head.sql.ts";
import { medianSeconds, minutesFor } from "./campaign-row.sql.ts";
import { listDuties, listDutyHolders } from "./duties.sql.ts";
import { listIdentityItems } from "./identity-items.sql.ts";
import { OPEN_ITEM_STATES, waitingOf } from "./lifecycle.ts";
import { listMicroStarts, listMicroWaits, PREVIEW_DAYS, readLookBack, readMicroSettings } from "./micro-page.sql.ts";
import { type CampaignPlan, campaignPlan } from "./plan.ts";
import {
  getCampaign,
  getCarriedBundle,
  getDelegations,
  getExceptionImpact,
  getItem,
  listCampaignSources,
  listCampaigns,
  listMyReviews,
  listPeopleById,
  listReviewItems,
} from "./queries.ts";
import { listGroupsById } from "./reviewer-groups.sql.ts";
import { campaignListParams, itemListParams, scopeFilters } from "./schema.ts";
import { listLooksWaiting, listMyLooks, readLookedAt } from "./second-looks.sql.ts";
import { getTemplate, listSavedScopes, listTemplates } from "./template.sql.ts";

export type Search = Record<string, string | string[] | undefined>;

/** What the buttons of a campaign's pages may offer. Commands decide again. */
export type CampaignPowers = {
  userId: string | null;
  canManage: boolean;
  canOverride: boolean;
  canSignOff: boolean;
  canReassign: boolean;
  canReadEvidence: boolean;
};

function powersOf(actor: Actor): CampaignPowers {
  return {
    userId: actor.kind === "user" ? actor.userId : null,
    canManage: can(actor, "campaign.manage"),
    canOverride: can(actor, "campaign.override"),
    canSignOff: can(actor, "campaign.sign_off"),
    canReassign: can(actor, "item.reassign"),
    canReadEvidence: can(actor, "evidence.read"),
  };
}

/** An address that names nothing is not found; it must not reach the database as a broken id. */
const isUuid = (id: string): boolean => z.uuid().safeParse(id).success;

const readsAll = (actor: Actor): boolean => can(actor, "campaign.read_all");
/** A reviewer reads what is theirs, which takes knowing which person they are. */
const mayRead = (actor: Actor): boolean =>
  readsAll(actor) || (can(actor, "campaign.read") && actor.kind === "user" && actor.personId !== null);

/** null: not open to this person. */
export async function loadCampaigns(search: Search) {
  const { actor } = await requireCtx();
  if (!readsAll(actor)) return null;
  const params = campaignListParams.parse(search);
  return {
    rows: await listCampaigns(campaignScope(actor), params),
    isFiltered: params.q !== "" || params.state !== "",
    ...powersOf(actor),
  };
}

/** The owner's page. `campaign` is null where there is none; the whole is null where it is not open to this person. */
export const loadCampaign = cache(async (campaignId: string) => {
  const { actor } = await requireCtx();
  if (!readsAll(actor)) return null;
  const scope = campaignScope(actor);
  const [campaign, sources] = await Promise.all([isUuid(campaignId) ? getCampaign(scope, campaignId) : null, listCampaignSources(scope)]);
  return { campaign, sourceNames: new Map(sources.map(({ id, name }) => [id, name])), powers: powersOf(actor) };
});

/** What the reviewer's page says of the campaign; its items come by themselves. */
export const loadReviewCampaign = cache(async (campaignId: string) => {
  const { actor } = await requireCtx();
  if (!isUuid(campaignId) || !mayRead(actor)) notFound();
  const isSomebody = actor.kind === "user" && actor.personId !== null;
  const own = isSomebody ? await getCampaign(reviewerScope(actor), campaignId) : null;
  const campaign = own ?? (readsAll(actor) ? await getCampaign(campaignScope(actor), campaignId) : null);
  if (!campaign) notFound();
  const { id, name, state, dueAt, zone, instructions, instructionsVersion, stagedAt } = campaign;
  const secondsEach = await medianSeconds();
  return { id, name, state, dueAt, zone, instructions, instructionsVersion, stagedAt: stagedAt ?? campaign.createdAt, secondsEach };
});

/** What was carried forward to the reviewer as one bundle; null where nothing was. */
export const loadCarriedBundle = cache(async (campaignId: string) => {
  const { actor } = await requireCtx();
  if (!isUuid(campaignId) || !can(actor, "item.decide") || actor.kind !== "user" || actor.personId === null) return null;
  return getCarriedBundle(reviewerScope(actor), campaignId);
});

/** Whom and which groups a plan names, for the form and the page that show it. */
export async function loadNamed({ rounds }: CampaignPlan) {
  const { actor } = await requireCtx();
  const scope = campaignScope(actor);
  const [people, groups] = await Promise.all([
    listPeopleById(
      scope,
      rounds.flatMap(({ named }) => named),
    ),
    listGroupsById(
      scope,
      rounds.flatMap(({ group }) => group ?? []),
    ),
  ]);
  return { people, groups };
}

/** What a new campaign is made from; null: not open to this person. */
export const loadCampaignSetup = cache(async () => {
  const { actor, now } = await requireCtx();
  if (!can(actor, "campaign.manage")) return null;
  const scope = campaignScope(actor);
  const [sources, saved] = await Promise.all([listCampaignSources(scope), listSavedScopes(scope)]);
  return {
    sources,
    saved,
    named: { people: [], groups: [] },
    now: now.toISOString(),
    blank: { scope: { ...scopeFilters.parse({}), sourceIds: [] }, plan: campaignPlan.parse({}) },
  };
});

/** null: not open to this person. */
export async function loadTemplates() {
  const { actor, now } = await requireCtx();
  if (!readsAll(actor)) return null;
  return { rows: await listTemplates(campaignScope(actor), now), canManage: can(actor, "campaign.manage") };
}

/** `template` is null where there is none; the whole is null where it is not open to this person. */
export const loadTemplate = cache(async (templateId: string) => {
  const { actor, now } = await requireCtx();
  if (!readsAll(actor)) return null;
  const scope = campaignScope(actor);
  const [template, sources] = await Promise.all([
    isUuid(templateId) ? getTemplate(scope, templateId, now) : null,
    listCampaignSources(scope),
  ]);
  return { template, sourceNames: new Map(sources.map(({ id, name }) => [id, name])), canManage: can(actor, "campaign.manage") };
});

/** The first window of the items under the URL's filter; the rest comes from the route. */
export async function loadCampaignItems(campaignId: string, search: Search) {
  const { actor } = await requireCtx();
  if (!readsAll(actor)) return null;
  if (!isUuid(campaignId)) notFound();
  const scope = campaignScope(actor);
  const params = itemListParams.parse({ ...search, cursor: "" });
  const [campaign, holders, { rows, next }] = await Promise.all([
    readCampaignHead(scope, campaignId),
    listHolders(scope, campaignId),
    listReviewItems(scope, campaignId, params),
  ]);
  if (!campaign) notFound();
  return { campaign, holders, first: { rows, nextCursor: next }, canReassign: powersOf(actor).canManage };
}

/** One item: to the owner of the campaign and those who read all, and to its reviewer. */
export const loadItem = cache(async (campaignId: string, itemId: string) => {
  const { actor } = await requireCtx();
  if (!mayRead(actor)) return null;
  const scope = campaignScope(actor);
  const isKnown = isUuid(campaignId) && isUuid(itemId);
  const [item, head] = isKnown
    ? await Promise.all([getItem(scope, campaignId, itemId), readCampaignHead(scope, campaignId)])
    : [null, null];
  const powers = powersOf(actor);
  const isMine = actor.kind === "user" && item?.reviewerId === actor.personId && OPEN_ITEM_STATES.some((state) => state === item?.state);
  const mayAsk =
    can(actor, "exception.request") &&
    item !== null &&
    item.entitlementId !== null &&
    item.state !== "VOIDED" &&
    !item.exception &&
    !isMine;
  const impact = mayAsk ? await getExceptionImpact(scope, actor, campaignId, itemId) : null;
  return { impact, item, isOwner: head !== null && head.ownerUserId === powers.userId, powers, readsAll: readsAll(actor) };
});

/** Second looks that wait for the person, by campaign. */
export const loadLooksWaiting = cache(async () => {
  const { actor } = await requireCtx();
  return can(actor, "item.decide") && actor.kind === "user" && actor.personId !== null ? listLooksWaiting(reviewerScope(actor)) : [];
});

/** What a second reviewer looks at again; null where nothing was ever drawn for this person. */
export const loadMyLooks = cache(async (campaignId: string) => {
  const { actor } = await requireCtx();
  if (!can(actor, "item.decide") || actor.kind !== "user" || actor.personId === null || !isUuid(campaignId)) return null;
  const scope = reviewerScope(actor);
  const [campaign, looks] = await Promise.all([readLookedAt(scope, campaignId), listMyLooks(scope, campaignId)]);
  return campaign && { campaign, looks };
});

/** "nobody" where no person is linked to the user, so that nothing can be theirs to review. */
export const loadMyReviews = cache(async () => {
  const { actor } = await requireCtx();
  if (!can(actor, "item.decide")) return null;
  if (actor.kind !== "user" || actor.personId === null) return "nobody" as const;
  return listMyReviews(reviewerScope(actor));
});

/** How many items wait for the person, in the frame. */
export async function loadItemsWaiting(): Promise<number> {
  const reviews = await loadMyReviews();
  if (!Array.isArray(reviews)) return 0;
  const { toDecide, toHandIn } = waitingOf(reviews);
  return toDecide + toHandIn;
}

/** Who stands in for the one who is signed in; null: they review nothing. */
export async function loadDelegations() {
  const { actor } = await requireCtx();
  if (!can(actor, "item.decide") || actor.kind !== "user" || actor.personId === null) return null;
  return getDelegations(reviewerScope(actor));
}

/** Reviews of an identity's access; null: campaigns are not open to this person. */
export async function loadIdentityItems(identityId: string) {
  const { actor } = await requireCtx();
  if (!mayRead(actor) || !isUuid(identityId)) return null;
  return listIdentityItems(campaignScope(actor), identityId);
}

/** What waits for the person, with the minutes that it takes by the measured median; null until that is known. */
export const loadWaitingReviews = cache(async () => {
  const reviews = await loadMyReviews();
  if (!Array.isArray(reviews)) return reviews;
  const waiting = reviews.filter((review) => {
    const { toDecide, toHandIn } = waitingOf([review]);
    return toDecide + toHandIn > 0;
  });
  const seconds = waiting.length > 0 ? await medianSeconds() : null;
  return waiting.map((review) => ({ ...review, minutesLeft: seconds === null ? null : minutesFor(review.open, seconds) }));
});

const OVER: readonly string[] = ["CLOSED", "ARCHIVED", "CANCELLED", "NOT_APPLICABLE"];
const LATELY = 5;

/** Campaigns under way, soonest due first, and the last that are over; null: not open to this person. */
export const loadCampaignsNow = cache(async () => {
  const found = await loadCampaigns({});
  if (!found) return null;
  const over = found.rows.filter(({ state }) => OVER.includes(state)).reverse();
  return {
    current: found.rows.filter(({ state }) => !OVER.includes(state)),
    over: over.slice(0, LATELY),
    canManage: found.canManage,
  };
});

/** null: not open to this person. */
export async function loadMicro() {
  const { actor, now } = await requireCtx();
  if (!readsAll(actor)) return null;
  const scope = campaignScope(actor);
  const [starts, { settings, ownerName }, lookBack] = await Promise.all([
    listMicroStarts(scope),
    readMicroSettings(scope),
    readLookBack(scope, now),
  ]);
  const lines = lookBack.previews.map((preview) => ({ ...preview, settings: settings.rules[preview.rule] }));
  const waits = await listMicroWaits(scope, settings, now);
  return { starts, waits, lines, countedAt: lookBack.at, ownerName, previewDays: PREVIEW_DAYS, canManage: can(actor, "campaign.manage") };
}

/** Which duties do not go together: to everybody who reviews, with who holds both to those who read all; null: not open to this person. */
export async function loadDuties(search: Search) {
  const { actor } = await requireCtx();
  if (!mayRead(actor)) return null;
  const scope = readsAll(actor) ? campaignScope(actor) : reviewerScope(actor);
  const pairId = typeof search.pair === "string" ? search.pair : "";
  const [duties, holders] = await Promise.all([listDuties(scope), pairId ? listDutyHolders(scope, pairId) : []]);
  return { ...duties, pairId, holders, canManage: can(actor, "settings.manage"), readsAll: readsAll(actor) };
}
