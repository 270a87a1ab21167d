import "server-only";
import type { Tx } from "#lib/db/tx.ts";

type Live = { sourceId: string; grantId: string; itemId: string; label: string };

/** The access of final items i that is live now: l. */
const LIVE = `JOIN grants l ON l.source_id = i.source_id AND l.holder_kind = 'identity' AND l.holder_id = i.identity_id AND l.entitlement_id = i.entitlement_id
  AND l.ended_run_id IS NULL`;
const COLUMNS = `i.source_id AS "sourceId", l.id AS "grantId", i.id AS "itemId", i.identity_name || ': ' || i.entitlement_name AS label`;

/** Nobody decided it, or what was decided is not true at the source: with access that is still there, and no campaign that asks already. */
export async function findUnsettled(tx: Tx, campaignId: string): Promise<Live[]> {
  return tx.rows<Live>(
    `SELECT ${COLUMNS} FROM items i ${LIVE}
     LEFT JOIN LATERAL (SELECT r.state::text AS state FROM remediations r WHERE r.campaign_id = i.campaign_id AND r.item_id = i.id ORDER BY r.id DESC LIMIT 1) r ON true
     WHERE i.campaign_id = $1::uuid AND i.state = 'FINAL' AND (i.outcome IN ('UNANSWERED', 'ABSTAIN')
       OR i.outcome = 'EXCEPTION_REQUESTED' AND NOT EXISTS (SELECT FROM exceptions x WHERE x.identity_id = i.identity_id AND x.entitlement_id = i.entitlement_id AND x.ended_at IS NULL)
       OR r.state IN ('FAILED', 'MANUAL_REQUIRED', 'TICKETED', 'NOT_EFFECTIVE', 'NOT_SUPPORTED'))
       AND NOT EXISTS (SELECT FROM campaigns c JOIN items n ON n.campaign_id = c.id AND n.follows_item_id = i.id
         WHERE c.parent_id = i.campaign_id AND c.state NOT IN ('CANCELLED', 'NOT_APPLICABLE'))
     ORDER BY i.id`,
    [campaignId],
  );
}

export async function liveGrantOf(tx: Tx, campaignId: string, itemId: string): Promise<Live | null> {
  const [row] = await tx.rows<Live>(
    `SELECT ${COLUMNS} FROM items i ${LIVE} WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid AND i.state = 'FINAL'`,
    [campaignId, itemId],
  );
  return row ?? null;
}
