import "server-only";
import type { Tx } from "#lib/db/tx.ts";

/** Holder entitlement, held entitlement: whoever has the first has the second too. */
const EDGES =
  "SELECT holder_id, entitlement_id FROM grants WHERE holder_kind = 'entitlement' AND ended_run_id IS NULL AND holder_id <> entitlement_id";

/**
 * Brings the closure up to date with the grants that a run opened or ended. Only holders that reached the start of a changed edge before can
 * reach anything else now: the first changed edge of any new way lies behind a way that existed. Answers with how many holders were redone.
 */
export async function refreshClosure(tx: Tx, runId: string): Promise<number> {
  const changed = await tx.rows<{ id: string }>(
    `WITH starts AS (
       SELECT holder_id AS id FROM grants WHERE holder_kind = 'entitlement' AND ended_run_id IS NULL AND opened_run_id = $1::uuid
       UNION SELECT holder_id FROM grants WHERE holder_kind = 'entitlement' AND ended_run_id = $1::uuid
     ) SELECT id FROM starts UNION SELECT c.holder_id FROM entitlement_closure c JOIN starts s ON c.reached_id = s.id`,
    [runId],
  );
  const holders = changed.map(({ id }) => id);
  if (holders.length > 0) await rebuildClosure(tx, holders);
  return holders.length;
}

/**
 * Breadth first, all holders at once: a level is one statement, what was reached before is not reached again, so cycles end by themselves.
 * Of several ways of one length the smallest `via` wins: two runs over one state give one result.
 */
export async function rebuildClosure(tx: Tx, holders: readonly string[]): Promise<void> {
  await tx.rows("DELETE FROM entitlement_closure WHERE holder_id = ANY ($1::uuid[])", [holders]);
  await tx.rows(
    `INSERT INTO entitlement_closure (holder_id, reached_id, via_id, depth)
     SELECT DISTINCT holder_id, entitlement_id, holder_id, 1 FROM (${EDGES}) e WHERE holder_id = ANY ($1::uuid[])`,
    [holders],
  );
  for (let depth = 1; ; depth += 1) {
    const [row] = await tx.rows<{ more: boolean }>(
      `WITH reached AS (
         INSERT INTO entitlement_closure (holder_id, reached_id, via_id, depth)
         SELECT DISTINCT ON (c.holder_id, e.entitlement_id) c.holder_id, e.entitlement_id, c.reached_id, $2::int + 1
         FROM entitlement_closure c JOIN (${EDGES}) e ON e.holder_id = c.reached_id
         WHERE c.depth = $2::int AND c.holder_id = ANY ($1::uuid[]) AND e.entitlement_id <> c.holder_id
         ORDER BY c.holder_id, e.entitlement_id, c.reached_id
         ON CONFLICT DO NOTHING RETURNING 1
       ) SELECT EXISTS (SELECT FROM reached) AS more`,
      [holders, depth],
    );
    if (!row?.more) return;
  }
}
