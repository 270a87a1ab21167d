import type { StreamRecord } from "#lib/inventory/streams.ts";
import { carriedBy } from "./carried.ts";
import { shown } from "./extent.ts";
import {
  ATTRIBUTES,
  attributeKey,
  databaseKey,
  databasePrivilegeKey,
  groupKey,
  memberKey,
  OWNER,
  objectsKey,
  PUBLIC,
  SERVER,
  schemaKey,
  schemaPrivilegeKey,
} from "./keys.ts";
import { ATTRIBUTE_MEANINGS, databaseMeaning, EVERYONE_MEANING, memberMeaning, objectsMeaning, schemaMeaning } from "./meanings.ts";
import { type ObjectEntitlementRow, readFutureOfDatabase, readObjectEntitlements } from "./objects.sql.ts";
import { isSystemSchema } from "./resources.ts";
import { readDatabaseEntitlements } from "./roles.sql.ts";
import { readSchemaEntitlements } from "./schemas.sql.ts";
import { Collected, type Key, listed, type Section } from "./sections.ts";
import { type Role, RULES, type Server } from "./server.ts";

/**
 * The model. On the server: its five attributes, the membership of each group, and Everyone (PUBLIC). On databases and schemas: one
 * entitlement for each privilege that somebody besides the owner holds, and ownership. On what is inside a schema: one for each
 * (schema, kind, privilege), whose grants say which objects they reach. One for each table would be thousands that nobody could review,
 * and one for "all tables" would come and go with every new table, so that access would seem to end which did not.
 */
export function entitlementSections(server: Server): Section[] {
  const databases = [...server.entered.keys()];
  return [
    listed(
      0,
      [0],
      (number) => number,
      async (_number, into) => {
        into.records.push(...(await serverEntitlements(server)));
      },
    ),
    groups(server),
    databasePrivileges(server),
    ...databases.map((database) => schemaPrivileges(server, database)),
    ...databases.map((database) => objectPrivileges(server, database)),
  ];
}

async function serverEntitlements(server: Server): Promise<StreamRecord[]> {
  const attributes = ATTRIBUTES.map((attribute) => ({
    external_id: attributeKey(attribute),
    resource: SERVER,
    name: attribute,
    meaning: ATTRIBUTE_MEANINGS[attribute],
    privileged: "yes",
    contents: null,
  }));
  const contents = (await carriedBy(server, [0])).get(0) ?? [];
  const everyone = {
    external_id: PUBLIC,
    resource: SERVER,
    name: "Everyone (PUBLIC)",
    meaning: EVERYONE_MEANING,
    privileged: "no",
    contents: contents.join("\n") || null,
  };
  return [everyone, ...attributes];
}

function groups(server: Server): Section {
  return {
    rank: 1,
    database: "",
    async read(after, limit) {
      const from = Number(after?.[0] ?? -1);
      const roles = server.roles.filter(({ oid }) => oid > from).slice(0, limit);
      const into = new Collected();
      const kept = roles.filter((role) => {
        const rule = role.exclusion ?? (role.isGroup ? null : RULES.nobody);
        if (rule) into.exclude(rule);
        return !rule;
      });
      const carried = await carriedBy(
        server,
        kept.map(({ oid }) => oid),
      );
      into.records.push(...kept.map((role) => membershipOf(role, carried.get(role.oid) ?? [])));
      return into.slice(roles, limit, ({ oid }) => [oid]);
    },
  };
}

function membershipOf(role: Role, carried: readonly string[]): StreamRecord {
  return {
    external_id: memberKey(role.oid),
    resource: groupKey(role.oid),
    name: `Member of ${role.name}`,
    meaning: memberMeaning(role.name, role.purpose),
    privileged: role.is_powerful ? "yes" : "no",
    contents: carried.join("\n") || null,
  };
}

