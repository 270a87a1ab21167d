import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, notFound, precondition } from "#lib/errors/domain-error.ts";
import { mayMove } from "./lifecycle.ts";
import { type CampaignPlan, planOf } from "./plan.ts";
import { type CampaignScopeInput, campaignScope } from "./schema.ts";
import type { CampaignState } from "./types.ts";

export type CampaignRecord = {
  id: string;
  name: string;
  state: CampaignState;
  scope: CampaignScopeInput;
  instructions: string;
  instructionsVersion: number;
  zone: string;
  ownerUserId: string;
  fallbackPersonId: string | null;
  dueAt: Date;
  plan: CampaignPlan;
  /** The one under way, from 1. */
  round: number;
  policyDigest: string | null;
  watchDays: number;
  pausedAt: Date | null;
  launchedAt: Date | null;
  escalatedAt: Date | null;
  templateId: string | null;
  scopeSetBy: string | null;
  scopeSetAt: Date | null;
};

const SELECT = `SELECT id, name, state::text AS state, scope, instructions, instructions_version AS "instructionsVersion", zone, owner_user_id AS "ownerUserId",
  fallback_person_id AS "fallbackPersonId", due_at AS "dueAt", plan, round, policy_digest AS "policyDigest", watch_days AS "watchDays", paused_at AS "pausedAt",
  launched_at AS "launchedAt", escalated_at AS "escalatedAt", template_id AS "templateId", scope_set_by AS "scopeSetBy", scope_set_at AS "scopeSetAt" FROM campaigns WHERE id = $1::uuid`;

/** The campaign, locked against every other step of its life. Not FOR UPDATE: an answer refers to the campaign and would wait for it, holding its lock. */
export async function lockCampaign(tx: Tx, campaignId: string): Promise<CampaignRecord> {
  const [row] = await tx.rows<CampaignRecord>(`${SELECT} FOR NO KEY UPDATE`, [campaignId]);
  if (!row) throw notFound("Campaign", campaignId);
  return { ...row, scope: campaignScope.parse(row.scope), plan: planOf(row.plan) };
}

/** Without a lock: for steps of reviewers, which many take at once. */
export async function readCampaign(tx: Tx, campaignId: string): Promise<CampaignRecord> {
  const [row] = await tx.rows<CampaignRecord>(SELECT, [campaignId]);
  if (!row) throw notFound("Campaign", campaignId);
  return { ...row, scope: campaignScope.parse(row.scope), plan: planOf(row.plan) };
}

/**
 * Answers of reviewers hold this shared, every step that fixes or empties the set holds it alone. An answer that waited looks at the campaign
 * again in its next statement, so that none slips in behind the closing. An advisory lock, since a row lock would make the campaign's row
 * the hottest of the database.
 */
export async function lockDecisions(tx: Tx, campaignId: string, how: "shared" | "alone"): Promise<void> {
  const lock = how === "shared" ? "pg_advisory_xact_lock_shared" : "pg_advisory_xact_lock";
  await tx.rows(`SELECT ${lock}(hashtextextended('decisions:' || $1::text, 0))`, [campaignId]);
}

/**
 * One at a time looks whether a hop closes a circle, among those that hold the set shared: two that each see the campaign without the other would
 * let people review each other. Before any item is locked; who holds the set alone needs it not.
 */
export const lockHops = (tx: Tx, campaignId: string) =>
  tx.rows("SELECT pg_advisory_xact_lock(hashtextextended('hops:' || $1::text, 0))", [campaignId]);

/** One step of a campaign's life; refuses what lifecycle.ts does not know. `set` are further columns, values from $4 on. */
export async function moveCampaign(
  tx: Tx,
  campaign: Pick<CampaignRecord, "id" | "state">,
  to: CampaignState,
  set: { sql: string; values: readonly unknown[] } = { sql: "", values: [] },
): Promise<void> {
  if (!mayMove(campaign.state, to))
    throw precondition(`A campaign that is ${campaign.state} cannot become ${to}.`, { state: campaign.state });
  const moved = await tx.rows(
    `UPDATE campaigns SET state = $3::campaign_state${set.sql ? `, ${set.sql}` : ""} WHERE id = $1::uuid AND state = $2::campaign_state RETURNING id`,
    [campaign.id, campaign.state, to, ...set.values],
  );
  if (moved.length === 0) throw conflict("The campaign has moved on meanwhile. Load it again.");
}

/** For steps that are not a move: the state must be one of these. */
export function requireState(campaign: Pick<CampaignRecord, "state">, states: readonly CampaignState[], step: string): void {
  if (!states.includes(campaign.state))
    throw precondition(`${step} needs a campaign that is ${states.join(" or ")}; this one is ${campaign.state}.`, {
      state: campaign.state,
    });
}

export const campaignSubject = (campaign: Pick<CampaignRecord, "id" | "name">) => ({
  kind: "campaign",
  id: campaign.id,
  label: campaign.name,
});
