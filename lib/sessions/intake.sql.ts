import "server-only";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { copyValue } from "#lib/db/copy-text.ts";
import type { PgTx, Tx } from "#lib/db/tx.ts";
import { placeText } from "./log-error.ts";
import type { LogRecord } from "./log-records.ts";
import type { AccessEvent, ReadRecord } from "./types.ts";

/** Columns of a staged event, in the order of its line. */
const COLUMNS = {
  event_id: "eventId",
  occurred_at: "occurredAt",
  kind: "kind",
  action: "action",
  outcome: "outcome",
  privileged: "privileged",
  mfa: "mfa",
  principal: "principal",
  principal_name: "principalName",
  session_key: "sessionKey",
  session_started_at: "sessionStartedAt",
  authenticated_by: "authenticatedBy",
  credential: "credential",
  target: "target",
  issued_key: "issuedKey",
  issued_expires_at: "issuedExpiresAt",
  address: "address",
  client: "client",
  error: "error",
} as const satisfies Record<string, keyof AccessEvent>;
const NAMES = Object.keys(COLUMNS).join(", ");
const FIELDS: readonly (keyof AccessEvent)[] = Object.values(COLUMNS);

const MAX_RAW = 2_000;
const BLOCK_CHARACTERS = 128 * 1024;

/** What was staged: how many records were read, the digest of the events among them, the months that they fell into. */
export type Staged = { read: number; digest: string; months: ReadonlySet<string> };

/**
 * Copies the records of a log into a table of this transaction's own: events as rows, what is none with its reason, place and text. Record by
 * record through one COPY, so that memory holds a block of lines whatever the log's size.
 */
export async function stageRecords(tx: PgTx, records: AsyncIterable<LogRecord>, read: (value: unknown) => ReadRecord): Promise<Staged> {
  await tx.rows(
    `CREATE TEMP TABLE staged_events (position bigint, refusal text, place text, raw text, event_id text, occurred_at timestamptz(3), kind text,
       action text, outcome text, privileged text, mfa text, principal text, principal_name text, session_key text, session_started_at timestamptz(3),
       authenticated_by text, credential text, target text, issued_key text, issued_expires_at timestamptz(3), address text, client text, error text)
     ON COMMIT DROP`,
  );
  const hash = createHash("sha256");
  const months = new Set<string>();
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    let block = "";
    let events = "";
    for await (const record of records) {
      count += 1;
      const found = read(record.value);
      if ("event" in found) {
        const line = lineOf(found.event);
        events += line;
        months.add(found.event.occurredAt.slice(0, 7));
        block += `${record.position}\t\\N\t\\N\t\\N\t${line}`;
      } else block += `${record.position}\t${refusedLine(record, found.refusal)}${"\t\\N".repeat(FIELDS.length)}\n`;
      if (block.length < BLOCK_CHARACTERS) continue;
      hash.update(events);
      yield block;
      block = "";
      events = "";
    }
    hash.update(events);
    yield block;
  }
  const sink = tx.client.query(copyFrom(`COPY staged_events (position, refusal, place, raw, ${NAMES}) FROM STDIN`));
  await pipeline(Readable.from(lines(), { objectMode: false }), sink);
  return { read: count, digest: hash.digest("hex"), months };
}

/** One string that grows: a list of values for each event would be most of the garbage of an import. */
function lineOf(event: AccessEvent): string {
  let line = "";
  for (const field of FIELDS) line += `${line === "" ? "" : "\t"}${copyValue(event[field])}`;
  return `${line}\n`;
}

const refusedLine = ({ place, raw }: LogRecord, refusal: string): string =>
  [refusal, placeText(place), raw().slice(0, MAX_RAW)].map(copyValue).join("\t");

/** One import of a source at a time: sessions are merged in any order, but not by two at once. */
export const lockIntake = (tx: Tx, sourceId: string) =>
  tx.rows("SELECT pg_advisory_xact_lock(hashtextextended('access_events ' || $1::text, 0)), set_config('work_mem', '128MB', true)", [
    sourceId,
  ]);

