import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid, precondition } from "#lib/errors/domain-error.ts";
import { campaignSubject, lockCampaign, lockDecisions, moveCampaign, requireState } from "../campaign.sql.ts";
import { digestItems } from "../digest.sql.ts";
import { readDependences } from "../independence.sql.ts";
import { launchGuards, unmet } from "../lifecycle.ts";
import { setRoundDue } from "../rounds.sql.ts";
import {
  type CampaignInput,
  type CampaignReasonInput,
  campaignInput,
  campaignReasonInput,
  type SetFallbackInput,
  setFallbackInput,
} from "../schema.ts";
import { countStanding, launchFacts } from "../standing.sql.ts";

/** STAGED -> ACTIVE: from here on reviewers see their items. */
export async function launchCampaign(ctx: Ctx, input: CampaignInput): Promise<{ items: number; reviewers: number }> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId } = campaignInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["STAGED"], "A launch");
    const counts = await countStanding(tx, campaignId);
    const refusals = unmet(launchGuards(launchFacts(counts, campaign.dueAt, ctx.now)));
    if (refusals.length > 0) throw precondition(`Cannot launch. ${refusals.map(({ text }) => text).join(" ")}`, { refusals });
    await moveCampaign(tx, campaign, "ACTIVE", { sql: "launched_at = $4::timestamptz", values: [ctx.now] });
    await setRoundDue(tx, campaign);
    const { items, reviewers } = counts;
    await recordAudit(tx, ctx, {
      type: "campaign.launched",
      subject: campaignSubject(campaign),
      data: { items, reviewers, dueAt: campaign.dueAt.toISOString() },
    });
    return { items, reviewers };
  });
}

/** STAGED -> DRAFT: nobody saw it yet. The audit event keeps count and digest of what was dropped. */
export async function discardPopulation(ctx: Ctx, input: CampaignReasonInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, reason } = campaignReasonInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["STAGED"], "Discarding the population");
    const [population] = await tx.rows<{ items: number; digest: string }>(
      `SELECT item_count::int AS items, manifest_digest AS digest FROM populations WHERE campaign_id = $1::uuid`,
      [campaignId],
    );
    await moveCampaign(tx, campaign, "DRAFT", { sql: "staged_at = NULL, policy_digest = NULL", values: [] });
    await tx.rows(`SELECT discard_population($1::uuid)`, [campaignId]);
    await recordAudit(tx, ctx, {
      type: "campaign.population_discarded",
      subject: campaignSubject(campaign),
      data: { items: population?.items ?? 0, manifestDigest: population?.digest ?? "" },
      reason,
    });
  });
}

/** Names a reviewer for the items that nobody in the chain may review; those that this person is not independent of stay without one. */
export async function setFallback(ctx: Ctx, input: SetFallbackInput): Promise<{ assigned: number }> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, personId } = setFallbackInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["STAGED", "ACTIVE"], "Naming a fallback");
    await lockDecisions(tx, campaignId, "alone");
    const person = await tx.rows(`SELECT id FROM people WHERE id = $1::uuid AND status <> 'left' AND gone_at IS NULL`, [personId]);
    if (person.length === 0) throw invalid("This person is not in office.", { personId: "Choose somebody who works here." });
    const waiting = await tx.rows<{ id: string }>(
      `SELECT id FROM items WHERE campaign_id = $1::uuid AND state = 'UNASSIGNED' ORDER BY id`,
      [campaignId],
    );
    const judged = await readDependences(
      tx,
      campaignId,
      waiting.map(({ id }) => id),
      [personId],
    );
    const independent = judged.filter(({ why, wasHolder }) => why.length === 0 && !wasHolder).map(({ itemId }) => itemId);
    const moved = await tx.rows<{ id: string }>(
      `WITH moved AS (
         UPDATE items i SET reviewer_id = $2::uuid, state = 'ASSIGNED', version = version + 1
         WHERE i.campaign_id = $1::uuid AND i.state = 'UNASSIGNED' AND i.id = ANY ($4::uuid[])
         RETURNING i.id)
       INSERT INTO assignments (campaign_id, item_id, to_id, cause, reason, actor_id)
       SELECT $1::uuid, id, $2::uuid, 'fallback', 'Nobody else in the chain may review it.', $3::uuid FROM moved RETURNING item_id AS id`,
      [campaignId, personId, userIdOf(ctx.actor), independent],
    );
    await tx.rows(`UPDATE campaigns SET fallback_person_id = $2::uuid WHERE id = $1::uuid`, [campaignId, personId]);
    const ids = moved.map(({ id }) => id);
    const { digest } = await digestItems(tx, campaignId, "submission", { where: "i.id = ANY ($3::uuid[])", values: [ids] });
    await recordAudit(tx, ctx, { type: "campaign.changed", subject: campaignSubject(campaign), data: { fields: ["fallbackPersonId"] } });
    await recordAudit(tx, ctx, {
      type: "campaign_items.reassigned",
      subject: campaignSubject(campaign),
      data: { campaignId, items: ids.length, digest, cause: "fallback", toPersonId: personId },
    });
    return { assigned: ids.length };
  });
}
