import "server-only";
import { z } from "zod";
import type { Tx } from "#lib/db/tx.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import type { RiskClass } from "#lib/policy/risk.ts";
import type { RemediationState } from "./types.ts";

export const ENABLE_WRITES = "source.enable_writes";

/** What the first person asks for and the second confirms as it stands. The secret is an envelope from the first moment on. */
export const askedWrites = z.object({ config: z.record(z.string(), z.unknown()), secret: z.base64() });

export type WritableSource = { id: string; name: string; kind: string; state: string; config: unknown; isEnabled: boolean };

export async function lockSource(tx: Tx, sourceId: string): Promise<WritableSource> {
  const [row] = await tx.rows<WritableSource>(
    `SELECT id, name, kind, state::text AS state, config, writes_enabled_at IS NOT NULL AS "isEnabled" FROM sources WHERE id = $1::uuid FOR NO KEY UPDATE`,
    [sourceId],
  );
  if (!row) throw notFound("Source", sourceId);
  return row;
}

export async function sourceOfRequest(tx: Tx, requestId: string): Promise<string> {
  const [row] = await tx.rows<{ id: string }>(
    "SELECT subject_id AS id FROM second_person_requests WHERE id = $1::uuid AND action = $2::text",
    [requestId, ENABLE_WRITES],
  );
  if (!row) throw notFound("Request", requestId);
  return row.id;
}

export async function setWrites(tx: Tx, sourceId: string, config: Record<string, unknown>, secret: Buffer): Promise<void> {
  await tx.rows(
    "UPDATE sources SET writes_enabled_at = clock_timestamp(), writes_config = $2::jsonb, writes_secret = decode($3::text, 'base64') WHERE id = $1::uuid",
    [sourceId, JSON.stringify(config), secret.toString("base64")],
  );
}

/** The request keeps what was asked but for the secret, which now lies with the source alone. */
export async function forgetSecret(tx: Tx, requestId: string): Promise<void> {
  await tx.rows("UPDATE second_person_requests SET input = input - 'secret' WHERE id = $1::uuid", [requestId]);
}

/** Nothing of the account that wrote is kept. */
export async function clearWrites(tx: Tx, sourceId: string): Promise<void> {
  await tx.rows("UPDATE sources SET writes_enabled_at = NULL, writes_config = NULL, writes_secret = NULL WHERE id = $1::uuid", [sourceId]);
}

export async function withdrawRequests(tx: Tx, sourceId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `UPDATE second_person_requests SET state = 'withdrawn', decided_at = now(), input = input - 'secret'
     WHERE action = $1::text AND subject_id = $2::text AND state = 'pending' RETURNING id`,
    [ENABLE_WRITES, sourceId],
  );
  return rows.map(({ id }) => id);
}

export type SourceTask = { id: string; version: number; state: RemediationState; label: string; campaignId: string; riskClass: RiskClass };
const SOURCE_TASK = `r.id, r.version, r.state::text AS state, r.label, r.campaign_id AS "campaignId", r.risk_class AS "riskClass"`;

/** Tasks that the connector was to do, locked. */
export async function lockPlanned(tx: Tx, sourceId: string): Promise<SourceTask[]> {
  return tx.rows(
    `SELECT ${SOURCE_TASK} FROM remediations r WHERE r.source_id = $1::uuid AND r.state IN ('PLANNED', 'APPROVED') ORDER BY r.id FOR UPDATE`,
    [sourceId],
  );
}

/** Tasks that went to people for no other reason than that writes were off, and that nobody has taken up; locked. */
export async function lockManualByWrites(tx: Tx, sourceId: string): Promise<SourceTask[]> {
  return tx.rows(
    `SELECT ${SOURCE_TASK} FROM remediations r
     WHERE r.source_id = $1::uuid AND r.state = 'MANUAL_REQUIRED'
       AND (SELECT e.detail ->> 'cause' FROM remediation_events e WHERE e.remediation_id = r.id AND e.kind = 'MANUAL_REQUIRED'
         ORDER BY (e.detail ->> 'version')::int DESC LIMIT 1) = 'writes_off'
     ORDER BY r.id FOR UPDATE`,
    [sourceId],
  );
}
