import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { HOLDS, MAY_BE_USED, TELLS_FACTORS } from "./posture.sql.ts";
import type { PostureList, PostureRow, PostureRowsParams } from "./posture-rows.ts";

export const LISTED = 200;

const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** What is no parameter of a list is null there, and no condition. */
type Query = { sql: string; values: (given: PostureRowsParams, now: Date) => readonly (string | null)[] };

const LISTS: Readonly<Record<PostureList, Query>> = {
  leavers: {
    sql: `SELECT p.id, p.id AS "personId", NULL AS "identityId", p.name, string_agg(i.name, ', ' ORDER BY i.name COLLATE "C") AS what,
        CASE p.status WHEN 'left' THEN 'has left' ELSE 'status unknown' END AS detail, min(s.name) AS source,
        CASE WHEN p.ended_on IS NULL THEN 'unknown' ELSE 'value' END AS "atKind", ${utc("p.ended_on::timestamp AT TIME ZONE 'UTC'")} AS at
      FROM people p JOIN identities i ON i.person_id = p.id AND ${MAY_BE_USED} JOIN sources s ON s.id = i.source_id
      WHERE ${HOLDS} AND CASE WHEN $1::text = 'untold' THEN p.status <> 'left' AND (p.status = 'unknown' OR p.gone_run_id IS NOT NULL) ELSE p.status = 'left' END
      GROUP BY p.id ORDER BY p.ended_on NULLS FIRST, p.name COLLATE "C", p.id`,
    values: ({ status }) => [status ?? null],
  },
  grants: {
    sql: `WITH gives AS MATERIALIZED (
        SELECT e.id, e.name, e.resource_id, CASE WHEN e.privileged = 'yes' OR bool_or(r.privileged = 'yes') THEN 'yes'
          WHEN e.privileged = 'unknown' OR bool_or(r.privileged = 'unknown') THEN 'unknown' ELSE 'no' END AS privileged
        FROM entitlements e LEFT JOIN entitlement_closure c ON c.holder_id = e.id LEFT JOIN entitlements r ON r.id = c.reached_id
        WHERE e.gone_run_id IS NULL GROUP BY e.id)
      SELECT g.id, i.person_id AS "personId", i.id AS "identityId", i.name, x.name AS what, concat_ws(', ', o.name,
          CASE x.privileged WHEN 'yes' THEN 'privileged' WHEN 'unknown' THEN 'unknown whether privileged' END) AS detail, s.name AS source,
        g.last_used_kind AS "atKind", ${utc("g.last_used_at")} AS at
      FROM gives x JOIN grants g ON g.entitlement_id = x.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
      JOIN identities i ON i.id = g.holder_id JOIN sources s ON s.id = g.source_id LEFT JOIN resources o ON o.id = x.resource_id
      LEFT JOIN grant_figures f ON f.source_id = g.source_id
      WHERE ($1::text IS NULL OR x.privileged = $1::text) AND ($2::text IS NULL OR $2::text = CASE WHEN g.last_used_kind <> 'value' THEN g.last_used_kind
          WHEN g.last_used_at >= coalesce(f.as_of, $3::timestamptz) - interval '30 days' THEN 'month'
          WHEN g.last_used_at >= coalesce(f.as_of, $3::timestamptz) - interval '90 days' THEN 'quarter' ELSE 'older' END)
      ORDER BY x.name COLLATE "C", i.name COLLATE "C", g.id`,
    values: ({ privileged, used }, now) => [privileged ?? null, used ?? null, now.toISOString()],
  },
  credentials: {
    sql: `SELECT c.id, i.person_id AS "personId", i.id AS "identityId", coalesce(i.name, c.external_id) AS name, c.kind AS what,
        CASE c.expires_kind WHEN 'value' THEN 'ends ' || c.expires_at::date WHEN 'never' THEN 'never ends' ELSE 'unknown whether it ends' END AS detail,
        s.name AS source, c.created_kind AS "atKind", ${utc("c.created_at")} AS at
      FROM credentials c JOIN sources s ON s.id = c.source_id LEFT JOIN identities i ON i.id = c.identity_id
      WHERE c.gone_run_id IS NULL AND ($1::text IS NULL OR $1::text = CASE WHEN c.created_kind <> 'value' THEN 'unknown'
          WHEN c.created_at >= $3::timestamptz - interval '90 days' THEN 'quarter' WHEN c.created_at >= $3::timestamptz - interval '1 year' THEN 'year' ELSE 'older' END)
        AND ($2::text IS NULL OR $2::text = CASE c.expires_kind WHEN 'value' THEN 'bounded' WHEN 'never' THEN 'never' ELSE 'unknown' END)
      ORDER BY c.created_at NULLS FIRST, i.name COLLATE "C", c.id`,
    values: ({ age, lifetime }, now) => [age ?? null, lifetime ?? null, now.toISOString()],
  },
  factors: {
    sql: `SELECT f.id, i.person_id AS "personId", i.id AS "identityId", coalesce(i.name, f.external_id) AS name, replace(f.kind, '_', ' ') AS what,
        CASE f.phishing_resistant WHEN 'yes' THEN 'phishing-resistant' WHEN 'no' THEN 'not phishing-resistant' ELSE 'unknown whether phishing-resistant' END AS detail,
        s.name AS source, f.enrolled_kind AS "atKind", ${utc("f.enrolled_at")} AS at
      FROM factors f JOIN sources s ON s.id = f.source_id LEFT JOIN identities i ON i.id = f.identity_id
      WHERE f.gone_run_id IS NULL AND ($1::text IS NULL OR f.kind = $1::text) AND ($2::text IS NULL OR f.phishing_resistant = $2::text)
      ORDER BY f.kind, i.name COLLATE "C", f.id`,
    values: ({ kind, resistant }) => [kind ?? null, resistant ?? null],
  },
  people: {
    sql: `SELECT * FROM (SELECT i.id, i.person_id AS "personId", i.id AS "identityId", i.name, coalesce(p.name, 'no person known') AS what,
        CASE WHEN EXISTS (SELECT FROM factors f WHERE f.identity_id = i.id AND f.gone_run_id IS NULL) THEN 'some'
          WHEN i.source_id IN ${TELLS_FACTORS} THEN 'none' ELSE 'untold' END AS detail,
        s.name AS source, i.last_used_kind AS "atKind", ${utc("i.last_used_at")} AS at
      FROM identities i JOIN sources s ON s.id = i.source_id LEFT JOIN people p ON p.id = i.person_id WHERE i.class = 'human' AND ${MAY_BE_USED}) each
      WHERE $1::text IS NULL OR detail = $1::text ORDER BY name COLLATE "C", id`,
    values: ({ factor }) => [factor ?? null],
  },
};

/** The first rows behind a number, by the conditions that counted it. */
export async function listPostureRows(_scope: InventoryScope, given: PostureRowsParams, now: Date): Promise<PostureRow[]> {
  const { sql, values } = LISTS[given.of];
  return reader.rows<PostureRow>(`${sql} LIMIT ${LISTED + 1}`, values(given, now));
}
