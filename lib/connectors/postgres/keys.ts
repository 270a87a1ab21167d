/**
 * External ids of this source. Roles go by their oid: a role that is renamed keeps its access, and one that is dropped and made again
 * under the old name is somebody else. Databases, schemas and what is in them go by name: that is what a GRANT says, and dumps,
 * migrations and upgrades make them anew under the same name without anyone having meant a change of access.
 */
export const ATTRIBUTES = ["SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

export const OBJECT_KINDS = ["columns", "functions", "sequences", "tables"] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** Not a privilege in PostgreSQL's lists, but it includes all of them and the right to hand them on. */
export const OWNER = "OWNER";

export const SERVER = "server";
/** Every role there is and ever will be. Holds grants like a group does, and nobody is listed as holding it. */
export const PUBLIC = "public";

export type EntitlementKey =
  | { kind: "public" }
  | { kind: "attribute"; attribute: Attribute }
  | { kind: "member"; oid: number }
  | { kind: "database"; database: string; privilege: string }
  | { kind: "schema"; database: string; schema: string; privilege: string }
  | { kind: ObjectKind; database: string; schema: string; privilege: string };

const part = encodeURIComponent;

export const identityKey = (oid: number): string => `role:${oid}`;
export const groupKey = (oid: number): string => `group:${oid}`;
export const memberKey = (oid: number): string => `member:${oid}`;
export const passwordKey = (oid: number): string => `password:${oid}`;
export const attributeKey = (attribute: Attribute): string => `attribute:${attribute}`;
export const databaseKey = (database: string): string => `database:${part(database)}`;
export const schemaKey = (database: string, schema: string): string => `schema:${part(database)}/${part(schema)}`;
export const databasePrivilegeKey = (database: string, privilege: string): string => `${databaseKey(database)}:${privilege}`;
export const schemaPrivilegeKey = (database: string, schema: string, privilege: string): string =>
  `${schemaKey(database, schema)}:${privilege}`;
export const objectsKey = (kind: ObjectKind, database: string, schema: string, privilege: string): string =>
  `${kind}:${part(database)}/${part(schema)}:${privilege}`;

/** The entitlement behind an external id, or null where it is none of ours. */
export function parseEntitlementKey(key: string): EntitlementKey | null {
  if (key === PUBLIC) return { kind: "public" };
  const [kind = "", place = "", privilege = "", ...rest] = key.split(":");
  if (rest.length > 0) return null;
  if (kind === "member" && privilege === "") return withOid(place);
  const attribute = ATTRIBUTES.find((each) => each === place);
  if (kind === "attribute" && attribute && privilege === "") return { kind, attribute };
  if (!/^[A-Z ]+$/.test(privilege)) return null;
  const names = decoded(place);
  const [database, schema] = names;
  if (kind === "database" && database && names.length === 1) return { kind, database, privilege };
  const inSchema = ["schema" as const, ...OBJECT_KINDS].find((each) => each === kind);
  if (inSchema && database && schema && names.length === 2) return { kind: inSchema, database, schema, privilege };
  return null;
}

/** The role behind an identity's external id, or null. */
export function parseIdentityKey(key: string): number | null {
  const [kind, oid = ""] = key.split(":");
  return kind === "role" && /^\d{1,10}$/.test(oid) && key === identityKey(Number(oid)) ? Number(oid) : null;
}

function withOid(text: string): EntitlementKey | null {
  return /^\d{1,10}$/.test(text) ? { kind: "member", oid: Number(text) } : null;
}

function decoded(place: string): string[] {
  try {
    return place.split("/").map(decodeURIComponent);
  } catch {
    return [];
  }
}
