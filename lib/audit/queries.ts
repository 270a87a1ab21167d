import "server-only";
import type { AuditScope } from "#lib/authz/scope.ts";
import { decodeCursor, encodeCursor } from "#lib/db/cursor.ts";
import { reader } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { COMMITMENT_KEY, openBody } from "./commitment.ts";
import { EVENTS } from "./events.ts";
import { findCheckpoint, latestCheckpoint, nodeReader, RECORDED_AT } from "./log.sql.ts";
import { eventLeafHash, inclusionProof, rootAt, verifyInclusion } from "./merkle.ts";
import type { AuditFilter } from "./search-params.ts";
import type { JsonObject, JsonValue, Reveal } from "./types.ts";

const PAGE = 50;

export type AuditRow = {
  id: string;
  recordedAt: string;
  type: string;
  actor: string;
  subjectKind: string | null;
  subjectId: string | null;
  subject: string;
  reason: string | null;
  /** The body no longer fits its type's variant: shown as it is, with a warning, never dropped. */
  isUnreadable: boolean;
  isSealed: boolean;
};

type StoredEvent = { id: string; recordedAt: string; body: string; leafIndex: string | null; values: Reveal[] };

const COLUMNS = `e.id::text AS id, ${RECORDED_AT.replace("recorded_at", "e.recorded_at")} AS "recordedAt", e.body, l.leaf_index::text AS "leafIndex",
  coalesce((SELECT json_agg(json_build_object('path', v.name, 'salt', v.salt, 'value', v.value::json)) FROM audit_values v WHERE v.event_id = e.id), '[]') AS values`;

/** Newest first, 50 a page. Filters are exact; a type ending in "." means every type of that subject. */
export async function listAuditEvents(_scope: AuditScope, filter: AuditFilter): Promise<{ rows: AuditRow[]; next: string | null }> {
  const { after, ...where } = filter;
  const list = `audit:${JSON.stringify(where)}`;
  const [before] = after ? decodeCursor(list, after) : [null];
  const rows = await reader.rows<StoredEvent>(
    `SELECT ${COLUMNS} FROM audit_events e LEFT JOIN audit_leaves l ON l.event_id = e.id
     WHERE ($1::bigint IS NULL OR e.id < $1::bigint)
       AND ($2::text IS NULL OR e.type = $2::text OR (right($2::text, 1) = '.' AND starts_with(e.type, $2::text)))
       AND ($3::text IS NULL OR e.subject_kind = $3::text) AND ($4::text IS NULL OR e.subject_id = $4::text)
       AND ($5::text IS NULL OR e.actor_id = $5::text)
       AND ($6::date IS NULL OR e.recorded_at >= $6::date::timestamp AT TIME ZONE 'UTC')
       AND ($7::date IS NULL OR e.recorded_at < ($7::date + 1)::timestamp AT TIME ZONE 'UTC')
     ORDER BY e.id DESC LIMIT ${PAGE + 1}`,
    [
      before ?? null,
      where.type ?? null,
      where.subjectKind ?? null,
      where.subjectId ?? null,
      where.actorId ?? null,
      where.from ?? null,
      where.to ?? null,
    ],
  );
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return { rows: rows.slice(0, PAGE).map(auditRow), next: last ? encodeCursor(list, [last.id]) : null };
}

export type AuditEventView = AuditRow & {
  /** The instant that the command spoke of, where it is another than that of its record: a demo is told as if it had happened earlier. */
  toldAt: string | null;
  /** With the personal values that are still kept in place of their commitments. */
  body: JsonValue;
  /** The canonical text, as it is hashed. */
  text: string;
  proof: { leafIndex: string; treeSize: string; rootHash: string; path: string[]; isValid: boolean; note: string } | null;
};

/** One event whole, with its inclusion proof to the newest checkpoint that covers it. */
export async function getAuditEvent(_scope: AuditScope, eventId: string): Promise<AuditEventView> {
  const [event] = /^\d{1,18}$/.test(eventId)
    ? await reader.rows<StoredEvent>(
        `SELECT ${COLUMNS} FROM audit_events e LEFT JOIN audit_leaves l ON l.event_id = e.id WHERE e.id = $1::bigint`,
        [eventId],
      )
    : [];
  if (!event) throw notFound("Audit event", eventId);
  const body = openedBody(event) ?? {};
  return { ...auditRow(event), toldAt: toldElsewhen(body, event.recordedAt), body, text: event.body, proof: await proofOf(event) };
}

/** A request takes seconds, not minutes. */
const SAME_MS = 60_000;

function toldElsewhen(body: JsonValue, recordedAt: string): string | null {
  const told = body !== null && typeof body === "object" && "occurred_at" in body ? body.occurred_at : null;
  if (typeof told !== "string" || Number.isNaN(Date.parse(told))) return null;
  return Math.abs(Date.parse(told) - Date.parse(recordedAt)) > SAME_MS ? told : null;
}

