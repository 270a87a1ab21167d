import type { Session } from "./client.ts";

export type SchemaRow = { name: string; owner: number; comment: string | null };

export const readSchemas = (session: Session, after: string, limit: number): Promise<SchemaRow[]> =>
  session.rows(
    `SELECT n.nspname::text AS name, n.nspowner AS owner, d.description AS comment FROM pg_namespace n
     LEFT JOIN pg_description d ON d.objoid = n.oid AND d.classoid = 'pg_namespace'::regclass AND d.objsubid = 0
     WHERE n.nspname > $1::name ORDER BY n.nspname LIMIT $2`,
    [after, limit],
  );

const SCHEMA_PRIVILEGES = `
  SELECT n.nspname::text COLLATE "C" AS schema, x.privilege_type COLLATE "C" AS privilege, x.grantee, x.grantor, x.is_grantable
  FROM pg_namespace n CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
  WHERE x.grantee <> n.nspowner AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  UNION ALL
  SELECT n.nspname::text COLLATE "C", 'OWNER', n.nspowner, NULL, false FROM pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

export type SchemaPrivilegeRow = { schema: string; privilege: string; grantee: number; grantors: string[]; is_grantable: boolean };

export const readSchemaPrivileges = (
  session: Session,
  after: readonly [string, string, number],
  limit: number,
): Promise<SchemaPrivilegeRow[]> =>
  session.rows(
    `SELECT schema, privilege, grantee, bool_or(is_grantable) AS is_grantable,
       coalesce(array_agg(DISTINCT grantor::text) FILTER (WHERE grantor IS NOT NULL), '{}') AS grantors
     FROM (${SCHEMA_PRIVILEGES}) held
     WHERE (schema, privilege, grantee) > ($1::text COLLATE "C", $2::text COLLATE "C", $3::oid)
     GROUP BY schema, privilege, grantee ORDER BY schema, privilege, grantee LIMIT $4`,
    [...after, limit],
  );

export const readSchemaEntitlements = (
  session: Session,
  after: readonly [string, string],
  limit: number,
): Promise<{ schema: string; privilege: string }[]> =>
  session.rows(
    `SELECT DISTINCT schema, privilege FROM (${SCHEMA_PRIVILEGES}) held WHERE (schema, privilege) > ($1::text COLLATE "C", $2::text COLLATE "C")
     ORDER BY schema, privilege LIMIT $3`,
    [...after, limit],
  );

export const readSchemaPrivilegesOf = (
  session: Session,
  grantees: readonly number[],
): Promise<{ schema: string; privilege: string; grantee: number }[]> =>
  session.rows(
    `SELECT DISTINCT grantee, schema, privilege FROM (${SCHEMA_PRIVILEGES}) held WHERE grantee = ANY ($1::oid[]) ORDER BY 1, 2, 3`,
    [grantees],
  );
