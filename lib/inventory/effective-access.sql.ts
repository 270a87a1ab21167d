import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { iso } from "./list-page.sql.ts";

/**
 * Effective access as a table expression, not as a table: one row for each direct live grant of an identity and each entitlement that it
 * leads to, itself included (depth 0). `first_id` is what the identity holds, `entitlement_id` what it reaches by it; access_path(first_id,
 * entitlement_id) gives the way. Conditions on any column reach the indexes. For queries here and for a freeze to join.
 */
export const EFFECTIVE_ACCESS = `(
  SELECT g.source_id, g.id AS grant_id, g.holder_id AS identity_id, g.entitlement_id AS first_id, g.entitlement_id, 0 AS depth
  FROM grants g WHERE g.holder_kind = 'identity' AND g.ended_run_id IS NULL
  UNION ALL
  SELECT g.source_id, g.id, g.holder_id, g.entitlement_id, c.reached_id, c.depth
  FROM grants g JOIN entitlement_closure c ON c.holder_id = g.entitlement_id WHERE g.holder_kind = 'identity' AND g.ended_run_id IS NULL
)`;

/** A step of a path, from what is held to what is reached. */
export type Step = { entitlementId: string; name: string };

/** Where a row stands in its list, for the cursor. */
type Place = readonly (string | number)[];

export type Reached = {
  entitlementId: string;
  entitlement: string;
  meaning: string | null;
  privileged: string;
  resourceId: string | null;
  resource: string | null;
  resourceClass: string | null;
  environment: string | null;
  sensitivity: string | null;
  /** Of the identities asked about, the one that gets there by the shortest way. */
  identityId: string;
  identity: string;
  /** The direct grant that the way begins with, and its terms. */
  grantId: string;
  startedKind: string;
  startedAt: string | null;
  expiresKind: string;
  expiresAt: string | null;
  lastUsedKind: string;
  lastUsedAt: string | null;
  grantedBy: string | null;
  depth: number;
  path: Step[];
  place: Place;
};

export const GRANT_TERMS = `g.started_kind AS "startedKind", ${iso("g.started_at")} AS "startedAt", g.expires_kind AS "expiresKind", ${iso("g.expires_at")} AS "expiresAt",
  g.last_used_kind AS "lastUsedKind", ${iso("g.last_used_at")} AS "lastUsedAt", g.granted_by AS "grantedBy"`;

const PATH = `(SELECT coalesce(jsonb_agg(jsonb_build_object('entitlementId', s.id, 'name', s.name) ORDER BY p.at), '[]')
  FROM unnest(access_path(a.first_id, a.entitlement_id)) WITH ORDINALITY p (id, at) JOIN entitlements s ON s.id = p.id)`;

/** Privileged first, then what may be, then the rest. */
const RANK = "CASE e.privileged WHEN 'yes' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END";
const REACHED_ORDER =
  'a.resource_rank, a.no_resource, a.resource_name COLLATE "C", a.resource_key, a.rank, a.entitlement_name COLLATE "C", a.entitlement_id';

type Asked = { after: Place | null; limit: number };
export type ReachedAsked = Asked & { search?: string | null; privileged?: string | undefined };

