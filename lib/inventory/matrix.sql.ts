import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { EFFECTIVE_ACCESS } from "./effective-access.sql.ts";
import { pattern } from "./list-page.sql.ts";
import type { MatrixFilter } from "./search-params.ts";

/** What a screen holds. Beyond it the page says how many there are, and the export has all of them. */
export const MATRIX_ROWS = 40;
export const MATRIX_COLUMNS = 16;
/** What one file holds. Beyond it nothing is exported rather than a part. */
export const EXPORT_LINES = 50_000;

export type MatrixCell = {
  identityId: string;
  resourceId: string;
  entitlements: number;
  privileged: number;
  unknown: number;
  /** At least one is held directly; else all come through groups or roles. */
  isDirect: boolean;
};
export type MatrixIdentity = { id: string; name: string; class: string; person: string | null };
export type MatrixResource = { id: string; name: string; class: string; environment: string };
export type Matrix = {
  identities: MatrixIdentity[];
  identityCount: number;
  resources: MatrixResource[];
  resourceCount: number;
  cells: MatrixCell[];
};

/** $1 to $3. */
const IDENTITIES = `identities i LEFT JOIN people p ON p.id = i.person_id WHERE i.gone_run_id IS NULL
  AND ($1::text IS NULL OR i.name ILIKE $1::text OR i.login ILIKE $1::text OR p.name ILIKE $1::text)
  AND ($2::uuid IS NULL OR i.source_id = $2::uuid) AND ($3::text IS NULL OR i.class = $3::text)`;
const identityValues = (filter: MatrixFilter) => [pattern(filter.q), filter.source ?? null, filter.class ?? null];

const isWanted = (entitlement: string, filter: MatrixFilter): string => (filter.only ? ` AND ${entitlement}.privileged = 'yes'` : "");

/** Three parameters from `first` on. One without any entitlement is no column: nobody can reach it. */
const resourcesFrom = (first: number, filter: MatrixFilter): string => `resources r WHERE r.gone_run_id IS NULL
  AND ($${first}::text IS NULL OR r.name ILIKE $${first}::text) AND ($${first + 1}::text IS NULL OR r.class = $${first + 1}::text)
  AND ($${first + 2}::text IS NULL OR r.environment = $${first + 2}::text)
  AND EXISTS (SELECT FROM entitlements e WHERE e.resource_id = r.id AND e.gone_run_id IS NULL${isWanted("e", filter)})`;
const resourceValues = (filter: MatrixFilter) => [pattern(filter.resource), filter.resourceClass ?? null, filter.environment ?? null];

/** Identities by resources, the first of each by name, with how many there are. */
export async function getMatrix(_scope: InventoryScope, filter: MatrixFilter): Promise<Matrix> {
  const resources = resourcesFrom(1, filter);
  const [identities, identityCount, columns, resourceCount] = await Promise.all([
    reader.rows<MatrixIdentity>(
      `SELECT i.id, i.name, i.class, p.name AS person FROM ${IDENTITIES} ORDER BY i.name COLLATE "C", i.id LIMIT ${MATRIX_ROWS}`,
      identityValues(filter),
    ),
    count(IDENTITIES, identityValues(filter)),
    reader.rows<MatrixResource>(
      `SELECT r.id, r.name, r.class, r.environment FROM ${resources} ORDER BY r.name COLLATE "C", r.id LIMIT ${MATRIX_COLUMNS}`,
      resourceValues(filter),
    ),
    count(resources, resourceValues(filter)),
  ]);
  const cells = await reader.rows<MatrixCell>(
    `SELECT a.identity_id AS "identityId", e.resource_id AS "resourceId", count(DISTINCT e.id)::int AS entitlements,
       count(DISTINCT e.id) FILTER (WHERE e.privileged = 'yes')::int AS privileged,
       count(DISTINCT e.id) FILTER (WHERE e.privileged = 'unknown')::int AS unknown, bool_or(a.depth = 0) AS "isDirect"
     FROM ${EFFECTIVE_ACCESS} a JOIN entitlements e ON e.id = a.entitlement_id
     WHERE a.identity_id = ANY ($1::uuid[]) AND e.resource_id = ANY ($2::uuid[])${isWanted("e", filter)} GROUP BY 1, 2`,
    [identities.map(({ id }) => id), columns.map(({ id }) => id)],
  );
  return { identities, identityCount, resources: columns, resourceCount, cells };
}

async function count(from: string, values: readonly unknown[]): Promise<number> {
  const [row] = await reader.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`, values);
  return row?.count ?? 0;
}

export type MatrixLine = {
  identity: string;
  identityId: string;
  class: string;
  status: string;
  person: string | null;
  resource: string;
  resourceId: string;
  resourceClass: string;
  environment: string;
  sensitivity: string;
  entitlements: number;
  privileged: number;
  unknown: number;
  isDirect: boolean;
  names: string;
};

/** Every pair of the filter with some access, one line each; one line more than a file holds says that there are too many. */
export const matrixLines = (tx: Tx, filter: MatrixFilter): Promise<MatrixLine[]> =>
  tx.rows<MatrixLine>(
    `WITH chosen AS MATERIALIZED (SELECT i.id FROM ${IDENTITIES}), wanted AS MATERIALIZED (SELECT r.id FROM ${resourcesFrom(4, filter)}),
     cells AS (
       SELECT a.identity_id, e.resource_id, count(DISTINCT e.id)::int AS entitlements, count(DISTINCT e.id) FILTER (WHERE e.privileged = 'yes')::int AS privileged,
         count(DISTINCT e.id) FILTER (WHERE e.privileged = 'unknown')::int AS unknown, bool_or(a.depth = 0) AS is_direct,
         string_agg(DISTINCT e.name, '; ') AS names
       FROM chosen c JOIN ${EFFECTIVE_ACCESS} a ON a.identity_id = c.id JOIN entitlements e ON e.id = a.entitlement_id JOIN wanted w ON w.id = e.resource_id
       WHERE true${isWanted("e", filter)} GROUP BY 1, 2 LIMIT ${EXPORT_LINES + 1}
     )
     SELECT i.name AS identity, i.external_id AS "identityId", i.class, i.status, p.name AS person, r.name AS resource, r.external_id AS "resourceId",
       r.class AS "resourceClass", r.environment, r.sensitivity, c.entitlements, c.privileged, c.unknown, c.is_direct AS "isDirect", c.names
     FROM cells c JOIN identities i ON i.id = c.identity_id LEFT JOIN people p ON p.id = i.person_id JOIN resources r ON r.id = c.resource_id
     ORDER BY i.name COLLATE "C", i.id, r.name COLLATE "C", r.id`,
    [...identityValues(filter), ...resourceValues(filter)],
  );
