import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { notFound } from "#lib/errors/domain-error.ts";

/** What two people put back: the action of their request. */
export const RESTORE = "remediation.restore";

/** The statements that the connector answered with when it took it back last; empty where it was done by hand. */
const UNDO = `(SELECT e.detail -> 'undo' FROM remediation_events e WHERE e.remediation_id = r.id AND e.kind = 'APPLIED_UNVERIFIED'
  ORDER BY (e.detail ->> 'version')::int DESC LIMIT 1)`;
const RESTORABLE = `r.state IN ('APPLIED_UNVERIFIED', 'VERIFIED') AND jsonb_array_length(coalesce(${UNDO}, '[]')) > 0`;

export async function readUndo(tx: Tx, remediationId: string): Promise<string[]> {
  const [row] = await tx.rows<{ undo: string[] | null }>(`SELECT ${UNDO} AS undo FROM remediations r WHERE r.id = $1::uuid`, [
    remediationId,
  ]);
  return row?.undo ?? [];
}

export async function findRestorable(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT r.id FROM remediations r WHERE r.id = ANY ($1::uuid[]) AND ${RESTORABLE} ORDER BY r.id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

export async function restorableOfBatch(tx: Tx, batchId: string): Promise<{ label: string; remediationIds: string[] }> {
  const [row] = await tx.rows<{ label: string; remediationIds: string[] }>(
    `SELECT 'Removals in ' || s.name AS label,
       ARRAY(SELECT r.id FROM remediations r WHERE r.batch_id = b.id AND ${RESTORABLE} ORDER BY r.id) AS "remediationIds"
     FROM removal_batches b JOIN sources s ON s.id = b.source_id WHERE b.id = $1::uuid`,
    [batchId],
  );
  if (!row) throw notFound("Batch", batchId);
  return row;
}

/** The confirmed request of two people that names this task; null where there is none. */
export async function restoreRequest(
  tx: Tx,
  requestId: string,
  remediationId: string,
): Promise<{ requestedBy: string; confirmedBy: string; reason: string } | null> {
  const [row] = await tx.rows<{ requestedBy: string; confirmedBy: string; reason: string }>(
    `SELECT requested_by AS "requestedBy", confirmed_by AS "confirmedBy", reason FROM second_person_requests
     WHERE id = $1::uuid AND action = '${RESTORE}' AND state = 'confirmed' AND input -> 'remediationIds' ? $2::text`,
    [requestId, remediationId],
  );
  return row ?? null;
}
