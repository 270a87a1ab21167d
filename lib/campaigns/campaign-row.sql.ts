import "server-only";
import { reader } from "#lib/db/transact.ts";
import { instantSql } from "./item-rows.sql.ts";

/** Counts of a campaign under way are exact; those of one that is signed off are what was signed. */
export const CAMPAIGN_ROW = `c.id, c.name, c.state::text AS state, c.owner_user_id AS "ownerUserId", u.display_name AS "ownerName", ${instantSql("c.due_at")} AS "dueAt", c.zone,
  ${instantSql("c.created_at")} AS "createdAt", ${instantSql("c.launched_at")} AS "launchedAt", ${instantSql("c.signed_off_at")} AS "signedOffAt",
  n.item_count::int AS items, CASE WHEN c.signed_off_at IS NULL THEN coalesce(k.answered, 0) ELSE n.item_count::int END AS answered,
  CASE WHEN c.signed_off_at IS NULL THEN coalesce(k.submitted, 0) ELSE n.item_count::int END AS submitted, coalesce(k.reviewers, 0) AS reviewers,
  c.parent_id IS NOT NULL AS "isFollowUp"`;

export const CAMPAIGN_JOINS = `LEFT JOIN app_users u ON u.id = c.owner_user_id
  LEFT JOIN populations n ON n.campaign_id = c.id
  LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE i.state IN ('DRAFTED', 'SUBMITTED') OR i.state = 'DECIDED' AND i.outcome <> 'UNANSWERED')::int AS answered,
      count(*) FILTER (WHERE i.state = 'SUBMITTED' OR i.state = 'DECIDED' AND i.outcome <> 'UNANSWERED')::int AS submitted,
      count(DISTINCT i.reviewer_id)::int AS reviewers
    FROM items i WHERE i.campaign_id = c.id) k ON true`;

const MEASURED_AT_LEAST = 20;

/** Median seconds of single answers so far; null until enough were measured. */
export async function medianSeconds(): Promise<number | null> {
  const [row] = await reader.rows<{ measured: number; median: number | null }>(
    `SELECT count(*)::int AS measured, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median FROM (
       SELECT seconds FROM decisions WHERE seconds IS NOT NULL AND batch_size = 1 AND answer <> 'withdrawn' ORDER BY decided_at DESC LIMIT 5000) d`,
  );
  return !row || row.measured < MEASURED_AT_LEAST || row.median === null ? null : Number(row.median);
}

/** Of those who were measured often enough, their own median seconds. */
export async function ownMedians(): Promise<Map<string, number>> {
  const rows = await reader.rows<{ personId: string; median: number }>(
    `SELECT reviewer_id AS "personId", percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median FROM (
       SELECT reviewer_id, seconds FROM decisions WHERE seconds IS NOT NULL AND batch_size = 1 AND answer <> 'withdrawn' ORDER BY decided_at DESC LIMIT 5000) d
     GROUP BY 1 HAVING count(*) >= ${MEASURED_AT_LEAST}`,
  );
  return new Map(rows.map(({ personId, median }) => [personId, Number(median)]));
}

/** The median times items; null until enough were measured. */
export async function expectedMinutes(items: number): Promise<number | null> {
  const seconds = await medianSeconds();
  return seconds === null ? null : minutesFor(items, seconds);
}

export const minutesFor = (items: number, seconds: number): number => Math.ceil((seconds * items) / 60);
