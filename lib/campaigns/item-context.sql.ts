import "server-only";
import { reader } from "#lib/db/transact.ts";
import { instantSql } from "./item-rows.sql.ts";
import type { ItemContext } from "./review-types.ts";

const WEEKS = 13;
const PAST = 10;

/** What of an item is told when somebody asks for more: its use by week, what was decided before, and what exactly changed. */
export async function readContext(campaignId: string, itemId: string): Promise<ItemContext> {
  const values = [campaignId, itemId];
  const [[use], past, [contents]] = await Promise.all([
    reader.rows<ItemContext["use"]>(USE, values),
    reader.rows<ItemContext["past"][number]>(PAST_DECISIONS, values),
    reader.rows<NonNullable<ItemContext["contents"]>>(CONTENTS, values),
  ]);
  return { use: use ?? { isTold: false, sessions: 0, privileged: 0, weeks: [], lastAt: null }, past, contents: contents ?? null };
}

/** Sessions of the identity in the 13 weeks before now. A source without any session tells none, which is not the same as no use. */
const USE = `
  WITH mine AS MATERIALIZED (
    SELECT s.started_at, s.privileged, least(${WEEKS - 1}, floor(extract(epoch FROM now() - s.started_at) / 604800))::int AS weeks_ago
    FROM items i JOIN sessions s ON s.identity_id = i.identity_id
    WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid AND s.started_at > now() - interval '${WEEKS} weeks' AND s.started_at <= now())
  SELECT EXISTS (SELECT FROM items i JOIN sessions s ON s.source_id = i.source_id WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid) AS "isTold",
    (SELECT count(*)::int FROM mine) AS sessions, (SELECT count(*)::int FROM mine WHERE privileged = 'yes') AS privileged,
    ARRAY(SELECT count(m.started_at)::int FROM generate_series(${WEEKS - 1}, 0, -1) AS w(ago) LEFT JOIN mine m ON m.weeks_ago = w.ago GROUP BY w.ago ORDER BY w.ago DESC) AS weeks,
    (SELECT ${instantSql("max(started_at)")} FROM mine) AS "lastAt"`;

/** The same access in campaigns that were signed off, the latest first. */
const PAST_DECISIONS = `
  SELECT c.name AS campaign, ${instantSql("coalesce(d.decided_at, c.signed_off_at)")} AS at, o.outcome, p.name AS by, d.rationale
  FROM items i JOIN items o ON o.identity_id = i.identity_id AND o.kind = i.kind AND o.grant_id IS NOT DISTINCT FROM i.grant_id
    AND o.subject_id IS NOT DISTINCT FROM i.subject_id AND o.campaign_id <> i.campaign_id AND o.state = 'FINAL'
  JOIN campaigns c ON c.id = o.campaign_id LEFT JOIN decisions d ON d.id = o.decision_id LEFT JOIN people p ON p.id = d.reviewer_id
  WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid ORDER BY 2 DESC LIMIT ${PAST}`;

const CONTENTS = `
  SELECT v.contents AS before, w.contents AS after, x.was_meaning AS "wasMeaning", i.meaning
  FROM items i JOIN population_changes x ON x.campaign_id = i.campaign_id AND x.entitlement_id = i.entitlement_id
  LEFT JOIN LATERAL (SELECT contents FROM entitlement_versions WHERE entitlement_id = i.entitlement_id AND digest = x.was_digest ORDER BY seen_at DESC LIMIT 1) v ON true
  LEFT JOIN LATERAL (SELECT contents FROM entitlement_versions WHERE entitlement_id = i.entitlement_id AND digest = i.entitlement_digest ORDER BY seen_at DESC LIMIT 1) w ON true
  WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid AND i.change = 'changed'`;