/** What the inventory knows of an identity's privilege through everything that it holds, directly or by any chain. `identity` is SQL. */
export const inventoryPrivilege = (identity: string): string => `(
  SELECT CASE WHEN bool_or(e.privileged = 'yes') THEN 'yes' WHEN count(*) = 0 OR bool_or(e.privileged = 'unknown') THEN 'unknown' ELSE 'no' END
  FROM (SELECT g.entitlement_id AS id FROM grants g WHERE g.holder_id = ${identity} AND g.ended_run_id IS NULL
    UNION SELECT c.reached_id FROM grants g JOIN entitlement_closure c ON c.holder_id = g.entitlement_id
    WHERE g.holder_id = ${identity} AND g.ended_run_id IS NULL) held JOIN entitlements e ON e.id = held.id)`;

/**
 * Who of the source's inventory a principal is: by its external id, else by a name or login that only one identity has. `who` is SQL with the
 * columns principal and principal_name; $1 is the source.
 */
export const knownPrincipals = (who: string): string => `
  WITH who AS MATERIALIZED (SELECT principal, max(principal_name) AS name FROM (${who}) w WHERE principal IS NOT NULL GROUP BY principal),
    named AS MATERIALIZED (
      SELECT n.name, (array_agg(i.id))[1] AS id FROM identities i CROSS JOIN LATERAL (SELECT i.name UNION SELECT i.login) n
      WHERE i.source_id = $1::uuid AND i.gone_run_id IS NULL AND n.name IN (SELECT name FROM who) GROUP BY n.name HAVING count(*) = 1)
  SELECT w.principal, i.id, i.class, ${inventoryPrivilege("i.id")} AS privileged
  FROM who w LEFT JOIN identities x ON x.source_id = $1::uuid AND x.external_id = w.principal LEFT JOIN named n ON n.name = w.name
  JOIN identities i ON i.id = coalesce(x.id, n.id)`;

export type Kept = { kept: number; unmatched: number; sessions: number; firstAt: string | null; lastAt: string | null };

/**
 * From staged rows to kept events, their sessions and their part of the roll-up, in one statement: whatever is already there is left alone and
 * adds nothing anywhere, so that the same log a second time changes nothing.
 */
