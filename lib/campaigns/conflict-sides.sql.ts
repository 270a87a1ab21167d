import "server-only";
import type { Tx } from "#lib/db/tx.ts";

/** Answers by which an access goes, wholly, partly or at a date, or is put under an exception. */
const GOES = `('revoke', 'reduce', 'time_limit', 'narrow', 'retire', 'exception_requested')`;

/**
 * Items i of a conflict of which both sides stay, as a condition: neither goes, nor is an exception asked for. The other side is every item of the
 * same person in the campaign that stands on it, whoever reviews it; a side that is not under review cannot settle anything.
 */
export const BOTH_SIDES_STAY = `coalesce(cardinality(i.conflict_keys), 0) > 0 AND coalesce(i.answer, '') NOT IN ${GOES}
  AND EXISTS (SELECT FROM unnest(i.conflict_keys) AS k(key) WHERE NOT coalesce((
    SELECT bool_and(o.state = 'VOIDED' OR coalesce(o.answer, '') IN ${GOES}) FROM items o
    WHERE o.campaign_id = i.campaign_id AND coalesce(o.person_id, o.identity_id) = coalesce(i.person_id, i.identity_id)
      AND (left(k.key, -1) || (1 - right(k.key, 1)::int)) = ANY (o.conflict_keys)), false))`;

/** An exception that is in force settles it too. */
const UNSETTLED = `${BOTH_SIDES_STAY}
  AND NOT EXISTS (SELECT FROM exceptions x WHERE x.identity_id = i.identity_id AND x.entitlement_id = i.entitlement_id AND x.state = 'ACTIVE')`;

export type Unsettled = { itemId: string; label: string; conflicts: string[] };

/** What a reviewer is about to keep though it conflicts with something else of the same person. */
export const readUnsettled = (tx: Tx, campaignId: string, reviewerId: string): Promise<Unsettled[]> =>
  tx.rows<Unsettled>(
    `SELECT i.id AS "itemId", coalesce(i.person_name, i.identity_name) || ': ' || i.entitlement_name AS label, i.conflicts FROM items i
     WHERE i.campaign_id = $1::uuid AND i.reviewer_id = $2::uuid AND i.state = 'DRAFTED' AND i.answer <> 'abstain' AND ${UNSETTLED}
     ORDER BY i.order_key, i.id`,
    [campaignId, reviewerId],
  );
