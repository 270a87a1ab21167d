import type { Session } from "./client.ts";
import type { Attribute, ObjectKind } from "./keys.ts";

/** One statement that takes back what one grantor gave, as the server itself quotes it. */
export type Step = {
  grantor: string | null;
  /** The role to act as, because a privilege on an object can only be taken back as whoever granted it. */
  act_as: string | null;
  may_act: boolean;
  sql: string;
  /** What would put exactly this back, with its options and by the same grantor. */
  undo: string;
};

/** A role's oid, or 0 for PUBLIC. */
export type HolderOid = number;

const canSet = ({ version }: Session) => (version >= 160_000 ? "'SET'" : "'MEMBER'");

/** Since 16 each grantor's row must be named, or REVOKE takes back only the writer's own, warns, and succeeds. */
export function membershipSteps(session: Session, role: number, member: HolderOid): Promise<Step[]> {
  const from = `FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles h ON h.oid = m.member LEFT JOIN pg_roles g ON g.oid = m.grantor
    WHERE m.roleid = $1 AND m.member = $2 ORDER BY g.rolname`;
  if (session.version >= 160_000) {
    return session.rows(
      `SELECT g.rolname::text AS grantor, NULL::text AS act_as, pg_has_role(current_user, m.grantor, 'USAGE') AS may_act,
         format('REVOKE %I FROM %I GRANTED BY %I', r.rolname, h.rolname, g.rolname) AS sql,
         format('GRANT %I TO %I WITH ADMIN %s, INHERIT %s, SET %s GRANTED BY %I', r.rolname, h.rolname, m.admin_option::text, m.inherit_option::text, m.set_option::text,
           g.rolname) AS undo ${from}`,
      [role, member],
    );
  }
  return session.rows(
    `SELECT g.rolname::text AS grantor, NULL::text AS act_as, format('REVOKE %I FROM %I', r.rolname, h.rolname) AS sql,
       format('GRANT %I TO %I%s', r.rolname, h.rolname, CASE WHEN m.admin_option THEN ' WITH ADMIN OPTION' END) AS undo,
       CASE WHEN r.rolsuper THEN me.rolsuper ELSE me.rolsuper OR me.rolcreaterole OR pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION') END AS may_act
     ${from.replace("WHERE", "JOIN pg_roles me ON me.rolname = current_user WHERE")}`,
    [role, member],
  );
}

export function attributeSteps(session: Session, attribute: Attribute, role: HolderOid): Promise<Step[]> {
  const column = {
    SUPERUSER: "rolsuper",
    CREATEROLE: "rolcreaterole",
    CREATEDB: "rolcreatedb",
    REPLICATION: "rolreplication",
    BYPASSRLS: "rolbypassrls",
  }[attribute];
  const others =
    session.version >= 160_000
      ? `me.rolcreaterole AND me.${column} AND pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION')`
      : `me.rolcreaterole AND ${attribute.startsWith("CREATE")}`;
  return session.rows(
    `SELECT NULL::text AS grantor, NULL::text AS act_as, me.rolsuper OR NOT r.rolsuper AND ${attribute !== "SUPERUSER"} AND ${others} AS may_act,
       format('ALTER ROLE %I NO${attribute}', r.rolname) AS sql, format('ALTER ROLE %I ${attribute}', r.rolname) AS undo
     FROM pg_roles r JOIN pg_roles me ON me.rolname = current_user WHERE r.oid = $1 AND r.${column}`,
    [role],
  );
}

/** `granted` yields grantor, grantee, whether it may be passed on, and what stands between REVOKE and FROM, in the server's own quoting. */
const stepsOf = (session: Session, granted: string, values: readonly unknown[]): Promise<Step[]> =>
  session.rows(
    `SELECT g.rolname::text AS grantor, nullif(g.rolname, current_user)::text AS act_as, pg_has_role(current_user, x.grantor, ${canSet(session)}) AS may_act,
       format('REVOKE %s FROM %s', x.what, w.name) AS sql,
       format('GRANT %s TO %s%s', x.what, w.name, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' END) AS undo
     FROM (${granted}) x LEFT JOIN pg_roles g ON g.oid = x.grantor
     CROSS JOIN LATERAL (SELECT CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE (SELECT quote_ident(h.rolname) FROM pg_roles h WHERE h.oid = x.grantee) END AS name) w
     ORDER BY g.rolname, sql`,
    values,
  );

export const databaseSteps = (session: Session, database: string, privilege: string, holder: HolderOid): Promise<Step[]> =>
  stepsOf(
    session,
    `SELECT x.grantor, x.grantee, x.is_grantable, format('%s ON DATABASE %I', x.privilege_type, d.datname) AS what
     FROM pg_database d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
     WHERE d.datname = $1 AND x.privilege_type = $2 AND x.grantee = $3 AND x.grantee <> d.datdba`,
    [database, privilege, holder],
  );

export const schemaSteps = (session: Session, schema: string, privilege: string, holder: HolderOid): Promise<Step[]> =>
  stepsOf(
    session,
    `SELECT x.grantor, x.grantee, x.is_grantable, format('%s ON SCHEMA %I', x.privilege_type, n.nspname) AS what
     FROM pg_namespace n CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
     WHERE n.nspname = $1 AND x.privilege_type = $2 AND x.grantee = $3 AND x.grantee <> n.nspowner`,
    [schema, privilege, holder],
  );

const relation = (kinds: string, type: string) =>
  `SELECT x.grantor, x.grantee, x.is_grantable, x.privilege_type, format('%I.%I', n.nspname, c.relname) AS object FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('${type}', c.relowner))) x WHERE n.nspname = $1 AND c.relkind IN (${kinds}) AND x.grantee <> c.relowner`;

const HELD: Readonly<Record<ObjectKind, string>> = {
  tables: relation("'r', 'p', 'v', 'm', 'f'", "r"),
  sequences: relation("'S'", "s"),
  functions: `SELECT x.grantor, x.grantee, x.is_grantable, x.privilege_type, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS object
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
    WHERE n.nspname = $1 AND x.grantee <> p.proowner`,
  columns: `SELECT x.grantor, x.grantee, x.is_grantable, format('%s (%I)', x.privilege_type, a.attname) AS column_privilege, x.privilege_type, format('%I.%I', n.nspname, c.relname) AS object
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(a.attacl) x
    WHERE n.nspname = $1 AND NOT a.attisdropped AND x.grantee <> c.relowner`,
};
const WORD: Readonly<Record<ObjectKind, string>> = { tables: "TABLE", sequences: "SEQUENCE", functions: "ROUTINE", columns: "TABLE" };
const OBJECTS_A_STATEMENT = 200;

/** Every object of one kind in a schema on which the holder has the privilege, some to a statement. */
export function objectSteps(session: Session, kind: ObjectKind, schema: string, privilege: string, holder: HolderOid): Promise<Step[]> {
  const privilegeText = kind === "columns" ? "column_privilege" : "privilege_type";
  return stepsOf(
    session,
    `SELECT grantor, grantee, is_grantable, format('%s ON ${WORD[kind]} %s', privilege, string_agg(object, ', ' ORDER BY object)) AS what FROM (
       SELECT grantor, grantee, is_grantable, ${privilegeText} AS privilege, object,
         row_number() OVER (PARTITION BY grantor, is_grantable, ${privilegeText} ORDER BY object) / ${OBJECTS_A_STATEMENT} AS batch
       FROM (${HELD[kind]}) held WHERE privilege_type = $2 AND grantee = $3) each
     GROUP BY grantor, grantee, is_grantable, privilege, batch`,
    [schema, privilege, holder],
  );
}
