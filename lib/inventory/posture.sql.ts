import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { type CredentialCount, type FactorCount, grantCounts, type Leaver, type Posture } from "./posture.ts";
import { countProposed } from "./proposals.sql.ts";
import type { RunChanges, Week } from "./week.ts";

const LISTED_LEAVERS = 5;
export const MAY_BE_USED = "i.gone_run_id IS NULL AND i.status NOT IN ('disabled', 'deleted')";
export const HOLDS = "EXISTS (SELECT FROM grants g WHERE g.holder_id = i.id AND g.ended_run_id IS NULL)";
/** The sources whose last applied run told the factors whole. */
export const TELLS_FACTORS = `(SELECT s.id FROM sources s JOIN LATERAL (SELECT r.id FROM sync_runs r WHERE r.source_id = s.id AND r.state = 'APPLIED'
  ORDER BY r.started_at DESC LIMIT 1) r ON true JOIN sync_streams t ON t.run_id = r.id AND t.stream = 'factors' AND t.completeness = 'complete')`;

/** Where the inventory stands, in numbers. Grants are read as counted after the last run of each source; the rest is as small as its identities. */
export async function getPosture(scope: InventoryScope, now: Date): Promise<Posture> {
  const [factors, people, credentials, grants, proposed, nobody, leavers] = await Promise.all([
    countFactors(),
    countPeople(),
    countCredentials(now),
    readGrantFigures(),
    countProposed(scope),
    countWithoutPerson(),
    findLeavers(),
  ]);
  return { factors, people, credentials, ...grants, unmatched: { proposed, nobody }, leavers };
}

const countFactors = (): Promise<FactorCount[]> =>
  reader.rows<FactorCount>(
    `SELECT f.kind, f.phishing_resistant AS "phishingResistant", count(*)::int AS factors
     FROM factors f WHERE f.gone_run_id IS NULL GROUP BY 1, 2 ORDER BY 1, 2`,
  );

async function countPeople(): Promise<Posture["people"]> {
  const [row] = await reader.rows<Posture["people"]>(
    `SELECT count(*)::int AS identities, count(*) FILTER (WHERE has)::int AS "withFactor", count(*) FILTER (WHERE NOT has AND told)::int AS none,
       count(*) FILTER (WHERE NOT has AND NOT told)::int AS untold
     FROM (SELECT EXISTS (SELECT FROM factors f WHERE f.identity_id = i.id AND f.gone_run_id IS NULL) AS has, i.source_id IN ${TELLS_FACTORS} AS told
           FROM identities i WHERE i.class = 'human' AND ${MAY_BE_USED}) each`,
  );
  return row ?? { identities: 0, withFactor: 0, none: 0, untold: 0 };
}

const countCredentials = (now: Date): Promise<CredentialCount[]> =>
  reader.rows<CredentialCount>(
    `SELECT CASE WHEN c.created_kind <> 'value' THEN 'unknown' WHEN c.created_at >= $1::timestamptz - interval '90 days' THEN 'quarter'
         WHEN c.created_at >= $1::timestamptz - interval '1 year' THEN 'year' ELSE 'older' END AS age,
       CASE c.expires_kind WHEN 'value' THEN 'bounded' WHEN 'never' THEN 'never' ELSE 'unknown' END AS lifetime, count(*)::int AS credentials
     FROM credentials c WHERE c.gone_run_id IS NULL GROUP BY 1, 2 ORDER BY 1, 2`,
    [now.toISOString()],
  );

async function readGrantFigures(): Promise<Pick<Posture, "grants" | "grantsAsOf" | "uncounted">> {
  const rows = await reader.rows<{ asOf: Date | null; counts: unknown }>(
    `SELECT f.as_of AS "asOf", coalesce(f.counts, '[]') AS counts FROM sources s LEFT JOIN grant_figures f ON f.source_id = s.id
     WHERE s.state <> 'retired' AND EXISTS (SELECT FROM sync_runs r WHERE r.source_id = s.id AND r.state = 'APPLIED')`,
  );
  const counted = rows.flatMap(({ asOf }) => (asOf ? [asOf.toISOString()] : [])).sort();
  return {
    grants: rows.flatMap(({ counts }) => grantCounts.parse(counts)),
    grantsAsOf: counted[0] ?? null,
    uncounted: rows.length - counted.length,
  };
}

