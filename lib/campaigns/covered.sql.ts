import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { UNDER_WAY } from "./exception-items.sql.ts";

export type Lapse = {
  label: string;
  sourceId: string;
  identityId: string;
  entitlementId: string;
  /** Since when it had covered; null where it never did. */
  activeAt: Date | null;
  /** Reopened already, by this same lapse. */
  isTold: boolean;
  /** In force again, or by another exception. */
  isCovered: boolean;
};

export async function readLapse(tx: Tx, exceptionId: string, eventId: string): Promise<Lapse | null> {
  const [row] = await tx.rows<Lapse>(
    `SELECT x.label, x.source_id AS "sourceId", x.identity_id AS "identityId", x.entitlement_id AS "entitlementId", x.active_at AS "activeAt",
       EXISTS (SELECT FROM exception_events t WHERE t.exception_id = x.id AND t.kind = 'REOPENED' AND t.detail ->> 'lapseId' = v.id::text) AS "isTold",
       EXISTS (SELECT FROM exceptions n WHERE n.identity_id = x.identity_id AND n.entitlement_id = x.entitlement_id AND n.state = 'ACTIVE'
         AND n.expires_at > now()) AS "isCovered"
     FROM exceptions x JOIN exception_events v ON v.exception_id = x.id AND v.id = $2::uuid WHERE x.id = $1::uuid`,
    [exceptionId, eventId],
  );
  return row ?? null;
}

const SAME_ACCESS = "i.source_id = $2::uuid AND i.identity_id = $3::uuid AND i.entitlement_id = $4::uuid";
const access = ({ sourceId, identityId, entitlementId }: Lapse) => [sourceId, identityId, entitlementId];

/** Campaigns under way over the source, in the order in which they are locked. */
export async function campaignsCovered(tx: Tx, { sourceId }: Lapse): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT c.id FROM campaigns c WHERE c.state IN ${UNDER_WAY} AND c.scope -> 'sourceIds' ? $1::text ORDER BY c.id`,
    [sourceId],
  );
  return rows.map(({ id }) => id);
}

/** Items handed in that rest on the exception: those that asked for it and, where it did cover, those kept while it did. */
export async function handedInUnder(
  tx: Tx,
  campaignId: string,
  lapse: Lapse,
  wasRefused: boolean,
): Promise<{ id: string; label: string }[]> {
  return tx.rows(
    `SELECT i.id, i.identity_name || ': ' || i.entitlement_name AS label FROM items i JOIN decisions d ON d.id = i.decision_id
     WHERE i.campaign_id = $1::uuid AND ${SAME_ACCESS} AND i.state IN ('SUBMITTED', 'DECIDED')
       AND (i.answer = 'exception_requested' OR (NOT $5::boolean AND i.answer = 'keep' AND d.decided_at >= $6::timestamptz))
     ORDER BY i.id`,
    [campaignId, ...access(lapse), wasRefused, lapse.activeAt],
  );
}

/** Open again with the reviewer of record, without the answer that was handed in. */
export async function giveBack(tx: Tx, campaignId: string, itemIds: readonly string[], reason: string): Promise<void> {
  if (itemIds.length === 0) return;
  await tx.rows(
    `WITH opened AS (
       UPDATE items SET state = 'ASSIGNED', answer = NULL, terms = NULL, outcome = NULL, decision_id = NULL, version = version + 1
       WHERE campaign_id = $1::uuid AND id = ANY ($2::uuid[]) AND state IN ('SUBMITTED', 'DECIDED') RETURNING id, reviewer_id)
     INSERT INTO assignments (campaign_id, item_id, to_id, cause, reason)
     SELECT $1::uuid, id, reviewer_id, 'exception_lapsed', $3::text FROM opened`,
    [campaignId, itemIds, reason],
  );
}

export type Sequel = { parentId: string; sourceId: string; grantId: string; itemId: string };

/**
 * The last item about this access that was signed off resting on the exception, while the access is live and no campaign under way asks about
 * it. What was revoked is on its way out, and needs no other question.
 */
export async function findSequel(tx: Tx, lapse: Lapse, wasRefused: boolean): Promise<Sequel | null> {
  const [row] = await tx.rows<Sequel & { outcome: string; isUnder: boolean }>(
    `SELECT i.campaign_id AS "parentId", i.source_id AS "sourceId", g.id AS "grantId", i.id AS "itemId", i.outcome,
       i.outcome = 'EXCEPTION_REQUESTED' OR (NOT $4::boolean AND i.outcome = 'KEEP' AND d.decided_at >= $5::timestamptz) AS "isUnder"
     FROM campaigns c JOIN items i ON i.campaign_id = c.id JOIN decisions d ON d.id = i.decision_id
     JOIN grants g ON g.source_id = i.source_id AND g.holder_id = i.identity_id AND g.entitlement_id = i.entitlement_id AND g.ended_run_id IS NULL
     WHERE c.signed_off_at IS NOT NULL AND c.scope -> 'sourceIds' ? $1::text AND i.source_id = $1::uuid AND i.identity_id = $2::uuid
       AND i.entitlement_id = $3::uuid AND i.state = 'FINAL'
       AND NOT EXISTS (SELECT FROM campaigns u JOIN items o ON o.campaign_id = u.id WHERE u.state IN ${UNDER_WAY} AND u.scope -> 'sourceIds' ? $1::text
         AND o.identity_id = i.identity_id AND o.entitlement_id = i.entitlement_id AND o.state <> 'VOIDED')
     ORDER BY c.signed_off_at DESC, i.id LIMIT 1`,
    [...access(lapse), wasRefused, lapse.activeAt],
  );
  if (!row?.isUnder) return null;
  const { parentId, sourceId, grantId, itemId } = row;
  return { parentId, sourceId, grantId, itemId };
}
