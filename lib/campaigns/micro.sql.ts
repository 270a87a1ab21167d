import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { lastSignOffs } from "./last-sign-off.sql.ts";
import type { MicroRule, MicroSubject } from "./micro.ts";

/** $1 the runs looked at, $2 how many grants one subject lists at most, $3 also what has ended since: for a look back. */
type Find = { runIds: readonly string[]; maxItems: number; alsoEnded?: boolean };

/** The first read of a source finds everything for the first time: nothing of it is news. */
const RUNS = `runs AS MATERIALIZED (
  SELECT r.id, r.source_id, r.started_at FROM sync_runs r WHERE r.id = ANY ($1::uuid[]) AND r.state = 'APPLIED'
    AND EXISTS (SELECT FROM sync_runs p WHERE p.source_id = r.source_id AND p.state = 'APPLIED' AND p.started_at < r.started_at))`;

const LISTED = `count(*)::int AS found, array_agg(DISTINCT g.source_id) AS "sourceIds",
  (array_agg(g.id ORDER BY e.privileged <> 'yes', g.id))[1:$2::int] AS "grantIds"`;

/** What somebody holds directly, by all identities that are theirs. */
const HOLDINGS = `JOIN identities i ON i.person_id = p.id AND i.gone_at IS NULL
  JOIN grants g ON g.holder_id = i.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
  JOIN sources s ON s.id = g.source_id AND s.state <> 'retired' JOIN entitlements e ON e.id = g.entitlement_id`;

/** Access of people who changed in a way that makes others answer for it. */
const OF_PEOPLE = (changed: string, detail: string) => `
  WITH ${RUNS}, changed AS MATERIALIZED (
    SELECT DISTINCT ON (c.record_id, c.run_id) c.record_id, c.run_id, c.before, c.after
    FROM inventory_changes c JOIN runs r ON r.id = c.run_id WHERE c.stream = 'people' AND ${changed} ORDER BY c.record_id, c.run_id, c.id)
  SELECT 'person' AS "subjectKind", p.id AS "subjectId", p.name AS label, c.run_id AS "runId", ${LISTED}, ${detail} AS detail
  FROM changed c JOIN people p ON p.id = c.record_id ${HOLDINGS}
  GROUP BY p.id, p.name, c.run_id, c.before, c.after ORDER BY p.name COLLATE "C", p.id`;

const FOUND: Readonly<Record<MicroRule, string>> = {
  // What grew back inside its watch period is followed up by remediation, as the sequel of what removed it.
  new_privileged_grant: `
    WITH ${RUNS}
    SELECT 'run' AS "subjectKind", r.id AS "subjectId", s.name AS label, r.id AS "runId", ${LISTED}, NULL::text AS detail
    FROM runs r JOIN sources s ON s.id = r.source_id
    JOIN grants g ON g.source_id = r.source_id AND g.opened_run_id = r.id AND g.holder_kind = 'identity' AND ($3::boolean OR g.ended_run_id IS NULL)
    JOIN entitlements e ON e.id = g.entitlement_id
    WHERE (e.privileged = 'yes' OR EXISTS (
        SELECT FROM entitlement_closure c JOIN entitlements x ON x.id = c.reached_id WHERE c.holder_id = e.id AND x.privileged = 'yes'))
      AND NOT EXISTS (SELECT FROM grants o WHERE o.source_id = g.source_id AND o.ended_run_id = g.opened_run_id AND o.holder_id = g.holder_id
        AND o.entitlement_id = g.entitlement_id)
      AND NOT EXISTS (SELECT FROM remediations w WHERE w.identity_id = g.holder_id AND w.entitlement_id = g.entitlement_id AND w.watch_until > now())
    GROUP BY r.id, s.name ORDER BY r.id`,
  mover: OF_PEOPLE(
    `c.kind = 'changed' AND (c.after ?| ARRAY['manager', 'department']) AND coalesce(c.after ->> 'status', '') <> 'left'
      AND EXISTS (SELECT FROM people n WHERE n.id = c.record_id AND n.status <> 'left' AND n.gone_at IS NULL)`,
    `concat_ws(', ', CASE WHEN c.after ? 'department' THEN 'department ' || coalesce(c.before ->> 'department', 'unknown') || ' to ' || coalesce(c.after ->> 'department', 'unknown') END,
       CASE WHEN c.after ? 'manager' THEN 'another manager' END)`,
  ),
  leaver: OF_PEOPLE(`(c.kind = 'gone' OR c.kind = 'changed' AND c.after ->> 'status' = 'left')`, "NULL::text"),
  // Each access against its own last sign-off, by the rule of the scope's filter: last-sign-off.sql.ts.
  meaning_drift: `
    WITH ${RUNS}, versions AS MATERIALIZED (
      SELECT v.entitlement_id, v.digest, r.id AS run_id FROM entitlement_versions v JOIN runs r ON r.id = v.run_id),
    signed AS MATERIALIZED (${lastSignOffs("i.entitlement_id = ANY (ARRAY(SELECT entitlement_id FROM versions))")})
    SELECT 'entitlement' AS "subjectKind", e.id AS "subjectId", e.name AS label, d.run_id AS "runId", ${LISTED}, NULL::text AS detail
    FROM versions d JOIN entitlements e ON e.id = d.entitlement_id AND e.gone_at IS NULL
    JOIN grants g ON g.source_id = e.source_id AND g.entitlement_id = e.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
    JOIN signed s ON s.identity_id = g.holder_id AND s.entitlement_id = e.id AND s.digest IS DISTINCT FROM d.digest
    GROUP BY e.id, e.name, d.run_id ORDER BY e.name COLLATE "C", e.id`,
};

