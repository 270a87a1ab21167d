import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { iso } from "./list-page.sql.ts";
import { columnsOf, type Stream } from "./streams.ts";

/** One thing that happened to a record, newest first. */
export type RecordChange = {
  id: string;
  runId: string;
  kind: "changed" | "gone" | "returned";
  before: unknown;
  after: unknown;
  at: string;
};

export async function changesOfRecord(tx: Tx, stream: Stream, recordId: string, limit: number): Promise<RecordChange[]> {
  return tx.rows<RecordChange>(
    `SELECT c.id::text AS id, c.run_id AS "runId", c.kind, c.before, c.after, ${iso("c.at")} AS at FROM inventory_changes c
     WHERE c.stream = $1::text AND c.record_id = $2::uuid ORDER BY c.id DESC LIMIT $3::int`,
    [stream, recordId, limit],
  );
}

/** One span of a grant: from the run that first saw it so, to the run that no longer did. The start in the source may be unknown. */
export type GrantSpan = {
  id: string;
  openedRunId: string;
  openedAt: string | null;
  endedRunId: string | null;
  endedAt: string | null;
  /** gone, or changed: then the next span tells how it went on. */
  endReason: string | null;
  startedKind: string;
  startedAt: string | null;
  expiresKind: string;
  expiresAt: string | null;
  grantedBy: string | null;
  reason: string | null;
  options: string | null;
};

/** Every span in which a holder held an entitlement, oldest first. */
export async function spansOfGrant(tx: Tx, holderId: string, entitlementId: string): Promise<GrantSpan[]> {
  return tx.rows<GrantSpan>(
    `SELECT g.id, g.opened_run_id AS "openedRunId", ${iso("o.finished_at")} AS "openedAt", g.ended_run_id AS "endedRunId", ${iso("g.ended_at")} AS "endedAt",
       g.end_reason AS "endReason", g.started_kind AS "startedKind", ${iso("g.started_at")} AS "startedAt", g.expires_kind AS "expiresKind",
       ${iso("g.expires_at")} AS "expiresAt", g.granted_by AS "grantedBy", g.reason, g.options
     FROM grants g JOIN sync_runs o ON o.id = g.opened_run_id
     WHERE g.holder_id = $1::uuid AND g.entitlement_id = $2::uuid ORDER BY o.finished_at, g.id`,
    [holderId, entitlementId],
  );
}

/** The columns of a record that its history keeps: all but those that change by themselves. */
function keptColumns(stream: Stream): string[] {
  return Object.entries(columnsOf(stream)).flatMap(([name, column]) => {
    if (column.kind !== "moment") return stream === "grants" && ["holder_kind", "holder", "entitlement"].includes(name) ? [] : [name];
    return column.isVolatile === true ? [] : [`${name}_kind`, `${name}_at`];
  });
}

export type PastRecord = { id: string; record: Record<string, unknown> };

/**
 * A source's stream as it was live here at an instant: today's rows with the later changes taken back. What changes by itself (last used)
 * has no history and is left out. In id order after `after`.
 */
export async function inventoryAt(
  tx: Tx,
  which: { sourceId: string; stream: Stream; at: Date; after: string | null; limit: number },
): Promise<PastRecord[]> {
  const { sourceId, stream, at, after, limit } = which;
  const sql =
    stream === "grants"
      ? PAST_GRANTS
      : `${pastRecords(stream)} AND t.source_id = $1::uuid AND ${wasPresent(stream)} AND ($3::uuid IS NULL OR t.id > $3::uuid) ORDER BY t.id LIMIT $4::int`;
  return tx.rows<PastRecord>(sql, [sourceId, at.toISOString(), after, limit]);
}

/** The same for records named one by one, whether they were present at the instant or had gone before: a label outlives its thing. */
export const recordsAt = (tx: Tx, stream: Exclude<Stream, "grants">, ids: readonly string[], at: Date): Promise<PastRecord[]> =>
  tx.rows<PastRecord>(`${pastRecords(stream)} AND t.id = ANY ($1::uuid[])`, [ids, at.toISOString()]);

/** Whether a record was there at an instant, as far as was read here. */
export async function presentAt(tx: Tx, stream: Exclude<Stream, "grants">, id: string, at: Date): Promise<boolean> {
  const rows = await tx.rows(
    `SELECT FROM ${stream} t WHERE t.id = $1::uuid AND t.first_seen_at <= $2::timestamptz AND ${wasPresent(stream)}`,
    [id, at.toISOString()],
  );
  return rows.length > 0;
}

/** What an identity had at an instant: its credentials, factors, trusts or sessions. */
export const thingsAt = (
  tx: Tx,
  stream: "credentials" | "factors" | "trusts" | "sessions",
  identityId: string,
  at: Date,
  limit: number,
): Promise<PastRecord[]> =>
  tx.rows<PastRecord>(
    `${pastRecords(stream)} AND t.identity_id = $1::uuid AND ${wasPresent(stream)} ORDER BY t.external_id COLLATE "C" LIMIT $3::int`,
    [identityId, at.toISOString(), limit],
  );

const asRecord = (row: string, stream: Stream): string =>
  `jsonb_build_object(${keptColumns(stream)
    .map((name) => `'${name}', ${row}.${name}`)
    .join(", ")})`;

const changesOf = (stream: Stream): string => `inventory_changes c WHERE c.stream = '${stream}' AND c.record_id = t.id`;

/** Where a record first seen by then stood at $2: the earliest later change of a column says what it was before. Conditions on t may follow. */
const pastRecords = (stream: Stream): string =>
  `SELECT t.id, ${asRecord("t", stream)} || coalesce((
      SELECT jsonb_object_agg(f.key, f.value) FROM (
        SELECT DISTINCT ON (b.key) b.key, b.value FROM inventory_changes c CROSS JOIN LATERAL jsonb_each(c.before) b
        WHERE c.before IS NOT NULL AND c.stream = '${stream}' AND c.record_id = t.id AND c.at > $2::timestamptz ORDER BY b.key, c.id
      ) f), '{}') AS record
    FROM ${stream} t WHERE t.first_seen_at <= $2::timestamptz AND ${isRead(stream)}`;

/** Sessions that a source's log tells of stand beside those that it shows, and are no part of what a run saw. */
export const isRead = (stream: Stream): string => (stream === "sessions" ? "t.told = 'read'" : "true");

/** Present unless the last of gone and returned up to then was gone. */
const wasPresent = (stream: Stream): string =>
  `coalesce((SELECT c.kind = 'returned' FROM ${changesOf(stream)} AND c.kind IN ('gone', 'returned') AND c.at <= $2::timestamptz ORDER BY c.id DESC LIMIT 1), true)`;

/** A grant g, opened by run o, was live at an instant. */
export const livedAt = (instant: string): string =>
  `o.finished_at <= ${instant}::timestamptz AND (g.ended_at IS NULL OR g.ended_at > ${instant}::timestamptz)`;

const PAST_GRANTS = `SELECT g.id, ${asRecord("g", "grants")} || jsonb_build_object('holder_kind', g.holder_kind, 'holder_id', g.holder_id, 'entitlement_id', g.entitlement_id) AS record
  FROM grants g JOIN sync_runs o ON o.id = g.opened_run_id
  WHERE g.source_id = $1::uuid AND ${livedAt("$2")}
    AND ($3::uuid IS NULL OR g.id > $3::uuid)
  ORDER BY g.id LIMIT $4::int`;
