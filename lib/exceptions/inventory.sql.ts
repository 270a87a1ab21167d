import "server-only";
import type { Tx } from "#lib/db/tx.ts";

export type Gone = { id: string; cause: "subject_gone" | "access_gone"; runId: string };

/**
 * Exceptions of a source that have lost what they are about, with the run that proves it. Only complete, applied runs that really read the
 * source count; of the access it takes two, and nothing live that gives it.
 */
export async function goneAccess(tx: Tx, sourceId: string): Promise<Gone[]> {
  return tx.rows<Gone>(
    `WITH proofs AS MATERIALIZED (
       SELECT id, started_at FROM sync_runs WHERE source_id = $1::uuid AND state = 'APPLIED' AND is_complete AND is_full_read)
     SELECT x.id, CASE WHEN i.gone_run_id IS NOT NULL THEN 'subject_gone' ELSE 'access_gone' END AS cause,
       CASE WHEN i.gone_run_id IS NOT NULL THEN i.gone_run_id ELSE ended.later_id END AS "runId"
     FROM exceptions x JOIN identities i ON i.id = x.identity_id
     LEFT JOIN LATERAL (
       SELECT l.id AS later_id FROM grants g JOIN proofs p ON p.id = g.ended_run_id JOIN proofs l ON l.started_at > p.started_at
       WHERE g.source_id = x.source_id AND g.holder_id = x.identity_id AND g.entitlement_id = x.entitlement_id
       ORDER BY p.started_at DESC, l.started_at LIMIT 1) ended ON true
     WHERE x.source_id = $1::uuid AND x.ended_at IS NULL
       AND (EXISTS (SELECT FROM proofs p WHERE p.id = i.gone_run_id)
         OR (ended.later_id IS NOT NULL AND NOT EXISTS (
           SELECT FROM grants g LEFT JOIN entitlement_closure c ON c.holder_id = g.entitlement_id AND c.reached_id = x.entitlement_id
           WHERE g.holder_id = x.identity_id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
             AND (g.entitlement_id = x.entitlement_id OR c.reached_id IS NOT NULL))))
     ORDER BY x.id`,
    [sourceId],
  );
}