function databasePrivileges(server: Server): Section {
  const known = new Map(server.databases.map((database) => [database.name, database]));
  return {
    rank: 2,
    database: "",
    async read(after, limit) {
      const rows = await readDatabaseEntitlements(server.entry, twoOf(after), limit);
      const into = new Collected();
      for (const { database, privilege } of rows) {
        const rule = known.get(database)?.exclusion;
        if (rule !== null) into.exclude(rule ?? RULES.later);
        else into.records.push(await databasePrivilege(server, database, privilege));
      }
      return into.slice(rows, limit, ({ database, privilege }) => [database, privilege]);
    },
  };
}

async function databasePrivilege(server: Server, database: string, privilege: string): Promise<StreamRecord> {
  const session = privilege === OWNER ? server.entered.get(database) : undefined;
  const future = session ? await readFutureOfDatabase(session) : [];
  return {
    external_id: databasePrivilegeKey(database, privilege),
    resource: databaseKey(database),
    name: privilege === OWNER ? `Owner of the database ${database}` : `${privilege} on the database ${database}`,
    meaning: databaseMeaning(database, privilege),
    privileged: privilege === OWNER ? "yes" : "no",
    contents: future.map((each) => `${each.privilege} on ${each.kind} of any schema: ${shown(each.note)}`).join("\n") || null,
  };
}

function schemaPrivileges(server: Server, database: string): Section {
  return {
    rank: 3,
    database,
    async read(after, limit) {
      const session = server.entered.get(database);
      const rows = session ? await readSchemaEntitlements(session, twoOf(after), limit) : [];
      const into = new Collected();
      for (const { schema, privilege } of rows) {
        const place = `${database}.${schema}`;
        into.records.push({
          external_id: schemaPrivilegeKey(database, schema, privilege),
          resource: schemaKey(database, schema),
          name: privilege === OWNER ? `Owner of the schema ${place}` : `${privilege} on the schema ${place}`,
          meaning: schemaMeaning(place, privilege),
          privileged: privilege === OWNER ? "yes" : "no",
          contents: null,
        });
      }
      return into.slice(rows, limit, ({ schema, privilege }) => [schema, privilege]);
    },
  };
}

function objectPrivileges(server: Server, database: string): Section {
  return {
    rank: 4,
    database,
    async read(after, limit) {
      const session = server.entered.get(database);
      const from: [string, string, string] = [String(after?.[0] ?? ""), String(after?.[1] ?? ""), String(after?.[2] ?? "")];
      const rows = session ? await readObjectEntitlements(session, from, limit) : [];
      const into = new Collected();
      for (const row of rows) into.records.push(objectEntitlement(database, row));
      return into.slice(rows, limit, ({ schema, kind, privilege }) => [schema, kind, privilege]);
    },
  };
}

function objectEntitlement(database: string, row: ObjectEntitlementRow): StreamRecord {
  const { schema, kind, privilege } = row;
  const place = `${database}.${schema}`;
  const isSystem = isSystemSchema(schema);
  return {
    external_id: objectsKey(kind, database, schema, privilege),
    resource: isSystem ? databaseKey(database) : schemaKey(database, schema),
    name: privilege === OWNER ? `Owner of ${kind} in ${place}` : `${privilege} on ${kind} in ${place}`,
    meaning: objectsMeaning(kind, place, privilege),
    // What somebody opened of the system's own objects is no everyday right, and a function of a powerful owner lends out its powers.
    privileged: privilege === OWNER || isSystem || row.is_elevated ? "yes" : "no",
    contents: contentsOf(row) || null,
  };
}

/** The objects by name, one a line. Beyond what is listed the digest of the whole list stands for the rest, so that any change shows. */
function contentsOf({ names, objects, digest, notes }: ObjectEntitlementRow): string {
  const rest = objects - names.length;
  return [
    ...names.map(shown),
    ...(rest > 0 ? [`and ${rest} more; SHA-256 of the whole list: ${digest ?? ""}`] : []),
    ...notes.map(shown),
  ].join("\n");
}

const twoOf = (after: Key | null): [string, string] => [String(after?.[0] ?? ""), String(after?.[1] ?? "")];
