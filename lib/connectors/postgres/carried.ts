import { attributesOf } from "./attributes.ts";
import { extentOf } from "./extent.ts";
import { readObjectGrantsOf } from "./objects.sql.ts";
import { readDatabasePrivilegesOf, readGroupsOf } from "./roles.sql.ts";
import { readSchemaPrivilegesOf } from "./schemas.sql.ts";
import type { Server } from "./server.ts";

/**
 * What each of these roles holds directly, as sorted lines: the contents of its membership. When a group gains a privilege its name does
 * not change, but what everyone signed off does. 0 is PUBLIC.
 */
export async function carriedBy(server: Server, oids: readonly number[]): Promise<ReadonlyMap<number, string[]>> {
  const carried = new Map<number, string[]>(oids.map((oid) => [oid, []]));
  if (oids.length === 0) return carried;
  const add = (oid: number, line: string) => carried.get(oid)?.push(line);
  const inScope = new Set(server.databases.filter(({ exclusion }) => exclusion === null).map(({ name }) => name));

  for (const oid of oids) for (const attribute of attributesOfOid(server, oid)) add(oid, attribute);
  for (const { member, role } of await readGroupsOf(server.entry, oids)) add(member, `Member of ${server.role(role)?.name ?? role}`);
  for (const { grantee, database, privilege } of await readDatabasePrivilegesOf(server.entry, oids)) {
    if (inScope.has(database)) add(grantee, `${privilege} on the database ${database}`);
  }
  for (const [database, session] of server.entered) {
    for (const { grantee, schema, privilege } of await readSchemaPrivilegesOf(session, oids))
      add(grantee, `${privilege} on the schema ${database}.${schema}`);
    for (const row of await readObjectGrantsOf(session, oids))
      add(row.grantee, `${row.privilege} in ${database}.${row.schema} on ${extentOf(row)}`);
  }
  for (const lines of carried.values()) lines.sort();
  return carried;
}

function attributesOfOid(server: Server, oid: number): readonly string[] {
  const role = server.role(oid);
  return role ? attributesOf(role) : [];
}
