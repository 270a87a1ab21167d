import type { StreamRecord } from "#lib/inventory/streams.ts";
import { attributesOf } from "./attributes.ts";
import { objectOptions } from "./extent.ts";
import { attributeKey, databasePrivilegeKey, memberKey, OWNER, objectsKey, PUBLIC, schemaPrivilegeKey } from "./keys.ts";
import { FIRST_OBJECT_GRANT, readObjectGrants } from "./objects.sql.ts";
import { type MembershipRow, readDatabasePrivileges, readMemberships } from "./roles.sql.ts";
import { readSchemaPrivileges } from "./schemas.sql.ts";
import { Collected, type Key, listed, type Section } from "./sections.ts";
import { type Holder, holdersOf, RULES, type Server } from "./server.ts";

/** Only what the source holds directly; what follows from it through groups is for the closure to say. */
export function grantSections(server: Server): Section[] {
  return [
    memberships(server),
    listed(
      1,
      server.roles,
      ({ oid }) => oid,
      (role, into) => {
        for (const attribute of attributesOf(role)) into.hold(holdersOf(server, role.oid), grant(attributeKey(attribute), "", null));
      },
    ),
    databasePrivileges(server),
    ...[...server.entered.keys()].map((database) => schemaPrivileges(server, database)),
    ...[...server.entered.keys()].map((database) => objectPrivileges(server, database)),
  ];
}

/** PostgreSQL keeps neither when a grant was made nor when it was last used, and no grant ends by itself. */
function grant(entitlement: string, grantedBy: string, options: string | null): StreamRecord {
  return {
    entitlement,
    started: "unknown",
    expires: "never",
    last_used: "not_supported",
    granted_by: grantedBy || null,
    reason: null,
    options,
  };
}

function memberships(server: Server): Section {
  return {
    rank: 0,
    database: "",
    async read(after, limit) {
      const rows = await readMemberships(server.entry, [Number(after?.[0] ?? 0), Number(after?.[1] ?? 0)], limit);
      const into = new Collected();
      for (const row of rows) {
        const rule = entitlementRule(server, row.role);
        into.hold(rule ?? holdersOf(server, row.member), grant(memberKey(row.role), namesOf(server, row.grantors), membershipOptions(row)));
      }
      return into.slice(rows, limit, ({ role, member }) => [role, member]);
    },
  };
}

function databasePrivileges(server: Server): Section {
  const rules = new Map(server.databases.map(({ name, exclusion }) => [name, exclusion]));
  return {
    rank: 2,
    database: "",
    async read(after, limit) {
      const rows = await readDatabasePrivileges(server.entry, threeOf(after), limit);
      const into = new Collected();
      for (const { database, privilege, grantee, grantors, is_grantable } of rows) {
        const rule = rules.has(database) ? rules.get(database) : RULES.later;
        into.hold(
          rule ?? granteeOf(server, grantee, database),
          grant(databasePrivilegeKey(database, privilege), namesOf(server, grantors), handOn(is_grantable)),
        );
      }
      return into.slice(rows, limit, ({ database, privilege, grantee }) => [database, privilege, grantee]);
    },
  };
}

function schemaPrivileges(server: Server, database: string): Section {
  return {
    rank: 3,
    database,
    async read(after, limit) {
      const rows = await readSchemaPrivileges(sessionOf(server, database), threeOf(after), limit);
      const into = new Collected();
      for (const { schema, privilege, grantee, grantors, is_grantable } of rows) {
        into.hold(
          granteeOf(server, grantee, database),
          grant(schemaPrivilegeKey(database, schema, privilege), namesOf(server, grantors), handOn(is_grantable)),
        );
      }
      return into.slice(rows, limit, ({ schema, privilege, grantee }) => [schema, privilege, grantee]);
    },
  };
}

function objectPrivileges(server: Server, database: string): Section {
  return {
    rank: 4,
    database,
    async read(after, limit) {
      const [schema, kind, privilege, grantee] = after ?? FIRST_OBJECT_GRANT;
      const rows = await readObjectGrants(
        sessionOf(server, database),
        [String(schema), String(kind), String(privilege), Number(grantee)],
        limit,
      );
      const into = new Collected();
      for (const row of rows) {
        const entitlement = objectsKey(row.kind, database, row.schema, row.privilege);
        into.hold(granteeOf(server, row.grantee, database), grant(entitlement, namesOf(server, row.grantors), objectOptions(row)));
      }
      return into.slice(rows, limit, (row) => [row.schema, row.kind, row.privilege, row.grantee]);
    },
  };
}

export function sessionOf(server: Server, database: string) {
  const session = server.entered.get(database);
  if (!session) throw new RangeError(`${database} was not entered`);
  return session;
}

/** PUBLIC holds what it holds as one; pg_database_owner is whoever owns the database at hand. */
function granteeOf(server: Server, oid: number, database: string): readonly Holder[] | string {
  if (oid === 0) return [{ holder_kind: "entitlement", holder: PUBLIC }];
  if (server.role(oid)?.exclusion === RULES.databaseOwner)
    return [{ holder_kind: "entitlement", holder: databasePrivilegeKey(database, OWNER) }];
  return holdersOf(server, oid);
}

function entitlementRule(server: Server, role: number): string | null {
  const known = server.role(role);
  return known ? known.exclusion : RULES.later;
}

function membershipOptions({ inherits, may_set_role, is_admin }: MembershipRow): string {
  const said = [
    inherits ? "inherits its privileges" : null,
    may_set_role ? "may switch to it" : null,
    is_admin ? "may add and remove members" : null,
  ];
  return said.filter((each) => each !== null).join("; ") || "without effect: neither inherits nor may switch to it";
}

const handOn = (isGrantable: boolean): string | null => (isGrantable ? "may hand it on" : null);

const threeOf = (after: Key | null): [string, string, number] => [
  String(after?.[0] ?? ""),
  String(after?.[1] ?? ""),
  Number(after?.[2] ?? 0),
];

function namesOf(server: Server, oids: readonly string[]): string {
  const names = oids.map((oid) => server.role(Number(oid))?.name ?? `a role that is gone (${oid})`);
  return names.toSorted().join(", ");
}