async function countWithoutPerson(): Promise<number> {
  const [row] = await reader.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM identities i WHERE i.gone_run_id IS NULL AND i.person_id IS NULL
       AND i.class IN ('human', 'unknown', 'break_glass', 'shared')
       AND NOT EXISTS (SELECT FROM identity_person_matches o WHERE o.identity_id = i.id AND o.state = 'proposed')`,
  );
  return row?.count ?? 0;
}

async function findLeavers(): Promise<Posture["leavers"]> {
  const rows = await reader.rows<Leaver & { people: number; allIdentities: number }>(
    `SELECT p.id AS "personId", p.name, p.ended_on::text AS "endedOn", count(*)::int AS identities,
       sum((SELECT count(*) FROM grants g WHERE g.holder_id = i.id AND g.ended_run_id IS NULL))::int AS grants,
       (count(*) OVER ())::int AS people, (sum(count(*)) OVER ())::int AS "allIdentities"
     FROM people p JOIN identities i ON i.person_id = p.id AND ${MAY_BE_USED} WHERE p.status = 'left' AND ${HOLDS}
     GROUP BY p.id ORDER BY p.ended_on NULLS FIRST, p.name COLLATE "C", p.id LIMIT ${LISTED_LEAVERS}`,
  );
  const [other] = await reader.rows<{ untold: number }>(
    `SELECT count(DISTINCT p.id)::int AS untold FROM people p JOIN identities i ON i.person_id = p.id AND ${MAY_BE_USED}
     WHERE p.status <> 'left' AND (p.status = 'unknown' OR p.gone_run_id IS NOT NULL) AND ${HOLDS}`,
  );
  return {
    people: rows[0]?.people ?? 0,
    identities: rows[0]?.allIdentities ?? 0,
    untold: other?.untold ?? 0,
    rows: rows.map(({ people: _people, allIdentities: _all, ...leaver }) => leaver),
  };
}

export async function countLeavers(_scope: InventoryScope): Promise<number> {
  const [row] = await reader.rows<{ people: number }>(
    `SELECT count(DISTINCT p.id)::int AS people FROM people p JOIN identities i ON i.person_id = p.id AND ${MAY_BE_USED}
     WHERE p.status = 'left' AND ${HOLDS}`,
  );
  return row?.people ?? 0;
}

/** One more day than is shown, since the reader's day may have begun before ours. */
const WINDOW = "interval '8 days'";
const LISTED_RUNS = 2_000;

type AppliedRun = RunChanges & { isFirst: boolean; isCounted: boolean };

/** What the applied runs of the last week changed; counted after each run, so that no grant is read here. */
export async function getWeek(_scope: InventoryScope, now: Date): Promise<Week> {
  const rows = await reader.rows<AppliedRun>(
    `SELECT r.id AS "runId", r.source_id AS "sourceId", s.name AS source, to_char(r.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
       coalesce(c.added, (r.changes #>> '{grants,added}')::bigint, 0)::int AS added, coalesce(c.added_privileged, 0)::int AS "addedPrivileged", coalesce(c.added_unknown, 0)::int AS "addedUnknown",
       coalesce(c.ended, 0)::int AS ended, coalesce(c.ended_privileged, 0)::int AS "endedPrivileged", coalesce(c.ended_unknown, 0)::int AS "endedUnknown",
       c.run_id IS NOT NULL AS "isCounted",
       NOT EXISTS (SELECT FROM sync_runs b WHERE b.source_id = r.source_id AND b.state = 'APPLIED' AND b.started_at < r.started_at) AS "isFirst"
     FROM sync_runs r JOIN sources s ON s.id = r.source_id LEFT JOIN grant_changes c ON c.run_id = r.id
     WHERE r.state = 'APPLIED' AND r.finished_at >= $1::timestamptz - ${WINDOW} AND r.finished_at <= $1::timestamptz
       AND r.changes -> 'grants' IS NOT NULL AND (r.changes #>> '{grants,added}' <> '0' OR r.changes #>> '{grants,ended}' <> '0')
     ORDER BY r.finished_at DESC, r.id DESC LIMIT ${LISTED_RUNS}`,
    [now.toISOString()],
  );
  const firsts = rows.filter(({ isFirst }) => isFirst);
  const runs = rows.filter(({ isFirst, isCounted }) => isCounted && !isFirst);
  return {
    until: now.toISOString(),
    runs: runs.map(({ isFirst: _first, isCounted: _counted, ...run }) => run),
    firstReads: firsts.map(({ sourceId, source, runId, added }) => ({ sourceId, source, runId, grants: added })),
    uncounted: rows.filter(({ isFirst, isCounted }) => !isFirst && !isCounted).length,
  };
}
