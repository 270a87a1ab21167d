import "server-only";
import type { SourceScope } from "#lib/authz/scope.ts";
import type { Scope } from "#lib/connectors/contract.ts";
import { connectorLabel, isConnectorKind } from "#lib/connectors/registry.ts";
import { decodeCursor, encodeCursor } from "#lib/db/cursor.ts";
import { reader } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { type ChangeKind, changesOfRun, type RunChange } from "./changes.sql.ts";
import { type SourceHealth, sourceHealth } from "./health.ts";
import { provenance, type StoredProvenance } from "./source-files.sql.ts";
import type { ChangesByStream } from "./types.ts";

const PAGE = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Instants leave the database as ISO 8601 in UTC. */
const iso = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export type RunState = "RUNNING" | "APPLIED" | "HELD" | "FAILED" | "REJECTED" | "SUPERSEDED";

export type RunListRow = {
  id: string;
  sourceId: string;
  sourceName: string;
  state: RunState;
  trigger: string;
  startedBy: string | null;
  startedAt: string;
  finishedAt: string | null;
  observedAt: string | null;
  isComplete: boolean;
  isFullRead: boolean;
  isOverridden: boolean;
  changes: ChangesByStream;
  digest: string | null;
};

const RUN_COLUMNS = `r.id, r.source_id AS "sourceId", s.name AS "sourceName", r.state::text AS state, r.trigger, u.display_name AS "startedBy",
  ${iso("r.started_at")} AS "startedAt", ${iso("r.finished_at")} AS "finishedAt", ${iso("r.observed_at")} AS "observedAt",
  r.is_complete AS "isComplete", r.is_full_read AS "isFullRead", r.overridden_by IS NOT NULL AS "isOverridden", coalesce(r.changes, '{}') AS changes, r.digest`;
const RUN_TABLES = "sync_runs r JOIN sources s ON s.id = r.source_id LEFT JOIN app_users u ON u.id = r.started_by";

export type SourceListRow = {
  id: string;
  name: string;
  kind: string;
  kindLabel: string;
  state: "active" | "paused" | "retired";
  health: SourceHealth;
  isPeopleSource: boolean;
  schedule: string | null;
  scheduleZone: string;
  nextRunAt: string | null;
  dropThreshold: number;
  areWritesEnabled: boolean;
  lastRun: { id: string; state: RunState; startedAt: string; finishedAt: string | null } | null;
  lastAppliedAt: string | null;
  /** The instant that what is live speaks of. */
  observedAt: string | null;
  /** Records kept by the last applied run, by stream. */
  counts: Partial<Record<Stream, number>>;
  /** Records that the last run could not understand. */
  rejected: number;
};

const SOURCE_COLUMNS = `s.id, s.name, s.kind, s.state::text AS state, s.is_people_source AS "isPeopleSource", s.schedule, s.schedule_zone AS "scheduleZone",
  ${iso("s.next_run_at")} AS "nextRunAt", s.drop_threshold AS "dropThreshold", s.writes_enabled_at IS NOT NULL AS "areWritesEnabled",
  l.run AS "lastRun", ${iso("a.finished_at")} AS "lastAppliedAt", ${iso("a.observed_at")} AS "observedAt",
  coalesce((SELECT jsonb_object_agg(c.stream, c.kept) FROM sync_streams c WHERE c.run_id = a.id AND c.completeness <> 'unavailable'), '{}') AS counts,
  (SELECT coalesce(sum(c.rejected), 0)::int FROM sync_streams c WHERE c.run_id = (l.run ->> 'id')::uuid) AS rejected`;
const SOURCE_TABLES = `sources s
  LEFT JOIN LATERAL (SELECT jsonb_build_object('id', r.id, 'state', r.state, 'startedAt', ${iso("r.started_at")}, 'finishedAt', ${iso("r.finished_at")}) AS run
    FROM sync_runs r WHERE r.source_id = s.id ORDER BY r.started_at DESC, r.id DESC LIMIT 1) l ON true
  LEFT JOIN LATERAL (SELECT r.id, r.finished_at, r.observed_at FROM sync_runs r
    WHERE r.source_id = s.id AND r.state = 'APPLIED' ORDER BY r.finished_at DESC, r.id DESC LIMIT 1) a ON true`;

type StoredSource = Omit<SourceListRow, "kindLabel" | "health">;

function sourceRow<Row extends StoredSource>(row: Row, now: Date): Row & Pick<SourceListRow, "kindLabel" | "health"> {
  const nextRunAt = row.nextRunAt === null ? null : new Date(row.nextRunAt);
  const health = sourceHealth({ state: row.state, nextRunAt, hasApplied: row.lastAppliedAt !== null }, row.lastRun, now);
  return { ...row, kindLabel: isConnectorKind(row.kind) ? connectorLabel(row.kind) : row.kind, health };
}

