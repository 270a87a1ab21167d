import type { Session } from "./client.ts";

export type RoleRow = {
  oid: number;
  name: string;
  can_login: boolean;
  is_superuser: boolean;
  can_create_roles: boolean;
  can_create_databases: boolean;
  can_replicate: boolean;
  can_bypass_row_security: boolean;
  connection_limit: number;
  /** An ISO instant, or never. */
  valid_until: string;
  comment: string | null;
  has_members: boolean;
  is_powerful: boolean;
};

/** Predefined roles that reach past the permissions of single objects. pg_monitor and its parts only look at the server's own figures. */
const POWERFUL = [
  "pg_create_subscription",
  "pg_execute_server_program",
  "pg_read_all_data",
  "pg_read_server_files",
  "pg_signal_backend",
  "pg_write_all_data",
  "pg_write_server_files",
];

// Years that ISO 8601 cannot say in four digits are cut to the nearest that it can; 'infinity' is a word of its own.
const ROLES = `
  WITH RECURSIVE powerful (oid) AS (
    SELECT oid FROM pg_roles WHERE rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls OR rolname = ANY ($1::text[])
    UNION
    SELECT m.member FROM pg_auth_members m JOIN powerful p ON p.oid = m.roleid
  )
  SELECT r.oid, r.rolname::text AS name, r.rolcanlogin AS can_login, r.rolsuper AS is_superuser, r.rolcreaterole AS can_create_roles,
    r.rolcreatedb AS can_create_databases, r.rolreplication AS can_replicate, r.rolbypassrls AS can_bypass_row_security,
    r.rolconnlimit AS connection_limit, d.description AS comment,
    CASE
      WHEN r.rolvaliduntil IS NULL OR r.rolvaliduntil = 'infinity' THEN 'never'
      WHEN r.rolvaliduntil < '0001-01-01 00:00:00+00' THEN '0001-01-01T00:00:00.000Z'
      WHEN r.rolvaliduntil >= '9999-12-31 00:00:00+00' THEN '9999-12-31T00:00:00.000Z'
      ELSE to_char(r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    END AS valid_until,
    EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid) AS has_members,
    EXISTS (SELECT FROM powerful p WHERE p.oid = r.oid) AS is_powerful
  FROM pg_roles r
  LEFT JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass
  ORDER BY r.oid`;

export const readRoles = (session: Session): Promise<RoleRow[]> => session.rows<RoleRow>(ROLES, [POWERFUL]);

export type DatabaseRow = {
  oid: number;
  name: string;
  owner: number;
  is_template: boolean;
  allows_connections: boolean;
  may_connect: boolean;
  comment: string | null;
};

const DATABASES = `
  SELECT d.oid, d.datname::text AS name, d.datdba AS owner, d.datistemplate AS is_template, d.datallowconn AS allows_connections,
    has_database_privilege(d.oid, 'CONNECT') AS may_connect, s.description AS comment
  FROM pg_database d
  LEFT JOIN pg_shdescription s ON s.objoid = d.oid AND s.classoid = 'pg_database'::regclass
  ORDER BY d.datname`;

export const readDatabases = (session: Session): Promise<DatabaseRow[]> => session.rows<DatabaseRow>(DATABASES);

export type MembershipRow = {
  role: number;
  member: number;
  grantors: string[];
  is_admin: boolean;
  inherits: boolean;
  may_set_role: boolean;
};

/** One row per member and role, however many grantors: since 16 each grantor has a row of their own, before there was only one. */
export function readMemberships(session: Session, after: readonly [number, number], limit: number): Promise<MembershipRow[]> {
  const options =
    session.version >= 160_000
      ? "bool_or(m.inherit_option) AS inherits, bool_or(m.set_option) AS may_set_role"
      : "bool_or(r.rolinherit) AS inherits, true AS may_set_role";
  return session.rows<MembershipRow>(
    `SELECT m.roleid AS role, m.member, array_agg(DISTINCT m.grantor::text) AS grantors, bool_or(m.admin_option) AS is_admin, ${options}
     FROM pg_auth_members m LEFT JOIN pg_roles r ON r.oid = m.member
     WHERE (m.roleid, m.member) > ($1::oid, $2::oid)
     GROUP BY m.roleid, m.member ORDER BY m.roleid, m.member LIMIT $3`,
    [...after, limit],
  );
}

/** What a group carries in the server's own lists: the groups that it is in turn a member of. */
export const readGroupsOf = (session: Session, members: readonly number[]): Promise<{ member: number; role: number }[]> =>
  session.rows("SELECT DISTINCT m.member, m.roleid AS role FROM pg_auth_members m WHERE m.member = ANY ($1::oid[]) ORDER BY 1, 2", [
    members,
  ]);

export type DatabasePrivilegeRow = { database: string; privilege: string; grantee: number; grantors: string[]; is_grantable: boolean };

// An owner's own privileges are left out: being the owner says it all, and giving them up can be undone by the owner alone.
const DATABASE_PRIVILEGES = `
  SELECT d.datname::text COLLATE "C" AS database, x.privilege_type COLLATE "C" AS privilege, x.grantee, x.grantor, x.is_grantable
  FROM pg_database d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
  WHERE x.grantee <> d.datdba
  UNION ALL
  SELECT d.datname::text COLLATE "C", 'OWNER', d.datdba, NULL, false FROM pg_database d`;

export const readDatabasePrivileges = (
  session: Session,
  after: readonly [string, string, number],
  limit: number,
): Promise<DatabasePrivilegeRow[]> =>
  session.rows(
    `SELECT database, privilege, grantee, bool_or(is_grantable) AS is_grantable,
       coalesce(array_agg(DISTINCT grantor::text) FILTER (WHERE grantor IS NOT NULL), '{}') AS grantors
     FROM (${DATABASE_PRIVILEGES}) held WHERE (database, privilege, grantee) > ($1::text COLLATE "C", $2::text COLLATE "C", $3::oid)
     GROUP BY database, privilege, grantee ORDER BY database, privilege, grantee LIMIT $4`,
    [...after, limit],
  );

export const readDatabaseEntitlements = (
  session: Session,
  after: readonly [string, string],
  limit: number,
): Promise<{ database: string; privilege: string }[]> =>
  session.rows(
    `SELECT DISTINCT database, privilege FROM (${DATABASE_PRIVILEGES}) held WHERE (database, privilege) > ($1::text COLLATE "C", $2::text COLLATE "C")
     ORDER BY database, privilege LIMIT $3`,
    [...after, limit],
  );

export const readDatabasePrivilegesOf = (
  session: Session,
  grantees: readonly number[],
): Promise<{ database: string; privilege: string; grantee: number }[]> =>
  session.rows(
    `SELECT DISTINCT grantee, database, privilege FROM (${DATABASE_PRIVILEGES}) held WHERE grantee = ANY ($1::oid[]) ORDER BY 1, 2, 3`,
    [grantees],
  );
