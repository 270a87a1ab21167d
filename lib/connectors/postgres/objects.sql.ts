import type { Session } from "./client.ts";
import type { ObjectKind } from "./keys.ts";

/** Lists are cut here; what is cut still shows as a changed digest. */
const LISTED_OBJECTS = 1000;
const NAMED_IN_GRANT = 12;

const inUserSchema = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;
/** Of the system's own objects only those are of interest whose list somebody has written: a right on pg_authid or pg_read_file is no small thing. */
const inSystemSchema = (acl: string) => `n.nspname = 'pg_catalog' AND ${acl} IS NOT NULL`;
const place = `n.nspname::text COLLATE "C" AS schema, n.nspname = 'pg_catalog' AS is_system`;

/**
 * Every object of the database that privileges are on: tables (and views), their columns where these have lists of their own, sequences
 * and functions. Left out: partitions without a list of their own (read through their parent), functions of extensions with the default list.
 * Types, languages, large objects, foreign servers and tablespaces are not read; the connector's page says so.
 */
const objects = (from: string) => `
  objects AS MATERIALIZED (
    SELECT ${place}, (CASE WHEN c.relkind = 'S' THEN 'sequences' ELSE 'tables' END) COLLATE "C" AS kind, c.relname::text COLLATE "C" AS object, c.relowner AS owner,
      coalesce(c.relacl, acldefault(CASE WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::"char", c.relowner)) AS acl,
      c.tableoid AS catalogue, c.oid AS id, 0 AS column_number, false AS is_elevated
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT (c.relispartition AND c.relacl IS NULL) AND ${from} AND (${inUserSchema} OR ${inSystemSchema("c.relacl")})
    UNION ALL
    SELECT ${place}, 'columns', c.relname || '.' || a.attname, c.relowner, a.attacl, c.tableoid, c.oid, a.attnum, false
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND ${from} AND (${inUserSchema} OR ${inSystemSchema("a.attacl")})
    UNION ALL
    SELECT ${place}, 'functions', p.proname || '(' || coalesce(pg_get_function_identity_arguments(p.oid), p.oid::text) || ')', p.proowner,
      coalesce(p.proacl, acldefault('f', p.proowner)), p.tableoid, p.oid, 0,
      p.prosecdef AND EXISTS (SELECT FROM pg_roles r WHERE r.oid = p.proowner AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE ${from} AND (${inUserSchema} OR ${inSystemSchema("p.proacl")})
      AND (p.proacl IS NOT NULL OR NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = p.tableoid AND d.objid = p.oid AND d.deptype = 'e'))
  )`;

/** Who holds what on each object. On the system's objects only what differs from the state that the server was made with. */
const held = (from = "true") => `
  ${objects(from)},
  initial AS MATERIALIZED (
    SELECT i.classoid, i.objoid, i.objsubid, x.grantee, x.privilege_type FROM pg_init_privs i CROSS JOIN LATERAL aclexplode(i.initprivs) x
  ),
  held AS (
    SELECT o.schema, o.kind, o.object, o.is_system, o.is_elevated, x.privilege_type COLLATE "C" AS privilege, x.grantee, x.grantor, x.is_grantable
    FROM objects o CROSS JOIN LATERAL aclexplode(o.acl) x
    WHERE x.grantee <> o.owner AND NOT (o.is_system AND EXISTS (
      SELECT FROM initial i WHERE i.classoid = o.catalogue AND i.objoid = o.id AND i.objsubid = o.column_number AND i.grantee = x.grantee AND i.privilege_type = x.privilege_type))
    UNION ALL
    SELECT schema, kind, object, false, false, 'OWNER', owner, NULL, false FROM objects WHERE kind <> 'columns' AND NOT is_system
  ),
  sizes AS (SELECT schema, kind, count(*) AS size FROM objects GROUP BY schema, kind)`;

const sorted = `ORDER BY object COLLATE "C"`;
const digestOf = (list: string) => `encode(sha256(convert_to(${list}, getdatabaseencoding())), 'hex')`;

export type ObjectGrantRow = {
  schema: string;
  kind: ObjectKind;
  privilege: string;
  grantee: number;
  grantors: string[];
  held: number;
  /** Whether these are all objects of their kind in the schema. */
  is_all: boolean;
  grantable: number;
  names: string[];
  digest: string;
};

export type ObjectGrantKey = readonly [schema: string, kind: string, privilege: string, grantee: number];
export const FIRST_OBJECT_GRANT: ObjectGrantKey = ["", "", "", 0];