/** What runs brought that a rule is about. Set-based, and a subject lists no more grants than its campaign may hold. */
export const findSubjects = (tx: Tx, rule: MicroRule, { runIds, maxItems, alsoEnded = false }: Find): Promise<MicroSubject[]> =>
  rule === "new_privileged_grant"
    ? tx.rows<MicroSubject>(FOUND[rule], [runIds, maxItems, alsoEnded])
    : tx.rows<MicroSubject>(FOUND[rule], [runIds, maxItems]);

/** One worker at a time minds a rule's rate. */
export const lockRule = (tx: Tx, rule: MicroRule) =>
  tx.rows("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))", [`micro:${rule}`]);

export async function startedInADay(tx: Tx, rule: MicroRule, now: Date): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM micro_starts WHERE rule = $1::text AND outcome = 'started' AND at > $2::timestamptz - interval '24 hours'`,
    [rule, now],
  );
  return row?.count ?? 0;
}

/** Subjects of a run that the rule has answered, or put off, already. */
export async function answeredSubjects(tx: Tx, rule: MicroRule, runId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT subject_id AS id FROM micro_starts WHERE rule = $1::text AND run_id = $2::uuid
     UNION SELECT subject_id FROM micro_waits WHERE rule = $1::text AND run_id = $2::uuid`,
    [rule, runId],
  );
  return new Set(rows.map(({ id }) => id));
}

export type MicroStart = Pick<MicroSubject, "subjectKind" | "subjectId" | "label" | "runId" | "found"> & {
  rule: MicroRule;
  outcome: "started" | "limited" | "nothing";
  campaignId: string | null;
  items: number;
  why: string;
  now: Date;
};

export async function keepStart(tx: Tx, start: MicroStart): Promise<void> {
  await tx.rows(
    `INSERT INTO micro_starts (rule, subject_kind, subject_id, subject_label, run_id, outcome, campaign_id, found, items, why, at)
     VALUES ($1::text, $2::text, $3::uuid, $4::text, $5::uuid, $6::text, $7::uuid, $8::int, $9::int, $10::text, $11::timestamptz)`,
    [
      start.rule,
      start.subjectKind,
      start.subjectId,
      start.label,
      start.runId,
      start.outcome,
      start.campaignId,
      start.found,
      start.items,
      start.why,
      start.now,
    ],
  );
}

/** Those that the rate leaves no room for now: each waits until a start, or that nothing of it stands any more, is kept for it. */
export const keepWaits = (tx: Tx, rule: MicroRule, subjects: readonly MicroSubject[], now: Date) =>
  tx.rows(
    `INSERT INTO micro_waits (rule, subject_kind, subject_id, subject_label, run_id, found, at)
     SELECT $1::text, w."subjectKind", w."subjectId", w.label, w."runId", w.found, $3::timestamptz
     FROM jsonb_to_recordset($2::jsonb) AS w("subjectKind" text, "subjectId" uuid, label text, "runId" uuid, found int)
     ON CONFLICT DO NOTHING`,
    [rule, JSON.stringify(subjects), now],
  );

/** What still waits, as w. */
export const WAITING = `NOT EXISTS (SELECT FROM micro_starts s WHERE s.rule = w.rule AND s.subject_id = w.subject_id AND s.run_id = w.run_id AND s.outcome <> 'limited')`;

export async function countWaits(tx: Tx, rule: MicroRule): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM micro_waits w WHERE w.rule = $1::text AND ${WAITING}`,
    [rule],
  );
  return row?.count ?? 0;
}

export type MicroWait = Pick<MicroSubject, "subjectKind" | "subjectId" | "label" | "runId" | "found">;

/** The longest waiting first. */
export const readWaits = (tx: Tx, rule: MicroRule, limit: number): Promise<MicroWait[]> =>
  tx.rows<MicroWait>(
    `SELECT w.subject_kind AS "subjectKind", w.subject_id AS "subjectId", w.subject_label AS label, w.run_id AS "runId", w.found FROM micro_waits w
     WHERE w.rule = $1::text AND ${WAITING} ORDER BY w.at, w.subject_label COLLATE "C", w.subject_id, w.run_id LIMIT $2::int`,
    [rule, limit],
  );