async function proofOf(event: StoredEvent): Promise<AuditEventView["proof"]> {
  const checkpoint = await latestCheckpoint(reader);
  if (!checkpoint || event.leafIndex === null || Number(event.leafIndex) >= Number(checkpoint.treeSize)) return null;
  const [index, size] = [Number(event.leafIndex), Number(checkpoint.treeSize)];
  const path = await inclusionProof(nodeReader(reader), index, size);
  const leaf = eventLeafHash({ eventId: event.id, recordedAt: event.recordedAt, body: event.body });
  const root = Buffer.from(checkpoint.rootHash, "base64");
  return {
    leafIndex: event.leafIndex,
    treeSize: checkpoint.treeSize,
    rootHash: root.toString("hex"),
    path: path.map((hash) => Buffer.from(hash).toString("hex")),
    isValid: verifyInclusion({ leaf, index, size, proof: path, root }),
    note: checkpoint.note,
  };
}

export type LogState = {
  events: string;
  sealed: string;
  latest: { treeSize: string; signedAt: string; note: string; isConsistent: boolean } | null;
};

export type LogFreshness = {
  sealed: string;
  newestAt: string | null;
  isNewestSealed: boolean;
  treeSize: string | null;
  signedAt: string | null;
};

/** How fresh the log's last signature is, without counting or recomputing anything. */
export async function getLogFreshness(_scope: AuditScope): Promise<LogFreshness> {
  const [[newest], [leaves], checkpoint] = await Promise.all([
    reader.rows<{ at: string; isSealed: boolean }>(
      `SELECT ${RECORDED_AT.replace("recorded_at", "e.recorded_at")} AS at, EXISTS (SELECT FROM audit_leaves l WHERE l.event_id = e.id) AS "isSealed"
       FROM audit_events e ORDER BY e.id DESC LIMIT 1`,
    ),
    reader.rows<{ sealed: string }>("SELECT coalesce(max(leaf_index) + 1, 0)::text AS sealed FROM audit_leaves"),
    latestCheckpoint(reader),
  ]);
  return {
    sealed: leaves?.sealed ?? "0",
    newestAt: newest?.at ?? null,
    isNewestSealed: newest?.isSealed ?? true,
    treeSize: checkpoint?.treeSize ?? null,
    signedAt: checkpoint?.signedAt ?? null,
  };
}

/** How far the log is sealed and signed; recomputes the newest checkpoint's root from the stored tree. */
export async function getLogState(_scope: AuditScope): Promise<LogState> {
  const [counts] = await reader.rows<{ events: string; sealed: string }>(
    `SELECT (SELECT count(*) FROM audit_events)::text AS events, (SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaves)::text AS sealed`,
  );
  const latest = await latestCheckpoint(reader);
  const root = latest ? Buffer.from(await rootAt(nodeReader(reader), Number(latest.treeSize))).toString("base64") : null;
  return {
    events: counts?.events ?? "0",
    sealed: counts?.sealed ?? "0",
    latest: latest
      ? { treeSize: latest.treeSize, signedAt: latest.signedAt, note: latest.note, isConsistent: root === latest.rootHash }
      : null,
  };
}

/** The signed note for a tree size, for anyone who mirrors checkpoints. */
export async function getCheckpointNote(_scope: AuditScope, treeSize: number): Promise<string> {
  const checkpoint = await findCheckpoint(reader, treeSize);
  if (!checkpoint) throw notFound("Checkpoint", String(treeSize));
  return checkpoint.note;
}

function openedBody(event: StoredEvent): JsonObject | null {
  try {
    return openBody(JSON.parse(event.body) as JsonValue, event.values) as JsonObject;
  } catch {
    return null;
  }
}

function auditRow(event: StoredEvent): AuditRow {
  const body = openedBody(event);
  const type = textIn(body, "type") ?? "unknown";
  const variant = Object.entries(EVENTS).find(([name]) => name === type)?.[1];
  const subject = objectIn(body, "subject");
  return {
    id: event.id,
    recordedAt: event.recordedAt,
    type,
    actor: labelIn(objectIn(body, "actor")),
    subjectKind: textIn(subject, "kind"),
    subjectId: textIn(subject, "id"),
    subject: labelIn(subject),
    reason: textIn(body, "reason"),
    isUnreadable: variant === undefined || !variant.safeParse(body?.data).success,
    isSealed: event.leafIndex !== null,
  };
}

const textIn = (value: JsonObject | null, key: string): string | null => (typeof value?.[key] === "string" ? value[key] : null);

function objectIn(value: JsonObject | null, key: string): JsonObject | null {
  const member = value?.[key];
  return member !== null && typeof member === "object" && !Array.isArray(member) ? (member as JsonObject) : null;
}

/** A label whose value retention dropped is said to be gone, not shown as empty. */
function labelIn(value: JsonObject | null): string {
  const committed = objectIn(value, "label")?.[COMMITMENT_KEY] !== undefined;
  return textIn(value, "label") ?? (committed ? "name no longer kept" : (textIn(value, "id") ?? "unknown"));
}
