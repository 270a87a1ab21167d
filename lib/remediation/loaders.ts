import "server-only";
import { cache } from "react";
import { z } from "zod";
import { requireCtx } from "#lib/auth/loaders.ts";
import type { Actor } from "#lib/authz/actor.ts";
import { can } from "#lib/authz/permissions.ts";
import { campaignScope, remediationScope } from "#lib/authz/scope.ts";
import { listCampaigns } from "#lib/campaigns/queries.ts";
import { campaignListParams } from "#lib/campaigns/schema.ts";
import { SECOND_PERSON } from "./approvals.ts";
import {
  getBatch,
  getRemediation,
  listBatches,
  listExecutable,
  listRemediations,
  listWaitingRequests,
  listWriteRequests,
  remediationTotals,
  writesOf,
} from "./queries.ts";
import { remediationListParams } from "./schema.ts";

export type RemediationPowers = {
  userId: string | null;
  canApprove: boolean;
  canExecute: boolean;
  canClaim: boolean;
  canRestore: boolean;
};

const powersOf = (actor: Actor): RemediationPowers => ({
  userId: actor.kind === "user" ? actor.userId : null,
  canApprove: can(actor, "remediation.approve"),
  canExecute: can(actor, "remediation.execute"),
  canClaim: can(actor, "remediation.claim"),
  canRestore: can(actor, "remediation.restore"),
});

/** A reviewer reads what they own or decided, which takes knowing who they are. */
const mayRead = (actor: Actor): boolean =>
  can(actor, "remediation.read_all") || (can(actor, "remediation.read") && actor.kind === "user" && actor.personId !== null);

const LIST_CAP = 500;
const overdueParam = z.object({ overdue: z.enum(["yes", ""]).catch("") });

/** null: not open to this person. */
export async function loadRemediations(search: Record<string, string | string[] | undefined>) {
  const { actor } = await requireCtx();
  if (!mayRead(actor)) return null;
  const scope = remediationScope(actor);
  const params = remediationListParams.parse(search);
  const { overdue } = overdueParam.parse(search);
  const [read, totals, campaigns, batches, executable] = await Promise.all([
    listRemediations(scope, params),
    remediationTotals(scope, params.campaignId || undefined),
    // Whoever only carries tasks out reads no campaigns.
    can(actor, "campaign.read")
      ? listCampaigns(campaignScope(actor), campaignListParams.parse({ sort: "createdAt", direction: "desc" }))
      : [],
    listBatches(scope, params.campaignId || null),
    can(actor, "remediation.execute") ? listExecutable(scope, params.campaignId || null) : [],
  ]);
  return {
    rows: overdue ? read.filter(({ isOverdue }) => isOverdue) : read,
    totals,
    batches,
    executable,
    campaignId: params.campaignId,
    campaigns: campaigns.filter(({ launchedAt }) => launchedAt !== null).map(({ id, name }) => ({ value: id, label: name })),
    isFiltered: overdue !== "" || [params.campaignId, params.sourceId, params.state, params.risk, params.q].some((value) => value !== ""),
    isCut: read.length >= LIST_CAP,
  };
}

export const loadRemediation = cache(async (remediationId: string) => {
  const { actor } = await requireCtx();
  if (!mayRead(actor)) return null;
  const remediation = z.uuid().safeParse(remediationId).success
    ? await getRemediation(remediationScope(actor), actor, remediationId)
    : null;
  return { remediation, powers: powersOf(actor) };
});

/** null: not open to this person, who sees only what is theirs. */
export const loadBatch = cache(async (batchId: string) => {
  const { actor } = await requireCtx();
  if (!can(actor, "remediation.read_all")) return null;
  const batch = z.uuid().safeParse(batchId).success ? await getBatch(remediationScope(actor), batchId) : null;
  return { batch, powers: powersOf(actor) };
});

/** A campaign's open work, for closing it; null: not open to this person. */
export const loadRemediationTotals = cache(async (campaignId: string) => {
  const { actor } = await requireCtx();
  if (!mayRead(actor)) return null;
  const scope = remediationScope(actor);
  const open = remediationListParams.parse({ campaignId, show: "open" });
  const [totals, rows] = await Promise.all([remediationTotals(scope, campaignId), listRemediations(scope, open)]);
  return { totals, open: rows };
});

/** Whether a source's connector may write, and who asked for it; null: not open to this person. */
export const loadSourceWrites = cache(async (sourceId: string) => {
  const { actor } = await requireCtx();
  if (!mayRead(actor)) return null;
  const scope = remediationScope(actor);
  const [writes, requests] = await Promise.all([writesOf(scope, sourceId), listWriteRequests(scope, sourceId)]);
  return {
    ...writes,
    requests,
    userId: actor.kind === "user" ? actor.userId : null,
    canChange: can(actor, "source.enable_writes"),
  };
});

/** What waits for this person's yes: as the second of two, and as who approves removals. null: nothing that they could ever approve. */
export const loadApprovals = cache(async () => {
  const { actor } = await requireCtx();
  const actions = Object.entries(SECOND_PERSON).flatMap(([action, { permission }]) => (can(actor, permission) ? [action] : []));
  const canApprove = can(actor, "remediation.approve");
  if (actor.kind !== "user" || !mayRead(actor) || (actions.length === 0 && !canApprove)) return null;
  const scope = remediationScope(actor);
  const [requests, totals] = await Promise.all([
    actions.length > 0 ? listWaitingRequests(scope, { actions, userId: actor.userId, personId: actor.personId }) : [],
    canApprove ? remediationTotals(scope) : null,
  ]);
  return { requests, removals: totals?.waitingForApproval ?? 0 };
});

/** How far removals are; null: not open to this person. */
export const loadRemovals = cache(async () => {
  const { actor } = await requireCtx();
  return mayRead(actor) ? remediationTotals(remediationScope(actor)) : null;
});

/** Of those under way and the newest, one that was stopped; null where there is none, or it is not open to this person. */
export const loadStoppedBatch = cache(async () => {
  const { actor } = await requireCtx();
  if (!can(actor, "remediation.read_all")) return null;
  const batches = await listBatches(remediationScope(actor), null);
  return batches.find(({ state }) => state === "STOPPED") ?? null;
});
