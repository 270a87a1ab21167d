import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { FREEZE_CHAIN, PEOPLE } from "./freeze.sql.ts";
import { reviewerSql } from "./reviewers.sql.ts";

const NEXT = reviewerSql({ subject: "i.subject_id", granter: "i.granter_id", heldBy: "i.held_by", chain: FREEZE_CHAIN });

export type HandedOn = { itemId: string; toId: string };

/**
 * Gives items to the next eligible of their chain as it stands now, never back to an earlier holder, and opens them again. Items that nobody
 * is left for stay as they are. `cause` is abstained, reviewer_left or escalate.
 */
export async function handOn(
  tx: Tx,
  campaignId: string,
  itemIds: readonly string[],
  { cause, reason, actorId }: { cause: string; reason: string; actorId: string | null },
): Promise<HandedOn[]> {
  if (itemIds.length === 0) return [];
  return tx.rows<HandedOn>(
    `WITH freeze_people AS MATERIALIZED (${PEOPLE}),
     i AS MATERIALIZED (
       SELECT t.id AS item_id, t.reviewer_id, coalesce(x.person_id, t.person_id) AS subject_id,
         (SELECT min(g.person_id::text)::uuid FROM identities g WHERE g.source_id = t.source_id AND t.granted_by IN (g.external_id, g.name, g.login)
            AND g.person_id IS NOT NULL HAVING count(DISTINCT g.person_id) = 1) AS granter_id,
         array_remove(ARRAY(SELECT h.from_id FROM assignments h WHERE h.campaign_id = t.campaign_id AND h.item_id = t.id)
           || ARRAY(SELECT h.to_id FROM assignments h WHERE h.campaign_id = t.campaign_id AND h.item_id = t.id)
           || t.first_reviewer_id || t.reviewer_id, NULL) AS held_by,
         a.id AS manager_id, a.name AS manager_name, a.standing AS manager_standing,
         b.id AS second_id, b.name AS second_name, b.standing AS second_standing, b.manager_id AS second_manager_id,
         w.id AS owner_id, w.name AS owner_name, w.standing AS owner_standing,
         v.id AS above_id, v.name AS above_name, v.standing AS above_standing, v.manager_id AS above_manager_id,
         d.id AS fallback_id, d.name AS fallback_name, d.standing AS fallback_standing, d.manager_id AS fallback_manager_id, t.resource_id
       FROM items t JOIN campaigns c ON c.id = t.campaign_id
       LEFT JOIN identities x ON x.id = t.identity_id
       LEFT JOIN freeze_people s ON s.id = coalesce(x.person_id, t.person_id)
       LEFT JOIN freeze_people a ON a.id = s.manager_id
       LEFT JOIN freeze_people b ON b.id = a.manager_id
       LEFT JOIN freeze_people w ON w.id = x.owner_id
       LEFT JOIN freeze_people v ON v.id = w.manager_id
       LEFT JOIN freeze_people d ON d.id = c.fallback_person_id
       WHERE t.campaign_id = $1::uuid AND t.id = ANY ($2::uuid[])),
     e AS MATERIALIZED (
       SELECT i.item_id, o.id AS owner_id, o.name AS owner_name, o.standing AS owner_standing,
         m.id AS above_id, m.name AS above_name, m.standing AS above_standing, m.manager_id AS above_manager_id
       FROM i LEFT JOIN resources r ON r.id = i.resource_id LEFT JOIN freeze_people o ON o.id = r.owner_id LEFT JOIN freeze_people m ON m.id = o.manager_id),
     found AS MATERIALIZED (
       SELECT i.item_id, i.reviewer_id AS from_id, ${NEXT.personId("p.pick")} AS to_id
       FROM i JOIN e ON e.item_id = i.item_id CROSS JOIN LATERAL (SELECT ${NEXT.pick} AS pick OFFSET 0) p),
     moved AS (
       UPDATE items t SET reviewer_id = f.to_id, state = 'ASSIGNED', answer = NULL, outcome = NULL, decision_id = NULL, version = t.version + 1
       FROM found f WHERE t.campaign_id = $1::uuid AND t.id = f.item_id AND f.to_id IS NOT NULL
       RETURNING t.id, f.from_id, f.to_id)
     INSERT INTO assignments (campaign_id, item_id, from_id, to_id, cause, reason, actor_id)
     SELECT $1::uuid, id, from_id, to_id, $3::text, $4::text, $5::uuid FROM moved
     RETURNING item_id AS "itemId", to_id AS "toId"`,
    [campaignId, itemIds, cause, reason, actorId],
  );
}