export async function keepEvents(tx: Tx, sourceId: string, batchId: string, at: string): Promise<Kept> {
  const [row] = await tx.rows<Kept>(
    `WITH known AS MATERIALIZED (${knownPrincipals(
      `SELECT principal, principal_name FROM staged_events UNION ALL SELECT target, substring(target from '[^/]+$') FROM staged_events WHERE issued_key IS NOT NULL`,
    )}),
     kept AS (
       INSERT INTO access_events (source_id, batch_id, identity_id, identity_class, ${NAMES})
       SELECT $1::uuid, $2::uuid, k.id, coalesce(k.class, 'unknown'), ${Object.keys(COLUMNS)
         .map((name) => `s.${name}`)
         .join(", ")}
       FROM staged_events s LEFT JOIN known k ON k.principal = s.principal WHERE s.refusal IS NULL
       ON CONFLICT (source_id, event_id, occurred_at) DO NOTHING
       RETURNING occurred_at, kind, outcome, identity_class, identity_id, privileged, mfa, principal, principal_name, session_key, session_started_at,
         authenticated_by, credential, target, issued_key, issued_expires_at, address, client),
     counted AS (
       INSERT INTO access_event_deltas (hour, source_id, kind, outcome, identity_class, privileged, mfa, events)
       SELECT date_trunc('hour', occurred_at, 'UTC'), $1::uuid, kind, outcome, identity_class, privileged, mfa, count(*)
       FROM kept GROUP BY 1, 3, 4, 5, 6, 7),
     told AS (
       SELECT session_key AS key, principal, coalesce(session_started_at, occurred_at) AS began_at, occurred_at, address, client, authenticated_by,
         NULL AS elevated_by, NULL AS elevated_from, credential, mfa, privileged = 'yes' AS shows, 1 AS events, NULL::timestamptz AS expires_at
       FROM kept WHERE session_key IS NOT NULL
       UNION ALL
       SELECT issued_key, target, occurred_at, occurred_at, NULL, NULL, 'assumed role',
         coalesce(principal_name, principal), session_key, NULL, 'unknown', false, 0, issued_expires_at
       FROM kept WHERE issued_key IS NOT NULL),
     merged AS (
       SELECT key, max(principal) AS principal, min(began_at) AS began_at, max(occurred_at) AS active_at,
         (array_agg(address ORDER BY occurred_at) FILTER (WHERE address IS NOT NULL))[1] AS address,
         (array_agg(client ORDER BY occurred_at) FILTER (WHERE client IS NOT NULL))[1] AS client,
         coalesce(max(authenticated_by) FILTER (WHERE authenticated_by = 'console sign-in'), min(authenticated_by)) AS authenticated_by,
         max(elevated_by) AS elevated_by, max(elevated_from) AS elevated_from, min(credential) AS credential,
         CASE WHEN bool_or(mfa = 'yes') THEN 'yes' WHEN bool_or(mfa = 'no') THEN 'no' ELSE 'unknown' END AS mfa,
         bool_or(shows) AS shows, sum(events) AS events, max(expires_at) AS expires_at
       FROM told GROUP BY key),
     derived AS (
       INSERT INTO sessions (source_id, external_id, told, identity, identity_id, started_kind, started_at, last_active_kind, last_active_at, address, client,
         authenticated_by, elevated_by, elevated_from, credential, mfa, privileged, shows_privilege, events, expires_kind, expires_at, first_seen_at)
       SELECT $1::uuid, m.key, 'derived', m.principal, k.id, 'value', m.began_at, 'value', m.active_at, m.address, m.client, m.authenticated_by, m.elevated_by,
         m.elevated_from, m.credential, m.mfa, CASE WHEN m.shows THEN 'yes' ELSE coalesce(k.privileged, 'unknown') END, m.shows, m.events,
         CASE WHEN m.expires_at IS NULL THEN 'unknown' ELSE 'value' END, m.expires_at, $3::timestamptz
       FROM merged m LEFT JOIN known k ON k.principal = m.principal
       ON CONFLICT (source_id, external_id) DO UPDATE SET
         identity_id = coalesce(EXCLUDED.identity_id, sessions.identity_id),
         started_at = least(sessions.started_at, EXCLUDED.started_at), last_active_at = greatest(sessions.last_active_at, EXCLUDED.last_active_at),
         address = coalesce(sessions.address, EXCLUDED.address), client = coalesce(sessions.client, EXCLUDED.client),
         authenticated_by = CASE WHEN EXCLUDED.authenticated_by = 'console sign-in' THEN EXCLUDED.authenticated_by
           ELSE coalesce(sessions.authenticated_by, EXCLUDED.authenticated_by) END,
         elevated_by = coalesce(sessions.elevated_by, EXCLUDED.elevated_by), elevated_from = coalesce(sessions.elevated_from, EXCLUDED.elevated_from),
         credential = coalesce(sessions.credential, EXCLUDED.credential),
         mfa = CASE WHEN 'yes' IN (sessions.mfa, EXCLUDED.mfa) THEN 'yes' WHEN 'no' IN (sessions.mfa, EXCLUDED.mfa) THEN 'no' ELSE 'unknown' END,
         shows_privilege = sessions.shows_privilege OR EXCLUDED.shows_privilege,
         privileged = CASE WHEN sessions.shows_privilege OR EXCLUDED.shows_privilege THEN 'yes' ELSE EXCLUDED.privileged END,
         events = sessions.events + EXCLUDED.events,
         expires_at = coalesce(sessions.expires_at, EXCLUDED.expires_at),
         expires_kind = CASE WHEN coalesce(sessions.expires_at, EXCLUDED.expires_at) IS NULL THEN 'unknown' ELSE 'value' END
       WHERE sessions.told = 'derived'
       RETURNING 1)
     SELECT k.*, d.sessions
     FROM (SELECT count(*)::int AS kept, count(*) FILTER (WHERE principal IS NOT NULL AND identity_id IS NULL)::int AS unmatched,
         min(occurred_at)::text AS "firstAt", max(occurred_at)::text AS "lastAt" FROM kept) k,
       (SELECT count(*)::int AS sessions FROM derived) d`,
    [sourceId, batchId, at],
  );
  if (!row) throw new Error("a count without a row");
  return row;
}

/** The records that are no events, with their reasons; answers with how many. */
export async function keepRefused(tx: Tx, batchId: string): Promise<void> {
  await tx.rows(
    `INSERT INTO access_event_rejects (batch_id, position, place, reason, raw)
     SELECT $1::uuid, position, place, refusal, raw FROM staged_events WHERE refusal IS NOT NULL`,
    [batchId],
  );
}

export async function countRefused(tx: Tx): Promise<number> {
  const [row] = await tx.rows<{ count: number }>("SELECT count(*)::int AS count FROM staged_events WHERE refusal IS NOT NULL");
  return row?.count ?? 0;
}