const GRANT_COLUMNS = `h.schema, h.kind, h.privilege, h.grantee, count(DISTINCT h.object)::int AS held,
  NOT bool_or(h.is_system) AND h.kind <> 'columns' AND count(DISTINCT h.object) = max(s.size) AS is_all,
  count(DISTINCT h.object) FILTER (WHERE h.is_grantable)::int AS grantable,
  (array_agg(DISTINCT h.object ORDER BY h.object))[1:${NAMED_IN_GRANT}] AS names,
  ${digestOf(`string_agg(DISTINCT h.object, E'\\n' ORDER BY h.object)`)} AS digest,
  coalesce(array_agg(DISTINCT h.grantor::text) FILTER (WHERE h.grantor IS NOT NULL), '{}') AS grantors`;

/** One row for each holder and (schema, kind, privilege); the grantee 0 is PUBLIC. */
export const readObjectGrants = (
  session: Session,
  [schema, kind, privilege, grantee]: ObjectGrantKey,
  limit: number,
): Promise<ObjectGrantRow[]> =>
  session.rows(
    `WITH ${held("n.nspname >= $1::text::name")} SELECT ${GRANT_COLUMNS} FROM held h JOIN sizes s ON s.schema = h.schema AND s.kind = h.kind
     WHERE (h.schema, h.kind, h.privilege, h.grantee) > ($1::text COLLATE "C", $2::text COLLATE "C", $3::text COLLATE "C", $4::oid)
     GROUP BY h.schema, h.kind, h.privilege, h.grantee ORDER BY h.schema, h.kind, h.privilege, h.grantee LIMIT $5`,
    [schema, kind, privilege, grantee, limit],
  );

/** The same, for what a group carries. */
export const readObjectGrantsOf = (session: Session, grantees: readonly number[]): Promise<ObjectGrantRow[]> =>
  session.rows(
    `WITH ${held()} SELECT ${GRANT_COLUMNS} FROM held h JOIN sizes s ON s.schema = h.schema AND s.kind = h.kind WHERE h.grantee = ANY ($1::oid[])
     GROUP BY h.schema, h.kind, h.privilege, h.grantee ORDER BY h.schema, h.kind, h.privilege, h.grantee`,
    [grantees],
  );

/** Default privileges of one schema: what objects that are yet to be made will be open to. Without a schema they are the whole database's. */
const FUTURE = `
  future AS (
    SELECT n.nspname::text COLLATE "C" AS schema, (CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' ELSE 'functions' END) COLLATE "C" AS kind,
      x.privilege_type COLLATE "C" AS privilege,
      format('new ones made by %s will also be open to %s', maker.rolname, coalesce(holder.rolname, 'everyone')) COLLATE "C" AS note
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace CROSS JOIN LATERAL aclexplode(d.defaclacl) x
    JOIN pg_roles maker ON maker.oid = d.defaclrole LEFT JOIN pg_roles holder ON holder.oid = x.grantee
    WHERE d.defaclobjtype IN ('r', 'S', 'f') AND x.grantee <> d.defaclrole
  )`;

export type ObjectEntitlementRow = {
  schema: string;
  kind: ObjectKind;
  privilege: string;
  objects: number;
  names: string[];
  digest: string | null;
  notes: string[];
  /** A function that runs with the powers of a powerful owner. */
  is_elevated: boolean;
};

/** One row for each (schema, kind, privilege) that somebody holds, or will hold by default privileges. */
export const readObjectEntitlements = (
  session: Session,
  after: readonly [string, string, string],
  limit: number,
): Promise<ObjectEntitlementRow[]> =>
  session.rows(
    `WITH ${held("n.nspname >= $1::text::name")}, ${FUTURE},
     listed AS (
       SELECT DISTINCT schema, kind, privilege, object, NULL::text COLLATE "C" AS note, is_elevated FROM held
       UNION ALL SELECT DISTINCT schema, kind, privilege, NULL, note, false FROM future WHERE schema IS NOT NULL
     )
     SELECT schema, kind, privilege, count(object)::int AS objects, bool_or(is_elevated) AS is_elevated,
       coalesce((array_agg(object ${sorted}) FILTER (WHERE object IS NOT NULL))[1:${LISTED_OBJECTS}], '{}') AS names,
       coalesce(array_agg(note ORDER BY note) FILTER (WHERE note IS NOT NULL), '{}') AS notes,
       ${digestOf(`string_agg(object, E'\\n' ${sorted})`)} AS digest
     FROM listed WHERE (schema, kind, privilege) > ($1::text COLLATE "C", $2::text COLLATE "C", $3::text COLLATE "C")
     GROUP BY schema, kind, privilege ORDER BY schema, kind, privilege LIMIT $4`,
    [...after, limit],
  );

/** Default privileges of the whole database, for the entitlement of its owner. */
export const readFutureOfDatabase = (session: Session): Promise<{ kind: ObjectKind; privilege: string; note: string }[]> =>
  session.rows(`WITH ${FUTURE} SELECT DISTINCT kind, privilege, note FROM future WHERE schema IS NULL ORDER BY kind, privilege, note`);
