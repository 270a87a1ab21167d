import "server-only";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { SinceFreeze, SinceFreezeRow } from "./campaign-types.ts";
import { instantSql } from "./item-rows.sql.ts";

/**
 * Live access of the campaign's sources that syncs first saw after the freeze, whatever its filters: out of the population. What was frozen and
 * only written anew by its source is the same access. Over grants g and their run r; v is the micro-campaign of this one that took it. $1 is the
 * campaign; the children's ids are an array, so that only their partitions are read.
 */
const GRANTED_SINCE = `FROM populations n JOIN campaigns c ON c.id = n.campaign_id
  JOIN sync_runs r ON r.source_id::text IN (SELECT jsonb_array_elements_text(c.scope -> 'sourceIds')) AND coalesce(r.finished_at, r.started_at) > n.frozen_at
  JOIN grants g ON g.opened_run_id = r.id AND g.source_id = r.source_id AND g.ended_run_id IS NULL AND g.holder_kind = 'identity'
  LEFT JOIN (SELECT grant_id, min(campaign_id::text)::uuid AS campaign_id FROM items
    WHERE campaign_id = ANY (ARRAY(SELECT id FROM campaigns WHERE parent_id = $1::uuid)) GROUP BY grant_id) v ON v.grant_id = g.id
  WHERE n.campaign_id = $1::uuid
    AND NOT EXISTS (SELECT FROM items f WHERE f.campaign_id = $1::uuid AND f.identity_id = g.holder_id AND f.entitlement_id = g.entitlement_id)`;

const SHOWN = 200;

/** null before the freeze. */
export async function readSinceFreeze(campaignId: string): Promise<SinceFreeze | null> {
  const [frozen] = await reader.rows(`SELECT 1 FROM populations WHERE campaign_id = $1::uuid`, [campaignId]);
  if (!frozen) return null;
  const [counts = { grants: 0, unreviewed: 0 }] = await reader.rows<{ grants: number; unreviewed: number }>(
    `SELECT count(*)::int AS grants, count(*) FILTER (WHERE v.grant_id IS NULL)::int AS unreviewed ${GRANTED_SINCE}`,
    [campaignId],
  );
  if (counts.grants === 0) return { ...counts, rows: [] };
  const rows = await reader.rows<SinceFreezeRow>(
    `SELECT x.id AS "grantId", h.id AS "identityId", h.name AS "identityName", p.name AS "personName", e.name AS "entitlementName", e.meaning,
       o.name AS "resourceName", e.privileged, s.name AS "sourceName", x.run_id AS "runId", x.source_id AS "sourceId", ${instantSql("x.seen_at")} AS "seenAt",
       x.granted_by AS "grantedBy", x.reviewed_in AS "reviewedIn"
     FROM (SELECT g.id, g.source_id, g.holder_id, g.entitlement_id, g.granted_by, r.id AS run_id, coalesce(r.observed_at, r.started_at) AS seen_at,
         v.campaign_id AS reviewed_in ${GRANTED_SINCE} ORDER BY r.started_at DESC, g.id LIMIT ${SHOWN}) x
     JOIN identities h ON h.id = x.holder_id LEFT JOIN people p ON p.id = h.person_id JOIN entitlements e ON e.id = x.entitlement_id
     LEFT JOIN resources o ON o.id = e.resource_id JOIN sources s ON s.id = x.source_id
     ORDER BY e.privileged = 'yes' DESC, x.seen_at DESC, x.id`,
    [campaignId],
  );
  return { ...counts, rows };
}

/** Of these grants, or of all, those that were granted since the freeze and that no campaign made from this one holds. */
export async function unreviewedSince(
  tx: Tx,
  campaignId: string,
  grantIds: readonly string[] | null,
  limit: number,
): Promise<{ id: string; sourceId: string }[]> {
  return tx.rows(
    `SELECT g.id, g.source_id AS "sourceId" ${GRANTED_SINCE} AND v.grant_id IS NULL AND ($2::uuid[] IS NULL OR g.id = ANY ($2::uuid[]))
     ORDER BY g.id LIMIT $3::int`,
    [campaignId, grantIds, limit],
  );
}
