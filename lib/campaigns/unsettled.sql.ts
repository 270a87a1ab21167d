import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { Reviewable } from "./item-kinds.ts";
import { SUBJECT_GONE_RUN } from "./subject.sql.ts";

type Live = Reviewable & { sourceId: string; itemId: string; label: string };

/** What final items i are about, as far as it is live now: l. Of a grant one for the same access; whatever else has its subject. */
const LIVE = (where: string) => `
  SELECT i.kind, l.id, i.source_id AS "sourceId", i.id AS "itemId", i.identity_name || ': ' || i.entitlement_name AS label
  FROM items i JOIN grants l ON l.source_id = i.source_id AND l.holder_kind = 'identity' AND l.holder_id = i.identity_id AND l.entitlement_id = i.entitlement_id
    AND l.ended_run_id IS NULL
  WHERE i.kind = 'grant' AND ${where}
  UNION ALL
  SELECT i.kind, i.subject_id, i.source_id, i.id, i.identity_name || ': ' || i.entitlement_name
  FROM items i JOIN identities x ON x.id = i.identity_id AND x.gone_at IS NULL
  WHERE i.kind <> 'grant' AND ${SUBJECT_GONE_RUN} IS NULL AND ${where}
  ORDER BY "itemId"`;

const LAST_STATE =
  "(SELECT r.state::text FROM remediations r WHERE r.campaign_id = i.campaign_id AND r.item_id = i.id ORDER BY r.id DESC LIMIT 1)";
const UNSETTLED = `i.campaign_id = $1::uuid AND i.state = 'FINAL' AND (i.outcome IN ('UNANSWERED', 'ABSTAIN')
    OR i.outcome = 'EXCEPTION_REQUESTED' AND NOT EXISTS (SELECT FROM exceptions x WHERE x.identity_id = i.identity_id AND x.entitlement_id = i.entitlement_id AND x.ended_at IS NULL)
    OR ${LAST_STATE} IN ('FAILED', 'MANUAL_REQUIRED', 'TICKETED', 'NOT_EFFECTIVE', 'NOT_SUPPORTED'))
  AND NOT EXISTS (SELECT FROM campaigns c JOIN items n ON n.campaign_id = c.id AND n.follows_item_id = i.id
    WHERE c.parent_id = i.campaign_id AND c.state NOT IN ('CANCELLED', 'NOT_APPLICABLE'))`;

/** Nobody decided it, or what was decided is not true at the source: with what is still there, and no campaign that asks already. */
export const findUnsettled = (tx: Tx, campaignId: string): Promise<Live[]> => tx.rows<Live>(LIVE(UNSETTLED), [campaignId]);

export async function liveOf(tx: Tx, campaignId: string, itemId: string): Promise<Live | null> {
  const [row] = await tx.rows<Live>(LIVE("i.campaign_id = $1::uuid AND i.id = $2::uuid AND i.state = 'FINAL'"), [campaignId, itemId]);
  return row ?? null;
}
