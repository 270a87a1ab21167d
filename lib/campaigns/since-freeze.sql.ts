import "server-only";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { instantSql } from "./item-rows.sql.ts";
import type { SinceFreeze, SinceFreezeRow } from "./types.ts";

/**
 * Live access of the campaign's sources that syncs first saw after the freeze, whatever its filters: out of the population. What was frozen and
 * only written anew by its source is the same access. Over grants g, their run r, campaign c and population n; $1 is the campaign.
 */
const GRANTED_SINCE = `FROM populations n JOIN campaigns c ON c.id = n.campaign_id
  JOIN sync_runs r ON r.source_id::text IN (SELECT jsonb_array_elements_text(c.scope -> 'sourceIds')) AND coalesce(r.finished_at, r.started_at) > n.frozen_at
  JOIN grants g ON g.opened_run_id = r.id AND g.source_id = r.source_id AND g.ended_run_id IS NULL AND g.holder_kind = 'identity'
  WHERE n.campaign_id = $1::uuid
    AND NOT EXISTS (SELECT FROM items f WHERE f.campaign_id = n.campaign_id AND f.identity_id = g.holder_id AND f.entitlement_id = g.entitlement_id)`;

const SHOWN = 200;

/** null before the freeze. */
export async function readSinceFreeze(campaignId: string): Promise<SinceFreeze | null> {
  const [counts] = await reader.rows<{ grants: number; unreviewed: number }>(
    `SELECT count(*)::int AS grants, count(*) FILTER (WHERE NOT under_review)::int AS unreviewed
     FROM (SELECT EXISTS (SELECT FROM items i JOIN campaigns k ON k.id = i.campaign_id WHERE k.parent_id = c.id AND i.grant_id = g.id) AS under_review ${GRANTED_SINCE}) s`,
    [campaignId],
  );
  const [frozen] = await reader.rows(`SELECT 1 FROM populations WHERE campaign_id = $1::uuid`, [campaignId]);
  if (!frozen || !counts) return null;
  if (counts.grants === 0) return { ...counts, rows: [] };
  const rows = await reader.rows<SinceFreezeRow>(
    `SELECT g.id AS "grantId", h.id AS "identityId", h.name AS "identityName", p.name AS "personName", e.name AS "entitlementName", e.meaning,
       o.name AS "resourceName", e.privileged, s.name AS "sourceName", r.id AS "runId", r.source_id AS "sourceId", ${instantSql("coalesce(r.observed_at, r.started_at)")} AS "seenAt",
       g.granted_by AS "grantedBy", (SELECT i.campaign_id FROM items i JOIN campaigns k ON k.id = i.campaign_id WHERE k.parent_id = c.id AND i.grant_id = g.id LIMIT 1) AS "reviewedIn"
     FROM (SELECT g.id, g.source_id, r.id AS run_id, c.id AS campaign_id ${GRANTED_SINCE} ORDER BY r.started_at DESC, g.id LIMIT ${SHOWN}) x
     JOIN grants g ON g.source_id = x.source_id AND g.id = x.id JOIN sync_runs r ON r.id = x.run_id JOIN campaigns c ON c.id = x.campaign_id
     JOIN identities h ON h.id = g.holder_id LEFT JOIN people p ON p.id = h.person_id JOIN entitlements e ON e.id = g.entitlement_id
     LEFT JOIN resources o ON o.id = e.resource_id JOIN sources s ON s.id = g.source_id
     ORDER BY e.privileged = 'yes' DESC, r.started_at DESC, g.id`,
    [campaignId],
  );
  return { ...counts, rows };
}

/** Of these grants, those that were granted since the freeze and that no campaign made from this one holds. */
export async function unreviewedSince(
  tx: Tx,
  campaignId: string,
  grantIds: readonly string[] | null,
  limit: number,
): Promise<{ id: string; sourceId: string }[]> {
  return tx.rows(
    `SELECT g.id, g.source_id AS "sourceId" ${GRANTED_SINCE} AND ($2::uuid[] IS NULL OR g.id = ANY ($2::uuid[]))
       AND NOT EXISTS (SELECT FROM items i JOIN campaigns k ON k.id = i.campaign_id WHERE k.parent_id = c.id AND i.grant_id = g.id)
     ORDER BY g.id LIMIT $3::int`,
    [campaignId, grantIds, limit],
  );
}
