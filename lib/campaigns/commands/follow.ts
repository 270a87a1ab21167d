import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { lockCampaign, lockDecisions } from "../campaign.sql.ts";
import { handedOnEvents, handOn } from "../next-reviewer.sql.ts";
import { STRANDED } from "../standing.sql.ts";
import { SUBJECT_GONE_RUN } from "../subject.sql.ts";

type Followed = { voided: number; returned: number };

/** Campaigns under way that may have to follow what a sync of this source brought. */
export async function campaignsToFollow(sourceId: string): Promise<string[]> {
  const rows = await reader.rows<{ id: string }>(
    `SELECT id FROM campaigns WHERE state IN ('ACTIVE', 'PAUSED', 'CLOSING') AND scope -> 'sourceIds' ? $1::text ORDER BY id`,
    [sourceId],
  );
  return rows.map(({ id }) => id);
}

/**
 * What the inventory says by now, for the items nobody has handed in an answer to: access that two complete syncs no longer found is void, an
 * identity that is gone is void, what came back before sign-off is assigned again. Handed-in answers stand; the row tells that the access is gone.
 */
export async function followInventory(ctx: Ctx, input: { campaignId: string; sourceId: string; runId: string }): Promise<Followed> {
  authorize(ctx.actor, "campaign.void");
  const { campaignId, sourceId } = input;
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    if (!["ACTIVE", "PAUSED", "CLOSING"].includes(campaign.state)) return { voided: 0, returned: 0 };
    await lockDecisions(tx, campaignId, "alone");
    const voided = await tx.rows<{ id: string; label: string; cause: string; runId: string }>(VOID, [campaignId, sourceId]);
    const returned = await tx.rows<{ id: string; label: string; isOfEarlierRound: boolean }>(RETURN, [campaignId, sourceId]);
    const earlier = returned.filter(({ isOfEarlierRound }) => isOfEarlierRound).map(({ id }) => id);
    await handOn(tx, campaign, earlier, { cause: "next_round", reason: "It came back in a later round.", actorId: null, orNobody: true });
    for (const { id, label, cause, runId } of voided)
      await recordAudit(tx, ctx, {
        type: "campaign_item.voided",
        subject: { kind: "campaign_item", id, label },
        data: { campaignId, cause, runId },
      });
    for (const { id, label } of returned)
      await recordAudit(tx, ctx, {
        type: "campaign_item.returned",
        subject: { kind: "campaign_item", id, label },
        data: { campaignId, runId: input.runId },
      });
    return { voided: voided.length, returned: returned.length };
  });
}

/** Open items whose reviewer has left, was disabled or became their subject go to the next eligible the same day. */
export async function moveStranded(ctx: Ctx, input: { campaignId: string }): Promise<{ items: number }> {
  authorize(ctx.actor, "item.reassign");
  const { campaignId } = input;
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    if (campaign.state !== "ACTIVE" && campaign.state !== "PAUSED") return { items: 0 };
    await lockDecisions(tx, campaignId, "alone");
    const stranded = await tx.rows<{ id: string }>(
      `SELECT i.id FROM items i WHERE i.campaign_id = $1::uuid AND i.state IN ('ASSIGNED', 'DRAFTED') AND (${STRANDED}) ORDER BY i.id`,
      [campaignId],
    );
    const ids = stranded.map(({ id }) => id);
    const moved = await handOn(tx, campaign, ids, {
      cause: "reviewer_left",
      reason: "The reviewer has left, was disabled, or is the subject of the item.",
      actorId: null,
    });
    for (const event of await handedOnEvents(tx, campaign, moved, "reviewer_left")) await recordAudit(tx, ctx, event);
    return { items: moved.length };
  });
}

/**
 * Gone for good: the identity itself, or the grant, the credential or the trust, which the run that ended it and a later one did not find. Only complete, applied runs that
 * really read the source count.
 */
