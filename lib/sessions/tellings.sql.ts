import "server-only";
import { reader } from "#lib/db/transact.ts";
import { iso } from "./rows.sql.ts";
import type { LifetimeRow, SourceTelling } from "./types.ts";

/** What each source in use tells of sessions, and since when: read by its runs, derived from its log, both, or neither. */
export const sourceTellings = (): Promise<SourceTelling[]> =>
  reader.rows<SourceTelling>(
    `SELECT o.id AS "sourceId", o.name AS source,
       CASE WHEN r.since IS NOT NULL AND b.events IS NOT NULL THEN 'read and derived' WHEN r.since IS NOT NULL THEN 'read'
         WHEN b.events IS NOT NULL THEN 'derived' ELSE 'not told' END AS told,
       ${iso("r.since")} AS "readSince", ${iso("r.last")} AS "readAt", ${iso("b.first_at")} AS "derivedSince", ${iso("b.last_at")} AS "derivedUntil",
       coalesce(b.events, 0)::int AS events, coalesce(b.unmatched, 0)::int AS unmatched, coalesce(b.rejected, 0)::int AS rejected
     FROM sources o
     LEFT JOIN LATERAL (SELECT min(coalesce(r.observed_at, r.started_at)) AS since, max(coalesce(r.observed_at, r.started_at)) AS last
       FROM sync_runs r JOIN sync_streams t ON t.run_id = r.id AND t.stream = 'sessions' AND t.completeness <> 'unavailable'
       WHERE r.source_id = o.id AND r.state = 'APPLIED') r ON true
     LEFT JOIN LATERAL (SELECT sum(kept) AS events, sum(unmatched) AS unmatched, sum(rejected) AS rejected, min(first_at) AS first_at, max(last_at) AS last_at
       FROM access_event_batches b WHERE b.source_id = o.id) b ON true
     WHERE o.state <> 'retired' ORDER BY o.name COLLATE "C", o.id`,
  );

const AGES: readonly (readonly [label: string, days: number | null])[] = [
  ["under 30 days", 30],
  ["30 to 90 days", 90],
  ["90 to 180 days", 180],
  ["180 days to a year", 365],
  ["over a year", null],
];
export const LIFETIME_AGES = [...AGES.map(([label]) => label), "unknown age"];

/** Live keys and tokens by age at an instant: those that end, those that never do, those of which nobody says. */
export async function credentialLifetimes(at: string): Promise<LifetimeRow[]> {
  const bands = AGES.map(([label, days]) => (days === null ? `ELSE '${label}'` : `WHEN age < ${days} THEN '${label}'`)).join(" ");
  const rows = await reader.rows<LifetimeRow>(
    `SELECT CASE WHEN age IS NULL THEN 'unknown age' ${bands} END AS age, count(*) FILTER (WHERE expires_kind = 'value')::int AS bounded,
       count(*) FILTER (WHERE expires_kind = 'never')::int AS endless, count(*) FILTER (WHERE expires_kind IN ('unknown', 'not_supported'))::int AS unknown
     FROM (SELECT c.expires_kind, extract(epoch FROM $1::timestamptz - c.created_at) / 86400 AS age FROM credentials c
       WHERE c.gone_run_id IS NULL AND c.kind IN ('key', 'token')) c GROUP BY 1`,
    [at],
  );
  return LIFETIME_AGES.map((age) => {
    const row = rows.find((each) => each.age === age);
    return { age, bounded: row?.bounded ?? 0, endless: row?.endless ?? 0, unknown: row?.unknown ?? 0 };
  });
}

export type TokenLife = { source: string; tokens: number; shortestMs: number; medianMs: number; longestMs: number };

/** How long the tokens that events show were given for. */
export const tokenLives = (): Promise<TokenLife[]> =>
  reader.rows<TokenLife>(
    `SELECT o.name AS source, count(*)::int AS tokens, (1000 * min(l.seconds))::float8 AS "shortestMs",
       (1000 * percentile_disc(0.5) WITHIN GROUP (ORDER BY l.seconds))::float8 AS "medianMs", (1000 * max(l.seconds))::float8 AS "longestMs"
     FROM sessions s JOIN sources o ON o.id = s.source_id, LATERAL (SELECT extract(epoch FROM s.expires_at - s.started_at) AS seconds) l
     WHERE s.told = 'derived' AND s.expires_at IS NOT NULL GROUP BY o.id, o.name ORDER BY o.name COLLATE "C"`,
  );
