import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { decodeCursor } from "#lib/db/cursor.ts";
import { reader } from "#lib/db/transact.ts";
import { iso, PAGE, type Page, pageOf } from "./list-page.sql.ts";
import { HOLDS, MAY_BE_USED, TELLS_FACTORS } from "./posture.sql.ts";
import type { LastUse } from "./posture.ts";
import type { PostureList, PostureRow, PostureRowsParams } from "./posture-rows.ts";

type Given = Omit<PostureRowsParams, "cursor">;

/** As conditions that the planner can weigh: what few grants fit is found otherwise than what many do. $5 is now. */
const USED: Readonly<Record<LastUse, string>> = {
  month: usedBetween(30, 0),
  quarter: usedBetween(90, 30),
  older: `g.last_used_kind = 'value' AND g.last_used_at < ${daysBefore(90)}`,
  never: "g.last_used_kind = 'never'",
  unknown: "g.last_used_kind = 'unknown'",
  not_supported: "g.last_used_kind = 'not_supported'",
};

function daysBefore(days: number): string {
  return `coalesce(f.as_of, $5::timestamptz) - interval '${days} days'`;
}

function usedBetween(from: number, until: number): string {
  const isBefore = until === 0 ? "" : ` AND g.last_used_at < ${daysBefore(until)}`;
  return `g.last_used_kind = 'value' AND g.last_used_at >= ${daysBefore(from)}${isBefore}`;
}

/**
 * What is no parameter of a list is null there, and no condition. $1 to $3 are where the page begins: in the order of `first`, `second` and
 * `id`, which each list has among its columns.
 */
type Query = { sql: (given: Given) => string; values: (given: Given, now: Date) => readonly (string | null)[] };