/** Every source by name, with its health, last run, next run and what it last told. */
export async function listSources(_scope: SourceScope, now = new Date()): Promise<SourceListRow[]> {
  const rows = await reader.rows<StoredSource>(`SELECT ${SOURCE_COLUMNS} FROM ${SOURCE_TABLES} ORDER BY s.name COLLATE "C", s.id`);
  return rows.map((row) => sourceRow(row, now));
}

export type SourceFileView = {
  id: string;
  name: string;
  sha256: string;
  bytes: string;
  uploadedAt: string;
  isCurrent: boolean;
  provenance: StoredProvenance;
};

export type SourceView = SourceListRow & {
  /** As its connector's schema has it; never the secret. */
  config: unknown;
  hasSecret: boolean;
  owner: string | null;
  createdAt: string;
  /** As the last run that asked found them. */
  scopes: readonly Scope[];
  files: SourceFileView[];
  heldRunId: string | null;
};

export async function getSource(_scope: SourceScope, sourceId: string, now = new Date()): Promise<SourceView> {
  const [row] = UUID.test(sourceId)
    ? await reader.rows<StoredSource & Omit<SourceView, keyof SourceListRow | "files">>(
        `SELECT ${SOURCE_COLUMNS}, s.config, s.secret IS NOT NULL AS "hasSecret", o.display_name AS owner, ${iso("s.created_at")} AS "createdAt",
           coalesce((SELECT r.scopes FROM sync_runs r WHERE r.source_id = s.id AND r.scopes IS NOT NULL ORDER BY r.started_at DESC LIMIT 1), '[]') AS scopes,
           (SELECT r.id FROM sync_runs r WHERE r.source_id = s.id AND r.state = 'HELD' ORDER BY r.started_at DESC LIMIT 1) AS "heldRunId"
         FROM ${SOURCE_TABLES} LEFT JOIN app_users o ON o.id = s.owner_user_id WHERE s.id = $1::uuid`,
        [sourceId],
      )
    : [];
  if (!row) throw notFound("Source", sourceId);
  const files = await reader.rows<Omit<SourceFileView, "provenance"> & { provenance: unknown }>(
    `SELECT id, name, sha256, size::text AS bytes, ${iso("uploaded_at")} AS "uploadedAt", is_current AS "isCurrent", provenance
     FROM source_files WHERE source_id = $1::uuid ORDER BY uploaded_at DESC, id DESC LIMIT 100`,
    [sourceId],
  );
  return { ...sourceRow(row, now), files: files.map((file) => ({ ...file, provenance: provenance.parse(file.provenance) })) };
}

export type RunFilter = { sourceId?: string | undefined; state?: RunState | undefined; after?: string | undefined };

/** Newest first, 50 a page. */
export async function listRuns(_scope: SourceScope, filter: RunFilter): Promise<{ rows: RunListRow[]; next: string | null }> {
  const { after, ...where } = filter;
  const list = `runs:${JSON.stringify(where)}`;
  const [startedAt, id] = after ? decodeCursor(list, after) : [null, null];
  const rows = await reader.rows<RunListRow>(
    `SELECT ${RUN_COLUMNS} FROM ${RUN_TABLES}
     WHERE ($1::uuid IS NULL OR r.source_id = $1::uuid) AND ($2::text IS NULL OR r.state::text = $2::text)
       AND ($3::timestamptz IS NULL OR (r.started_at, r.id) < ($3::timestamptz, $4::uuid))
     ORDER BY r.started_at DESC, r.id DESC LIMIT ${PAGE + 1}`,
    [where.sourceId ?? null, where.state ?? null, startedAt, id],
  );
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return { rows: rows.slice(0, PAGE), next: last ? encodeCursor(list, [last.startedAt, last.id]) : null };
}

/** Counts as text: they may be longer than a number holds. */
export type RunStreamView = {
  stream: Stream;
  declared: string | null;
  read: string;
  kept: string;
  excluded: string;
  rejected: string;
  pages: number;
  excludedBy: Record<string, number>;
  completeness: "complete" | "partial" | "unavailable";
  reason: string | null;
  rawDigest: string | null;
};

export type OverrideView = {
  requestId: string;
  requestedBy: string;
  requestedByUserId: string;
  reason: string;
  expiresAt: string;
  endsGrants: number;
  onlyAdditions: boolean;
};

export type RunView = RunListRow & {
  heartbeatAt: string | null;
  product: string | null;
  account: string | null;
  endpoint: string | null;
  scopes: readonly Scope[];
  configDigest: string | null;
  /** Why it was held, or failed, in sentences. */
  reasons: { kind: string; text: string }[];
  streams: RunStreamView[];
  overriddenBy: string | null;
  confirmedBy: string | null;
  overrideReason: string | null;
  pendingOverride: OverrideView | null;
};

