import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import type { Batch } from "./batch.ts";
import type { RemediationState } from "./types.ts";

export type BatchRecord = {
  id: string;
  campaignId: string;
  sourceId: string;
  sourceName: string;
  state: string;
  step: number;
  stopAfter: number;
};

const BATCH = `b.id, b.campaign_id AS "campaignId", b.source_id AS "sourceId", s.name AS "sourceName", b.state, b.step, b.stop_after AS "stopAfter"`;

/** Removals that are approved, lie in one source, and can be begun: least grave first, then those due last, so that what goes wrong shows early and costs least; then by name. */
export async function findExecutable(
  tx: Tx,
  campaignId: string,
  sourceId: string,
  limit: number,
): Promise<{ id: string; version: number }[]> {
  return tx.rows(
    `SELECT r.id, r.version FROM remediations r
     WHERE r.campaign_id = $1::uuid AND r.source_id = $2::uuid AND r.state = 'APPROVED' AND r.kind = 'revoke' AND r.batch_id IS NULL
     ORDER BY array_position(ARRAY['low', 'ordinary', 'high', 'critical'], r.risk_class), r.sla_due_at DESC, r.label COLLATE "C", r.id LIMIT $3::int`,
    [campaignId, sourceId, limit],
  );
}

export type NewBatch = {
  campaignId: string;
  sourceId: string;
  stopAfter: number;
  confirmed: readonly string[];
  startedBy: string;
  now: Date;
};

export async function insertBatch(tx: Tx, batch: NewBatch): Promise<string> {
  const [row] = await tx.rows<{ id: string }>(
    `INSERT INTO removal_batches (campaign_id, source_id, stop_after, confirmed, started_by, started_at)
     VALUES ($1::uuid, $2::uuid, $3::int, $4::text[], $5::uuid, $6::timestamptz)
     ON CONFLICT (campaign_id, source_id) WHERE state = 'RUNNING' DO NOTHING RETURNING id`,
    [batch.campaignId, batch.sourceId, batch.stopAfter, batch.confirmed, batch.startedBy, batch.now],
  );
  if (!row) throw conflict("Removals of this campaign are under way in this source already: wait for them, or stop them.");
  return row.id;
}

/** Each task its step. One that moved on since it was asked about is a conflict, and nothing begins. */
export async function joinBatch(tx: Tx, batchId: string, tasks: readonly { id: string; version: number; step: number }[]): Promise<void> {
  const joined = await tx.rows(
    `UPDATE remediations r SET batch_id = $1::uuid, batch_step = t.step FROM jsonb_to_recordset($2::jsonb) AS t (id uuid, version int, step int)
     WHERE r.id = t.id AND r.version = t.version AND r.state = 'APPROVED' AND r.batch_id IS NULL RETURNING r.id`,
    [batchId, JSON.stringify(tasks)],
  );
  if (joined.length !== tasks.length) throw conflict("Some of these removals have moved on meanwhile. Check them again.");
}

export async function lockBatch(tx: Tx, batchId: string): Promise<BatchRecord> {
  const [row] = await tx.rows<BatchRecord>(
    `SELECT ${BATCH} FROM removal_batches b JOIN sources s ON s.id = b.source_id WHERE b.id = $1::uuid FOR UPDATE OF b`,
    [batchId],
  );
  if (!row) throw notFound("Batch", batchId);
  return row;
}

export async function campaignOfBatch(tx: Tx, batchId: string): Promise<string> {
  const [row] = await tx.rows<{ id: string }>("SELECT campaign_id AS id FROM removal_batches WHERE id = $1::uuid", [batchId]);
  if (!row) throw notFound("Batch", batchId);
  return row.id;
}

export async function batchOf(tx: Tx, remediationId: string): Promise<string | null> {
  const [row] = await tx.rows<{ id: string | null }>("SELECT batch_id AS id FROM remediations WHERE id = $1::uuid", [remediationId]);
  return row?.id ?? null;
}

export type BatchMember = Batch["tasks"][number] & { id: string; version: number; label: string; campaignId: string };

/** The tasks of a batch, locked in order of id; the batch is locked before. */
export async function lockMembers(tx: Tx, batchId: string): Promise<BatchMember[]> {
  return tx.rows<BatchMember & { state: RemediationState }>(
    `SELECT r.id, r.version, r.label, r.campaign_id AS "campaignId", r.batch_step AS step, r.state::text AS state FROM remediations r
     WHERE r.batch_id = $1::uuid ORDER BY r.id FOR UPDATE`,
    [batchId],
  );
}

export async function setStep(tx: Tx, batchId: string, step: number): Promise<void> {
  await tx.rows(`UPDATE removal_batches SET step = $2::int WHERE id = $1::uuid`, [batchId, step]);
}

export async function endBatch(
  tx: Tx,
  batchId: string,
  end: { state: "DONE" | "STOPPED"; because: string | null; by: string | null; now: Date },
): Promise<void> {
  await tx.rows(
    `UPDATE removal_batches SET state = $2::text, ended_at = $3::timestamptz, stopped_because = $4::text, stopped_by = $5::uuid WHERE id = $1::uuid`,
    [batchId, end.state, end.now, end.because, end.by],
  );
}

/** What never had its turn is free for another batch, or for being done singly. */
export async function leaveBatch(tx: Tx, batchId: string): Promise<void> {
  await tx.rows(`UPDATE remediations SET batch_id = NULL, batch_step = NULL WHERE batch_id = $1::uuid AND state = 'APPROVED'`, [batchId]);
}
