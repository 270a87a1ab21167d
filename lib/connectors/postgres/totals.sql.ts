import type { Stream } from "#lib/inventory/streams.ts";
import type { Session } from "./client.ts";
import type { Server } from "./server.ts";

type Totals = Partial<Record<Stream, number>>;

const countOf = async (session: Session, sql: string, values: readonly unknown[] = []): Promise<number> => {
  const [row] = await session.rows<{ count: number }>(`SELECT (${sql})::int AS count`, values);
  return row?.count ?? 0;
};

/**
 * How many records each stream will look at, kept and left out together, counted by statements of their own: were a page lost or
 * doubled, or a join wrong, the two would differ. Sessions come and go by the second and have no total. Only roles that are both identity and group are told to it: what they hold counts twice.
 */
export async function countStreams(server: Server): Promise<Totals> {
  const { entry } = server;
  const twice = server.roles.filter((role) => role.isIdentity && role.isGroup && !role.exclusion).map(({ oid }) => oid);
  const excluded = server.roles.filter((role) => role.exclusion).map(({ oid }) => oid);
  const included = server.databases.filter(({ exclusion }) => exclusion === null).map(({ name }) => name);
  const roles = await countOf(entry, "SELECT count(*) FROM pg_roles");
  const databases = await countOf(entry, "SELECT count(*) FROM pg_database");
  const totals = {
    identities: roles,
    credentials: roles,
    resources: 1 + databases + roles,
    entitlements: 6 + roles + databases + (await countOf(entry, DATABASE_PRIVILEGES)),
    grants:
      (await countOf(entry, MEMBERSHIPS, [twice, excluded])) +
      (await countOf(entry, ATTRIBUTES, [twice])) +
      (await countOf(entry, DATABASE_GRANTS, [twice, included])),
  };
  if (server.refused.size > 0) return { identities: roles, credentials: roles }; // the rest cannot be known
  for (const session of server.entered.values()) {
    totals.resources += await countOf(session, "SELECT count(*) FROM pg_namespace");
    totals.entitlements += (await countOf(session, SCHEMA_ENTITLEMENTS)) + (await countOf(session, OBJECT_ENTITLEMENTS));
    totals.grants += (await countOf(session, SCHEMA_GRANTS, [twice])) + (await countOf(session, OBJECT_GRANTS, [twice]));
  }
  return totals;
}

const weight = (holder: string, condition = "true") =>
  `coalesce(sum(CASE WHEN ${condition} AND ${holder} = ANY ($1::oid[]) THEN 2 ELSE 1 END), 0)`;

const MEMBERSHIPS = `SELECT ${weight("member", "roleid <> ALL ($2::oid[])")} FROM (SELECT DISTINCT roleid, member FROM pg_auth_members) pairs`;

const ATTRIBUTES = `SELECT coalesce(sum((rolsuper::int + rolcreaterole::int + rolcreatedb::int + rolreplication::int + rolbypassrls::int)
  * CASE WHEN oid = ANY ($1::oid[]) THEN 2 ELSE 1 END), 0) FROM pg_roles`;

const DATABASE_ACL = `pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x WHERE x.grantee <> d.datdba`;
const DATABASE_PRIVILEGES = `SELECT count(DISTINCT (d.oid, x.privilege_type)) FROM ${DATABASE_ACL}`;
const DATABASE_GRANTS = `SELECT ${weight("holder", "datname = ANY ($2::text[])")} FROM (
  SELECT DISTINCT d.datname::text, x.privilege_type, x.grantee AS holder FROM ${DATABASE_ACL}
  UNION ALL SELECT datname, 'OWNER', datdba FROM pg_database) each`;

const OWN_SCHEMAS = `pg_namespace n WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;
const SCHEMA_ACL = `pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
  WHERE x.grantee <> n.nspowner AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;
const SCHEMA_ENTITLEMENTS = `(SELECT count(*) FROM ${OWN_SCHEMAS}) + (SELECT count(DISTINCT (n.oid, x.privilege_type)) FROM ${SCHEMA_ACL})`;
const SCHEMA_GRANTS = `SELECT ${weight("holder")} FROM (
  SELECT DISTINCT n.oid, x.privilege_type, x.grantee AS holder FROM ${SCHEMA_ACL} UNION ALL SELECT n.oid, 'OWNER', n.nspowner FROM ${OWN_SCHEMAS}) each`;

// Privileges by catalogue, each with its own filter: (schema, kind, privilege, holder, is by default privileges).
const untouched = (catalogue: string, id: string, column: string) => `NOT EXISTS (SELECT FROM pg_init_privs i, aclexplode(i.initprivs) y
  WHERE i.classoid = '${catalogue}'::regclass AND i.objoid = ${id} AND i.objsubid = ${column} AND y.grantee = x.grantee AND y.privilege_type = x.privilege_type)`;
const isOwn = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;
const isSystem = `n.nspname = 'pg_catalog'`;
const relations = (kinds: string, label: string, type: string) => `
  SELECT n.oid, '${label}', x.privilege_type, x.grantee FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(coalesce(c.relacl, acldefault('${type}', c.relowner))) x
  WHERE c.relkind IN (${kinds}) AND x.grantee <> c.relowner AND (c.relacl IS NOT NULL OR NOT c.relispartition)
    AND (${isOwn} OR ${isSystem} AND c.relacl IS NOT NULL AND ${untouched("pg_class", "c.oid", "0")})
  UNION SELECT n.oid, '${label}', 'OWNER', c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN (${kinds}) AND (c.relacl IS NOT NULL OR NOT c.relispartition) AND ${isOwn}`;
const listedFunction = `(p.proacl IS NOT NULL OR p.oid NOT IN (SELECT objid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'e'))`;
const OBJECT_PRIVILEGES = `
  ${relations("'r', 'p', 'v', 'm', 'f'", "tables", "r")}
  UNION ${relations("'S'", "sequences", "s")}
  UNION SELECT n.oid, 'columns', x.privilege_type, x.grantee FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(a.attacl) x
  WHERE NOT a.attisdropped AND x.grantee <> c.relowner AND (${isOwn} OR ${isSystem} AND ${untouched("pg_class", "c.oid", "a.attnum")})
  UNION SELECT n.oid, 'functions', x.privilege_type, x.grantee FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
  WHERE x.grantee <> p.proowner AND ${listedFunction} AND (${isOwn} OR ${isSystem} AND p.proacl IS NOT NULL AND ${untouched("pg_proc", "p.oid", "0")})
  UNION SELECT n.oid, 'functions', 'OWNER', p.proowner FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${listedFunction} AND ${isOwn}`;
const BY_DEFAULT = `SELECT d.defaclnamespace, CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' ELSE 'functions' END, x.privilege_type
  FROM pg_default_acl d, aclexplode(d.defaclacl) x WHERE d.defaclnamespace <> 0 AND d.defaclobjtype IN ('r', 'S', 'f') AND x.grantee <> d.defaclrole`;
const OBJECT_ENTITLEMENTS = `SELECT count(*) FROM (SELECT oid, kind, privilege FROM (${OBJECT_PRIVILEGES}) held (oid, kind, privilege, holder) UNION ${BY_DEFAULT}) each`;
const OBJECT_GRANTS = `SELECT ${weight("holder")} FROM (${OBJECT_PRIVILEGES}) held (oid, kind, privilege, holder)`;
