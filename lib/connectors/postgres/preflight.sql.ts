import type { Session } from "./client.ts";
import type { HolderOid } from "./revoke.sql.ts";

export type HolderRow = { oid: number; name: string; comment: string | null; is_superuser: boolean };

export const readHolder = async (session: Session, oid: HolderOid): Promise<HolderRow | null> => {
  const [row] = await session.rows<HolderRow>(
    `SELECT r.oid, r.rolname::text AS name, r.rolsuper AS is_superuser, d.description AS comment FROM pg_roles r
     LEFT JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass WHERE r.oid = $1`,
    [oid],
  );
  return row ?? null;
};

/** The role itself and everyone who reaches it through memberships. Not pg_has_role: it says yes to every question about a superuser. */
const REACHES = `WITH RECURSIVE reaches (oid) AS (
  SELECT $1::oid UNION SELECT m.member FROM pg_auth_members m JOIN reaches r ON r.oid = m.roleid)`;

/** Which of the named accounts are the holder or act through it. */
export const readOwnAccountsThrough = (session: Session, holder: HolderOid, accounts: readonly string[]): Promise<{ name: string }[]> =>
  session.rows(
    `${REACHES} SELECT r.rolname::text AS name FROM pg_roles r JOIN reaches USING (oid) WHERE r.rolname = ANY ($2::text[]) ORDER BY 1`,
    [holder, accounts],
  );

/** Which of the named accounts enter the database only because everyone may. */
export const readAccountsEnteringAsPublic = (
  session: Session,
  database: string,
  accounts: readonly string[],
): Promise<{ name: string }[]> =>
  session.rows(
    `WITH RECURSIVE is_also (account, oid) AS (
       SELECT r.oid, r.oid FROM pg_roles r WHERE r.rolname = ANY ($2::text[]) UNION SELECT i.account, m.roleid FROM is_also i JOIN pg_auth_members m ON m.member = i.oid)
     SELECT r.rolname::text AS name FROM pg_roles r WHERE r.rolname = ANY ($2::text[]) AND NOT r.rolsuper AND NOT EXISTS (
       SELECT FROM is_also i JOIN pg_database d ON d.datname = $1 CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
       WHERE i.account = r.oid AND x.privilege_type = 'CONNECT' AND (x.grantee = i.oid OR d.datdba = i.oid)) ORDER BY 1`,
    [database, accounts],
  );

/** Sign-in roles that are superusers, or can become one, without the holder. */
export const countOtherSuperusers = async (session: Session, holder: HolderOid): Promise<number> => {
  const [row] = await session.rows<{ count: number }>(
    `${REACHES}, superusers (oid) AS (
       SELECT oid FROM pg_roles WHERE rolsuper AND oid <> $1 UNION SELECT m.member FROM pg_auth_members m JOIN superusers s ON s.oid = m.roleid)
     SELECT count(*)::int AS count FROM pg_roles r JOIN superusers USING (oid) WHERE r.rolcanlogin AND (r.rolsuper OR NOT EXISTS (SELECT FROM reaches x WHERE x.oid = r.oid)) AND r.oid <> $1`,
    [holder],
  );
  return row?.count ?? 0;
};

export type MembershipFacts = { is_admin: boolean; other_admins: number; dependents: string[]; is_superuser_role: boolean };

export const readMembershipFacts = async (session: Session, role: number, member: HolderOid): Promise<MembershipFacts | null> => {
  const [row] = await session.rows<MembershipFacts>(
    `SELECT coalesce(bool_or(m.admin_option) FILTER (WHERE m.member = $2), false) AS is_admin,
       count(DISTINCT m.member) FILTER (WHERE m.member <> $2 AND m.admin_option)::int AS other_admins,
       coalesce(array_agg(DISTINCT h.rolname::text) FILTER (WHERE m.grantor = $2 AND m.member <> $2), '{}') AS dependents,
       bool_or(r.rolsuper) AS is_superuser_role
     FROM pg_auth_members m JOIN pg_roles h ON h.oid = m.member JOIN pg_roles r ON r.oid = m.roleid WHERE m.roleid = $1`,
    [role, member],
  );
  return row ?? null;
};

/** Who is signed in is visible to everyone, what they do is not. */
export const readLiveSessions = (session: Session, holder: HolderOid): Promise<{ name: string; sessions: number }[]> =>
  session.rows(
    `${REACHES} SELECT a.usename::text AS name, count(*)::int AS sessions FROM pg_stat_activity a
     WHERE a.usesysid IS NOT NULL AND a.pid <> pg_backend_pid() AND ($1::oid = 0 OR a.usesysid IN (SELECT oid FROM reaches)) GROUP BY 1 ORDER BY 1`,
    [holder],
  );