/** What these identities reach, each entitlement once by its shortest way; resource by resource, what is privileged first. */
export async function reachedBy(tx: Tx, identityIds: readonly string[], asked: ReachedAsked): Promise<Reached[]> {
  return tx.rows<Reached>(
    `WITH found AS (
       SELECT DISTINCT ON (x.entitlement_id) x.entitlement_id, x.first_id, x.identity_id, x.source_id, x.grant_id, x.depth
       FROM ${EFFECTIVE_ACCESS} x WHERE x.identity_id = ANY ($1::uuid[]) ORDER BY x.entitlement_id, x.depth, x.grant_id
     ), told AS (
       SELECT f.*, e.name AS entitlement_name, e.meaning, e.privileged, r.id AS resource_id, r.class, r.environment, r.sensitivity,
         ${RANK} AS rank, min(${RANK}) OVER (PARTITION BY r.id) AS resource_rank, (r.id IS NULL)::int AS no_resource,
         coalesce(r.name, '') AS resource_name, coalesce(r.id, '00000000-0000-0000-0000-000000000000') AS resource_key
       FROM found f JOIN entitlements e ON e.id = f.entitlement_id LEFT JOIN resources r ON r.id = e.resource_id
       WHERE ($2::text IS NULL OR e.name ILIKE $2::text OR e.meaning ILIKE $2::text OR r.name ILIKE $2::text)
         AND ($3::text IS NULL OR e.privileged = $3::text)
     ), page AS (
       SELECT * FROM told a
       WHERE $4::int IS NULL OR (${REACHED_ORDER}) > ($4::int, $5::int, $6::text, $7::uuid, $8::int, $9::text, $10::uuid)
       ORDER BY ${REACHED_ORDER} LIMIT $11::int
     )
     SELECT a.entitlement_id AS "entitlementId", a.entitlement_name AS entitlement, a.meaning, a.privileged, a.resource_id AS "resourceId",
       CASE WHEN a.no_resource = 0 THEN a.resource_name END AS resource, a.class AS "resourceClass", a.environment, a.sensitivity,
       i.id AS "identityId", i.name AS identity, a.grant_id AS "grantId", ${GRANT_TERMS}, a.depth, ${PATH} AS path,
       jsonb_build_array(a.resource_rank, a.no_resource, a.resource_name, a.resource_key, a.rank, a.entitlement_name, a.entitlement_id) AS place
     FROM page a JOIN identities i ON i.id = a.identity_id JOIN grants g ON g.source_id = a.source_id AND g.id = a.grant_id ORDER BY ${REACHED_ORDER}`,
    [identityIds, asked.search ?? null, asked.privileged ?? null, ...(asked.after ?? Array(7).fill(null)), asked.limit],
  );
}

export type ReachTotals = { entitlements: number; privileged: number; unknown: number; resources: number };

/** How much these identities reach together. */
export async function reachTotals(tx: Tx, identityIds: readonly string[]): Promise<ReachTotals> {
  const [row] = await tx.rows<ReachTotals>(
    `SELECT count(*)::int AS entitlements, count(*) FILTER (WHERE e.privileged = 'yes')::int AS privileged,
       count(*) FILTER (WHERE e.privileged = 'unknown')::int AS unknown, count(DISTINCT e.resource_id)::int AS resources
     FROM (SELECT DISTINCT x.entitlement_id FROM ${EFFECTIVE_ACCESS} x WHERE x.identity_id = ANY ($1::uuid[])) a
     JOIN entitlements e ON e.id = a.entitlement_id`,
    [identityIds],
  );
  return row ?? { entitlements: 0, privileged: 0, unknown: 0, resources: 0 };
}

export type Reacher = {
  identityId: string;
  identity: string;
  class: string;
  status: string;
  sourceId: string;
  source: string;
  personId: string | null;
  person: string | null;
  /** left, or gone from the people source: they should reach nothing any more. */
  personStatus: string | null;
  grantId: string;
  lastUsedKind: string;
  lastUsedAt: string | null;
  entitlementId: string;
  entitlement: string;
  privileged: string;
  depth: number;
  path: Step[];
  /** How many more of the resource's entitlements they reach. */
  others: number;
};

export type Target = { entitlementId: string } | { resourceId: string };

/** The entitlement itself, or all that are on the resource, as rows of an id and its rank; $1. */
const wantedOf = (target: Target): string =>
  `SELECT e.id, ${RANK} AS rank FROM entitlements e WHERE ${"entitlementId" in target ? "e.id = $1::uuid" : "e.resource_id = $1::uuid AND e.gone_run_id IS NULL"}`;
const idOf = (target: Target): string => ("entitlementId" in target ? target.entitlementId : target.resourceId);

export type ReachersAsked = Asked & {
  search?: string | null;
  class?: string | undefined;
  /** direct: by a grant of their own, among others; path: only through groups or roles. */
  way?: "direct" | "path" | undefined;
  privileged?: string | undefined;
};