const VOID = `
  WITH proofs AS MATERIALIZED (
    SELECT id, started_at FROM sync_runs WHERE source_id = $2::uuid AND state = 'APPLIED' AND is_complete AND is_full_read),
  gone AS MATERIALIZED (
    SELECT i.id, CASE WHEN x.gone_run_id IS NOT NULL THEN 'SUBJECT_GONE' ELSE 'ACCESS_GONE' END AS cause,
      CASE WHEN x.gone_run_id IS NOT NULL THEN x.gone_run_id ELSE later.id END AS run_id
    FROM items i
    JOIN grants g ON g.source_id = i.source_id AND g.id = i.grant_id
    LEFT JOIN identities x ON x.id = i.identity_id
    LEFT JOIN proofs ended ON ended.id = g.ended_run_id
    LEFT JOIN LATERAL (SELECT p.id FROM proofs p WHERE p.started_at > ended.started_at ORDER BY p.started_at LIMIT 1) later ON true
    WHERE i.campaign_id = $1::uuid AND i.source_id = $2::uuid AND i.state IN ('UNASSIGNED', 'ASSIGNED', 'DRAFTED')
      AND (x.gone_run_id IS NOT NULL OR (later.id IS NOT NULL AND NOT EXISTS (
        SELECT FROM grants l WHERE l.source_id = i.source_id AND l.holder_id = i.identity_id AND l.entitlement_id = i.entitlement_id AND l.ended_run_id IS NULL)))
    UNION ALL
    SELECT i.id, CASE WHEN x.gone_run_id IS NOT NULL THEN 'SUBJECT_GONE' ELSE 'ACCESS_GONE' END, coalesce(x.gone_run_id, later.id)
    FROM items i
    LEFT JOIN identities x ON x.id = i.identity_id
    LEFT JOIN proofs ended ON ended.id = ${SUBJECT_GONE_RUN}
    LEFT JOIN LATERAL (SELECT p.id FROM proofs p WHERE p.started_at > ended.started_at ORDER BY p.started_at LIMIT 1) later ON true
    WHERE i.campaign_id = $1::uuid AND i.source_id = $2::uuid AND i.kind <> 'grant' AND i.state IN ('UNASSIGNED', 'ASSIGNED', 'DRAFTED')
      AND (x.gone_run_id IS NOT NULL OR later.id IS NOT NULL))
  UPDATE items i SET state = 'VOIDED', void_reason = gone.cause, void_run_id = gone.run_id, version = i.version + 1
  FROM gone WHERE i.campaign_id = $1::uuid AND i.id = gone.id
  RETURNING i.id, i.identity_name || ': ' || i.entitlement_name AS label, gone.cause, gone.run_id AS "runId"`;

/** There again before the sign-off: open again, without the answer that may have been drafted before. */
const RETURN = `
  UPDATE items i SET state = CASE WHEN i.reviewer_id IS NULL THEN 'UNASSIGNED' ELSE 'ASSIGNED' END::item_state, void_reason = NULL, void_run_id = NULL,
    answer = NULL, terms = NULL, decision_id = NULL, version = i.version + 1
  WHERE i.campaign_id = $1::uuid AND i.source_id = $2::uuid AND i.state = 'VOIDED' AND i.void_reason IN ('SUBJECT_GONE', 'ACCESS_GONE')
    AND EXISTS (SELECT FROM identities x WHERE x.id = i.identity_id AND x.gone_at IS NULL AND CASE WHEN i.kind = 'grant' THEN EXISTS (
        SELECT FROM grants l WHERE l.source_id = i.source_id AND l.holder_id = i.identity_id AND l.entitlement_id = i.entitlement_id
          AND l.holder_kind = 'identity' AND l.ended_run_id IS NULL)
      ELSE ${SUBJECT_GONE_RUN} IS NULL END)
  RETURNING i.id, i.identity_name || ': ' || i.entitlement_name AS label, i.round < (SELECT round FROM campaigns WHERE id = $1::uuid) AS "isOfEarlierRound"`;
