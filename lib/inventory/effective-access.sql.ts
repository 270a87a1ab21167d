import "server-only";
import type { Tx } from "#lib/db/tx.ts";

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

export type Reached = {
  entitlementId: string;
  entitlement: string;
  meaning: string | null;
  privileged: string;
  resourceId: string | null;
  resource: string | null;
  environment: string | null;
  grantId: string;
  depth: number;
  path: Step[];
};

const PATH = `(SELECT coalesce(jsonb_agg(jsonb_build_object('entitlementId', s.id, 'name', s.name) ORDER BY p.at), '[]')
  FROM unnest(access_path(a.first_id, a.entitlement_id)) WITH ORDINALITY p (id, at) JOIN entitlements s ON s.id = p.id)`;

/** What an identity reaches, each entitlement once by its shortest way, in id order after `after`. */
export async function reachedBy(tx: Tx, identityId: string, after: string | null, limit: number): Promise<Reached[]> {
  return tx.rows<Reached>(
    `SELECT e.id AS "entitlementId", e.name AS entitlement, e.meaning, e.privileged, r.id AS "resourceId", r.name AS resource, r.environment,
       a.grant_id AS "grantId", a.depth, ${PATH} AS path
     FROM (SELECT DISTINCT ON (entitlement_id) * FROM ${EFFECTIVE_ACCESS} x WHERE identity_id = $1::uuid AND ($2::uuid IS NULL OR entitlement_id > $2::uuid)
           ORDER BY entitlement_id, depth, grant_id LIMIT $3::int) a
     JOIN entitlements e ON e.id = a.entitlement_id LEFT JOIN resources r ON r.id = e.resource_id
     ORDER BY a.entitlement_id`,
    [identityId, after, limit],
  );
}

export type Reacher = {
  identityId: string;
  identity: string;
  class: string;
  sourceId: string;
  personId: string | null;
  person: string | null;
  grantId: string;
  entitlementId: string;
  entitlement: string;
  depth: number;
  path: Step[];
};

/** Who reaches an entitlement, or any of a resource's, each identity once by its shortest way, in id order after `after`. */
export async function reachersOf(
  tx: Tx,
  target: { entitlementId: string } | { resourceId: string },
  after: string | null,
  limit: number,
): Promise<Reacher[]> {
  const isOne = "entitlementId" in target;
  const targets = isOne ? "SELECT $1::uuid AS id" : "SELECT id FROM entitlements WHERE resource_id = $1::uuid AND gone_run_id IS NULL";
  return tx.rows<Reacher>(
    `WITH wanted AS MATERIALIZED (${targets})
     SELECT i.id AS "identityId", i.name AS identity, i.class, i.source_id AS "sourceId", p.id AS "personId", p.name AS person,
       a.grant_id AS "grantId", a.entitlement_id AS "entitlementId", e.name AS entitlement, a.depth, ${PATH} AS path
     FROM (SELECT DISTINCT ON (identity_id) * FROM (
             SELECT g.id AS grant_id, g.holder_id AS identity_id, g.entitlement_id AS first_id, w.id AS entitlement_id, 0 AS depth
             FROM wanted w JOIN grants g ON g.entitlement_id = w.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
             UNION ALL
             SELECT g.id, g.holder_id, g.entitlement_id, w.id, c.depth FROM wanted w JOIN entitlement_closure c ON c.reached_id = w.id
             JOIN grants g ON g.entitlement_id = c.holder_id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
           ) x WHERE $2::uuid IS NULL OR identity_id > $2::uuid
           ORDER BY identity_id, depth, entitlement_id, grant_id LIMIT $3::int) a
     JOIN identities i ON i.id = a.identity_id JOIN entitlements e ON e.id = a.entitlement_id LEFT JOIN people p ON p.id = i.person_id
     ORDER BY a.identity_id`,
    [isOne ? target.entitlementId : target.resourceId, after, limit],
  );
}

export type ReachCounts = { identities: number; direct: number };

/** How many identities reach a resource at all, and how many of them by a grant on it. */
export async function countReachers(tx: Tx, resourceId: string): Promise<ReachCounts> {
  const [row] = await tx.rows<ReachCounts>(
    `WITH wanted AS MATERIALIZED (SELECT id FROM entitlements WHERE resource_id = $1::uuid AND gone_run_id IS NULL),
       through AS (SELECT id, true AS is_direct FROM wanted UNION ALL SELECT c.holder_id, false FROM wanted w JOIN entitlement_closure c ON c.reached_id = w.id)
     SELECT count(DISTINCT g.holder_id)::int AS identities, count(DISTINCT g.holder_id) FILTER (WHERE t.is_direct)::int AS direct
     FROM through t JOIN grants g ON g.entitlement_id = t.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL`,
    [resourceId],
  );
  return row ?? { identities: 0, direct: 0 };
}