/** Who reaches an entitlement, or any of a resource's, by name: each identity once, by what is privileged before what is not, and the shortest way to that. */
export async function reachersOf(tx: Tx, target: Target, asked: ReachersAsked): Promise<Reacher[]> {
  return tx.rows<Reacher>(
    `WITH wanted AS MATERIALIZED (${wantedOf(target)}), ways AS (
       SELECT g.source_id, g.id AS grant_id, g.holder_id AS identity_id, g.entitlement_id AS first_id, w.id AS entitlement_id, w.rank, 0 AS depth,
         g.last_used_kind, g.last_used_at
       FROM wanted w JOIN grants g ON g.entitlement_id = w.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
       UNION ALL
       SELECT g.source_id, g.id, g.holder_id, g.entitlement_id, w.id, w.rank, c.depth, g.last_used_kind, g.last_used_at
       FROM wanted w JOIN entitlement_closure c ON c.reached_id = w.id
       JOIN grants g ON g.entitlement_id = c.holder_id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
     ), found AS (
       SELECT DISTINCT ON (identity_id) *, min(depth) OVER (PARTITION BY identity_id) = 0 AS is_direct FROM ways
       ORDER BY identity_id, rank, depth, entitlement_id, grant_id
     ), page AS (
       SELECT a.*, i.name, i.class, i.status, i.source_id AS identity_source, i.person_id FROM found a JOIN identities i ON i.id = a.identity_id
       LEFT JOIN people p ON p.id = i.person_id
       WHERE ($2::text IS NULL OR i.name ILIKE $2::text OR i.login ILIKE $2::text OR p.name ILIKE $2::text) AND ($3::text IS NULL OR i.class = $3::text)
         AND ($4::text IS NULL OR a.is_direct = ($4::text = 'direct')) AND ($5::text IS NULL OR a.rank = CASE $5::text WHEN 'yes' THEN 0 ELSE 1 END)
         AND ($6::text IS NULL OR (i.name COLLATE "C", i.id) > ($6::text, $7::uuid))
       ORDER BY i.name COLLATE "C", i.id LIMIT $8::int
     )
     SELECT a.identity_id AS "identityId", a.name AS identity, a.class, a.status, s.id AS "sourceId", s.name AS source, p.id AS "personId",
       p.name AS person, CASE WHEN p.gone_run_id IS NULL THEN p.status ELSE 'gone' END AS "personStatus", a.grant_id AS "grantId",
       a.last_used_kind AS "lastUsedKind", ${iso("a.last_used_at")} AS "lastUsedAt", a.entitlement_id AS "entitlementId", e.name AS entitlement,
       e.privileged, a.depth, ${PATH} AS path,
       (SELECT count(DISTINCT x.entitlement_id)::int - 1 FROM ${EFFECTIVE_ACCESS} x JOIN wanted w ON w.id = x.entitlement_id
        WHERE x.identity_id = a.identity_id) AS others
     FROM page a JOIN sources s ON s.id = a.identity_source JOIN entitlements e ON e.id = a.entitlement_id LEFT JOIN people p ON p.id = a.person_id
     ORDER BY a.name COLLATE "C", a.identity_id`,
    [
      idOf(target),
      asked.search ?? null,
      asked.class ?? null,
      asked.way ?? null,
      asked.privileged ?? null,
      asked.after?.[0] ?? null,
      asked.after?.[1] ?? null,
      asked.limit,
    ],
  );
}

export type ReachCounts = { identities: number; direct: number };

/** How many identities reach something at all, and how many of them by a grant on it. */
export async function countReachers(tx: Tx, target: Target): Promise<ReachCounts> {
  const [row] = await tx.rows<ReachCounts>(
    `WITH wanted AS MATERIALIZED (${wantedOf(target)}),
       through AS (SELECT id, true AS is_direct FROM wanted UNION ALL SELECT c.holder_id, false FROM wanted w JOIN entitlement_closure c ON c.reached_id = w.id)
     SELECT count(DISTINCT g.holder_id)::int AS identities, count(DISTINCT g.holder_id) FILTER (WHERE t.is_direct)::int AS direct
     FROM through t JOIN grants g ON g.entitlement_id = t.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL`,
    [idOf(target)],
  );
  return row ?? { identities: 0, direct: 0 };
}