const LISTS: Readonly<Record<PostureList, Query>> = {
  leavers: {
    sql: () => `SELECT p.id, p.id AS "personId", NULL AS "identityId", p.name, string_agg(DISTINCT i.name, ', ') AS what,
        CASE p.status WHEN 'left' THEN 'has left' ELSE 'status unknown' END AS detail, string_agg(DISTINCT s.name, ', ') AS source,
        CASE WHEN p.ended_on IS NULL THEN 'unknown' ELSE 'value' END AS "atKind", ${iso("p.ended_on::timestamp AT TIME ZONE 'UTC'")} AS at,
        coalesce(p.ended_on::text, '') COLLATE "C" AS first, p.name COLLATE "C" AS second
      FROM people p JOIN identities i ON i.person_id = p.id AND ${MAY_BE_USED} JOIN sources s ON s.id = i.source_id
      WHERE ${HOLDS} AND CASE WHEN $4::text = 'untold' THEN p.status <> 'left' AND (p.status = 'unknown' OR p.gone_run_id IS NOT NULL) ELSE p.status = 'left' END
      GROUP BY p.id`,
    values: ({ status }) => [status ?? null],
  },
  grants: {
    // Entitlement by entitlement in the order of their names, so that a page reads the grants of a few and not all of them.
    sql: ({ used }) => `SELECT h.*, x.name AS what, concat_ws(', ', o.name,
          CASE WHEN $4::text IS NULL THEN CASE x.privileged WHEN 'yes' THEN 'privileged' WHEN 'unknown' THEN 'unknown whether privileged' END END) AS detail, x.name COLLATE "C" AS first
      FROM (
        SELECT e.id, e.name, e.resource_id, CASE WHEN e.privileged = 'yes' OR bool_or(r.privileged = 'yes') THEN 'yes'
          WHEN e.privileged = 'unknown' OR bool_or(r.privileged = 'unknown') THEN 'unknown' ELSE 'no' END AS privileged
        FROM entitlements e LEFT JOIN entitlement_closure c ON c.holder_id = e.id LEFT JOIN entitlements r ON r.id = c.reached_id
        WHERE e.gone_run_id IS NULL AND ($1::text IS NULL OR e.name COLLATE "C" >= $1::text) GROUP BY e.id ORDER BY e.name COLLATE "C"
      ) x LEFT JOIN resources o ON o.id = x.resource_id CROSS JOIN LATERAL (
        SELECT g.id, i.person_id AS "personId", i.id AS "identityId", i.name, s.name AS source, g.last_used_kind AS "atKind", ${iso("g.last_used_at")} AS at,
          i.name COLLATE "C" AS second
        FROM grants g JOIN identities i ON i.id = g.holder_id JOIN sources s ON s.id = g.source_id LEFT JOIN grant_figures f ON f.source_id = g.source_id
        WHERE g.entitlement_id = x.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
          AND ${used ? USED[used] : "true"} AND $5::timestamptz IS NOT NULL
      ) h WHERE $4::text IS NULL OR x.privileged = $4::text`,
    values: ({ privileged }, now) => [privileged ?? null, now.toISOString()],
  },
  credentials: {
    sql: () => `SELECT c.id, i.person_id AS "personId", i.id AS "identityId", coalesce(i.name, c.external_id) AS name, c.kind AS what,
        CASE c.expires_kind WHEN 'value' THEN 'ends ' || to_char(c.expires_at AT TIME ZONE 'UTC', 'FMDD Mon YYYY') WHEN 'never' THEN 'never ends' ELSE 'unknown whether it ends' END AS detail,
        s.name AS source, c.created_kind AS "atKind", ${iso("c.created_at")} AS at,
        coalesce(${iso("c.created_at")}, '') COLLATE "C" AS first, coalesce(i.name, '') COLLATE "C" AS second
      FROM credentials c JOIN sources s ON s.id = c.source_id LEFT JOIN identities i ON i.id = c.identity_id
      WHERE c.gone_run_id IS NULL AND ($4::text IS NULL OR $4::text = CASE WHEN c.created_kind <> 'value' THEN 'unknown'
          WHEN c.created_at >= $6::timestamptz - interval '90 days' THEN 'quarter' WHEN c.created_at >= $6::timestamptz - interval '1 year' THEN 'year' ELSE 'older' END)
        AND ($5::text IS NULL OR $5::text = CASE c.expires_kind WHEN 'value' THEN 'bounded' WHEN 'never' THEN 'never' ELSE 'unknown' END)`,
    values: ({ age, lifetime }, now) => [age ?? null, lifetime ?? null, now.toISOString()],
  },
  factors: {
    sql: () => `SELECT f.id, i.person_id AS "personId", i.id AS "identityId", coalesce(i.name, f.external_id) AS name, replace(f.kind, '_', ' ') AS what,
        CASE f.phishing_resistant WHEN 'yes' THEN 'phishing-resistant' WHEN 'no' THEN 'not phishing-resistant' ELSE 'unknown whether phishing-resistant' END AS detail,
        s.name AS source, f.enrolled_kind AS "atKind", ${iso("f.enrolled_at")} AS at, f.kind COLLATE "C" AS first, coalesce(i.name, '') COLLATE "C" AS second
      FROM factors f JOIN sources s ON s.id = f.source_id LEFT JOIN identities i ON i.id = f.identity_id
      WHERE f.gone_run_id IS NULL AND ($4::text IS NULL OR f.kind = $4::text) AND ($5::text IS NULL OR f.phishing_resistant = $5::text)`,
    values: ({ kind, resistant }) => [kind ?? null, resistant ?? null],
  },
  people: {
    sql: () => `SELECT * FROM (SELECT i.id, i.person_id AS "personId", i.id AS "identityId", i.name, coalesce(p.name, 'no person known') AS what,
        CASE WHEN EXISTS (SELECT FROM factors f WHERE f.identity_id = i.id AND f.gone_run_id IS NULL) THEN 'some'
          WHEN i.source_id IN ${TELLS_FACTORS} THEN 'none' ELSE 'untold' END AS detail,
        s.name AS source, i.last_used_kind AS "atKind", ${iso("i.last_used_at")} AS at, i.name COLLATE "C" AS first, '' AS second
      FROM identities i JOIN sources s ON s.id = i.source_id LEFT JOIN people p ON p.id = i.person_id WHERE i.class = 'human' AND ${MAY_BE_USED}) each
      WHERE $4::text IS NULL OR detail = $4::text`,
    values: ({ factor }) => [factor ?? null],
  },
};

/** The rows behind a number, by the conditions that counted it, 50 a page. */
export async function listPostureRows(_scope: InventoryScope, asked: PostureRowsParams, now: Date): Promise<Page<PostureRow>> {
  const { cursor, ...given } = asked;
  const list = `posture:${JSON.stringify(given)}`;
  const [first, second, id] = cursor ? decodeCursor(list, cursor) : [null, null, null];
  const { sql, values } = LISTS[given.of];
  const rows = await reader.rows<PostureRow & { first: string; second: string }>(
    `SELECT * FROM (${sql(given)}) each WHERE $1::text IS NULL OR (first, second, id) > ($1::text, $2::text, $3::uuid)
     ORDER BY first, second, id LIMIT ${PAGE + 1}`,
    [first, second, id, ...values(given, now)],
  );
  const page = pageOf(rows, list, (row) => [row.first, row.second, row.id]);
  return { rows: page.rows.map(({ first: _first, second: _second, ...row }) => row), next: page.next };
}
