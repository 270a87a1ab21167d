import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { READ_CALLS } from "./event-kinds.ts";
import type { LoggedChanges } from "./types.ts";

/**
 * By sessions, whose events have an index: events have none by identity, since it would cost each of them more than it is worth for a question
 * that is asked before a removal.
 */
export async function readLoggedChanges(
  tx: Tx,
  { sourceId, identityId, since }: { sourceId: string; identityId: string; since: Date },
): Promise<LoggedChanges> {
  const [row] = await tx.rows<{ from: Date | null; until: Date | null; at: Date | null; action: string | null }>(
    `WITH own AS MATERIALIZED (
       SELECT s.source_id, s.external_id AS key FROM sessions s
       WHERE s.identity_id = $2::uuid AND s.told = 'derived' AND s.last_active_at >= $3::timestamptz),
     keys AS MATERIALIZED (
       SELECT source_id, key FROM own
       UNION SELECT o.source_id, s.external_id FROM own o JOIN sessions s ON s.source_id = o.source_id AND s.elevated_from = o.key),
     changed AS (
       SELECT e.occurred_at, e.action FROM keys k JOIN access_events e ON e.source_id = k.source_id AND e.session_key = k.key
       WHERE e.occurred_at >= $3::timestamptz AND e.outcome = 'success'
         AND (e.kind IN ('privilege_granted', 'privilege_used') OR e.kind = 'other' AND split_part(e.action, ':', 2) !~ $4::text)
       ORDER BY e.occurred_at DESC LIMIT 1)
     SELECT b.from, b.until, c.occurred_at AS at, c.action
     FROM (SELECT min(first_at) AS from, max(last_at) AS until FROM access_event_batches WHERE source_id = $1::uuid) b LEFT JOIN changed c ON true`,
    [sourceId, identityId, since, READ_CALLS],
  );
  return {
    log: row?.from && row.until ? { from: row.from, until: row.until } : null,
    last: row?.at && row.action !== null ? { at: row.at, action: row.action } : null,
  };
}
