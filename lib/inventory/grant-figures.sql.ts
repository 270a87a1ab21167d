import "server-only";
import type { Tx } from "#lib/db/tx.ts";

/** What each of a source's entitlements gives, itself or by what it leads to; $1 is the source. */
const GIVES = `gives AS MATERIALIZED (
  SELECT e.id, CASE WHEN e.privileged = 'yes' OR bool_or(r.privileged = 'yes') THEN 'yes'
    WHEN e.privileged = 'unknown' OR bool_or(r.privileged = 'unknown') THEN 'unknown' ELSE 'no' END AS privileged
  FROM entitlements e LEFT JOIN entitlement_closure c ON c.holder_id = e.id LEFT JOIN entitlements r ON r.id = c.reached_id
  WHERE e.source_id = $1::uuid GROUP BY e.id, e.privileged)`;

/** The source's live grants, counted once for everybody who looks. Says of which applied run; a source without one has nothing to count. */
export async function countGrants(tx: Tx, sourceId: string): Promise<void> {
  await tx.rows(
    `WITH latest AS (
       SELECT id, coalesce(observed_at, finished_at, started_at) AS as_of FROM sync_runs
       WHERE source_id = $1::uuid AND state = 'APPLIED' ORDER BY finished_at DESC, id DESC LIMIT 1),
     ${GIVES},
     counted AS (
       SELECT x.privileged, CASE WHEN g.last_used_kind <> 'value' THEN g.last_used_kind WHEN g.last_used_at >= l.as_of - interval '30 days' THEN 'month'
           WHEN g.last_used_at >= l.as_of - interval '90 days' THEN 'quarter' ELSE 'older' END AS last_used, count(*) AS grants
       FROM latest l, grants g JOIN gives x ON x.id = g.entitlement_id
       WHERE g.source_id = $1::uuid AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL GROUP BY 1, 2)
     INSERT INTO grant_figures (source_id, run_id, as_of, counts)
     SELECT $1::uuid, l.id, l.as_of, coalesce((SELECT jsonb_agg(jsonb_build_object('privileged', privileged, 'lastUsed', last_used, 'grants', grants)
       ORDER BY privileged, last_used) FROM counted), '[]') FROM latest l
     ON CONFLICT (source_id) DO UPDATE SET run_id = EXCLUDED.run_id, as_of = EXCLUDED.as_of, counts = EXCLUDED.counts
       WHERE grant_figures.as_of <= EXCLUDED.as_of`,
    [sourceId],
  );
}

/** What a run added and ended. Counted once: a run's grants keep their run. */
export async function countGrantChanges(tx: Tx, { sourceId, runId }: { sourceId: string; runId: string }): Promise<void> {
  await tx.rows(
    `WITH ${GIVES},
     changed AS (
       SELECT entitlement_id, 1 AS added FROM grants WHERE source_id = $1::uuid AND opened_run_id = $2::uuid
       UNION ALL SELECT entitlement_id, 0 FROM grants WHERE source_id = $1::uuid AND ended_run_id = $2::uuid)
     INSERT INTO grant_changes (run_id, source_id, added, added_privileged, added_unknown, ended, ended_privileged, ended_unknown)
     SELECT $2::uuid, $1::uuid, count(*) FILTER (WHERE added = 1), count(*) FILTER (WHERE added = 1 AND privileged = 'yes'),
       count(*) FILTER (WHERE added = 1 AND privileged = 'unknown'), count(*) FILTER (WHERE added = 0),
       count(*) FILTER (WHERE added = 0 AND privileged = 'yes'), count(*) FILTER (WHERE added = 0 AND privileged = 'unknown')
     FROM changed JOIN gives ON gives.id = changed.entitlement_id
     ON CONFLICT (run_id) DO NOTHING`,
    [sourceId, runId],
  );
}

/** Sources whose grants nobody counted, and the runs of the last days whose changes nobody did: applied before there was anybody to count. */
export async function findUncounted(tx: Tx): Promise<{ sources: string[]; runs: { sourceId: string; runId: string }[] }> {
  const sources = await tx.rows<{ id: string }>(
    `SELECT s.id FROM sources s WHERE NOT EXISTS (SELECT FROM grant_figures f WHERE f.source_id = s.id)
       AND EXISTS (SELECT FROM sync_runs r WHERE r.source_id = s.id AND r.state = 'APPLIED')`,
  );
  const runs = await tx.rows<{ sourceId: string; runId: string }>(
    `SELECT r.source_id AS "sourceId", r.id AS "runId" FROM sync_runs r
     WHERE r.state = 'APPLIED' AND r.finished_at >= now() - interval '8 days' AND NOT EXISTS (SELECT FROM grant_changes c WHERE c.run_id = r.id)
       AND r.changes -> 'grants' IS NOT NULL ORDER BY r.finished_at DESC LIMIT 20`,
  );
  return { sources: sources.map(({ id }) => id), runs };
}