/** One run whole; of a running one the progress, not older than two seconds. */
export async function getRun(_scope: SourceScope, runId: string): Promise<RunView> {
  const [row] = UUID.test(runId)
    ? await reader.rows<Omit<RunView, "streams" | "pendingOverride">>(
        `SELECT ${RUN_COLUMNS}, ${iso("r.heartbeat_at")} AS "heartbeatAt", r.product, r.account, r.endpoint, coalesce(r.scopes, '[]') AS scopes,
           r.config_digest AS "configDigest", coalesce(r.reasons, '[]') AS reasons, o.display_name AS "overriddenBy", c.display_name AS "confirmedBy",
           r.override_reason AS "overrideReason"
         FROM ${RUN_TABLES} LEFT JOIN app_users o ON o.id = r.overridden_by LEFT JOIN app_users c ON c.id = r.confirmed_by WHERE r.id = $1::uuid`,
        [runId],
      )
    : [];
  if (!row) throw notFound("Sync run", runId);
  const streams = await reader.rows<RunStreamView>(
    `SELECT stream, declared::text AS declared, read::text AS read, kept::text AS kept, excluded::text AS excluded, rejected::text AS rejected, pages,
       coalesce(excluded_by, '{}') AS "excludedBy", completeness, reason, raw_digest AS "rawDigest"
     FROM sync_streams WHERE run_id = $1::uuid
     ORDER BY array_position(ARRAY['people', 'identities', 'resources', 'entitlements', 'grants', 'trusts', 'credentials', 'factors', 'sessions'], stream)`,
    [runId],
  );
  const [pending] = await reader.rows<OverrideView>(
    `SELECT q.id AS "requestId", u.display_name AS "requestedBy", q.requested_by AS "requestedByUserId", q.reason, ${iso("q.expires_at")} AS "expiresAt",
       (q.input ->> 'endsGrants')::int AS "endsGrants", (q.input ->> 'onlyAdditions')::boolean AS "onlyAdditions"
     FROM second_person_requests q JOIN app_users u ON u.id = q.requested_by
     WHERE q.action = 'sync_run.override' AND q.subject_id = $1::text AND q.state = 'pending' AND q.expires_at > now()`,
    [runId],
  );
  return { ...row, streams, pendingOverride: pending ?? null };
}

export type RejectedRow = {
  id: string;
  stream: Stream;
  position: string;
  column: string | null;
  reason: string;
  raw: Record<string, string>;
};

/** Refused records of a run in the order read, 50 a page. */
export async function listRejected(
  _scope: SourceScope,
  filter: { runId: string; stream?: Stream | undefined; after?: string | undefined },
): Promise<{ rows: RejectedRow[]; next: string | null }> {
  const { after, ...where } = filter;
  if (!UUID.test(where.runId)) throw notFound("Sync run", where.runId);
  const list = `rejected:${JSON.stringify(where)}`;
  const [id] = after ? decodeCursor(list, after) : [0];
  const rows = await reader.rows<RejectedRow>(
    `SELECT j.id::text AS id, j.stream, j.position, j."column", j.reason, j.raw FROM rejected_records j
     WHERE j.run_id = $1::uuid AND ($2::text IS NULL OR j.stream = $2::text) AND j.id > $3::bigint ORDER BY j.id LIMIT ${PAGE + 1}`,
    [where.runId, where.stream ?? null, id],
  );
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return { rows: rows.slice(0, PAGE), next: last ? encodeCursor(list, [last.id]) : null };
}

/** What a run added, changed or ended in one stream, 50 a page. */
export async function runDifferences(
  _scope: SourceScope,
  filter: { runId: string; stream: Stream; kind: ChangeKind; after?: string | undefined },
): Promise<{ rows: RunChange[]; next: string | null }> {
  const { after, ...where } = filter;
  const list = `differences:${JSON.stringify(where)}`;
  const [from] = after ? decodeCursor(list, after) : [null];
  const [run] = UUID.test(where.runId)
    ? await reader.rows<{ sourceId: string }>('SELECT source_id AS "sourceId" FROM sync_runs WHERE id = $1::uuid', [where.runId])
    : [];
  if (!run) throw notFound("Sync run", where.runId);
  const rows = await changesOfRun(reader, {
    ...where,
    sourceId: run.sourceId,
    after: from === null ? null : String(from),
    limit: PAGE + 1,
  });
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return { rows: rows.slice(0, PAGE), next: last ? encodeCursor(list, [last.id]) : null };
}
