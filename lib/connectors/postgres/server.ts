import type { IdentityClass } from "#lib/inventory/streams.ts";
import { SourceError } from "../contract.ts";
import { EntryRefused, openSnapshot, placeOf, type Session } from "./client.ts";
import { type CommentTags, commentTags } from "./comment-tags.ts";
import { identityKey, memberKey } from "./keys.ts";
import { type DatabaseRow, type RoleRow, readDatabases, readRoles } from "./roles.sql.ts";
import { fits, type PostgresConfig, type PostgresSettings } from "./schema.ts";

export type Role = RoleRow & {
  readonly tags: CommentTags;
  readonly class: IdentityClass;
  readonly owner: string | null;
  readonly purpose: string | null;
  /** Somebody or something that can sign in, or that the rules say is one though its sign-in is switched off. */
  readonly isIdentity: boolean;
  /** A role that others can be, or are, members of. A sign-in role with members is both. */
  readonly isGroup: boolean;
  /** The rule that leaves it out, or null. */
  readonly exclusion: string | null;
};

export type Database = DatabaseRow & { readonly tags: CommentTags; readonly exclusion: string | null };

/** What all streams of one run are made from: a snapshot of the server's own lists, and one of each database that is read. */
export type Server = {
  readonly settings: PostgresSettings;
  readonly entry: Session;
  readonly roles: readonly Role[];
  readonly databases: readonly Database[];
  /** Databases that were entered, by name, in order. */
  readonly entered: ReadonlyMap<string, Session>;
  /** Databases that belong to the source and could not be entered, with the reason. */
  readonly refused: ReadonlyMap<string, string>;
  role(oid: number): Role | undefined;
  close(): Promise<void>;
};

export const RULES = {
  group: "group roles, which are entitlements",
  nobody: "sign-in roles that nobody is a member of",
  cannotSignIn: "roles that cannot sign in",
  predefined: "PostgreSQL's predefined roles, which are entitlements",
  databaseOwner: "pg_database_owner, which stands for each database's owner",
  exceptedRole: "roles left out by name",
  exceptedDatabase: "databases left out by name",
  template: "template databases",
  closed: "databases that allow no connections",
  systemSchema: "PostgreSQL's own schemas",
  ownSession: "Countersign's own sessions",
  later: "roles and databases made after the read began",
} as const;

/** Opens every snapshot before the first page, so that they lie as close together as they can. */
export async function openServer(config: PostgresConfig, signal: AbortSignal): Promise<Server> {
  const account = { user: config.user, password: config.password };
  const entry = await openSnapshot(config, account, config.database, signal);
  const entered = new Map<string, Session>([]);
  const close = async () => {
    await Promise.all([entry, ...entered.values()].map((session) => session.close()));
  };
  try {
    const roles = (await readRoles(entry)).map((row) => roleOf(row, config));
    const databases = (await readDatabases(entry)).map((row) => databaseOf(row, config));
    const wanted = databases.filter(({ exclusion }) => exclusion === null);
    if (wanted.length > config.maxDatabases) throw tooMany(wanted.length, config);
    const refused = new Map<string, string>();
    for (const { name, may_connect } of wanted) {
      if (name === entry.database) entered.set(name, entry);
      else if (!may_connect) refused.set(name, `${config.user} may not connect to it`);
      else
        await openSnapshot(config, account, name, signal).then(
          (session) => entered.set(name, session),
          (error: unknown) => {
            if (!(error instanceof EntryRefused)) throw error;
            refused.set(name, error.message);
          },
        );
    }
    const byOid = new Map(roles.map((role) => [role.oid, role]));
    return { settings: config, entry, roles, databases, entered, refused, role: (oid) => byOid.get(oid), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function tooMany(count: number, config: PostgresConfig): SourceError {
  return new SourceError(
    `${count} databases would be read at once, and at most ${config.maxDatabases} are allowed. Leave some out by name, or raise the limit.`,
    { where: placeOf(config, config.database) },
  );
}

/** What a role is, by its comment's tag first and by its name second. Nothing is guessed. */
export function roleOf(row: RoleRow, settings: PostgresSettings): Role {
  const tags = commentTags(row.comment);
  const rule = settings.classes.find(({ pattern }) => fits(row.name, [pattern]));
  const listed: IdentityClass | undefined = fits(row.name, settings.breakGlass) ? "break_glass" : undefined;
  const known = listed ?? tags.class ?? rule?.class;
  const isPredefined = row.oid < FIRST_OWN_OID && row.name.startsWith("pg_");
  const isIdentity = !isPredefined && (row.can_login || (known !== undefined && known !== "unknown"));
  const isGroup = row.has_members || !isIdentity;
  const exclusion =
    row.name === "pg_database_owner" ? RULES.databaseOwner : fits(row.name, settings.exceptRoles) ? RULES.exceptedRole : null;
  return {
    ...row,
    tags,
    class: known ?? "unknown",
    owner: tags.owner ?? rule?.owner ?? null,
    purpose: tags.purpose ?? rule?.purpose ?? null,
    isIdentity,
    isGroup,
    exclusion,
  };
}

/** Oids below are given by initdb; names that start with pg_ are reserved, but only since 9.6. */
const FIRST_OWN_OID = 16_384;
export const isPredefined = (role: Role): boolean => role.oid < FIRST_OWN_OID && role.name.startsWith("pg_");

function databaseOf(row: DatabaseRow, { databases }: PostgresSettings): Database {
  const isWanted = (databases.only.length === 0 || fits(row.name, databases.only)) && !fits(row.name, databases.except);
  const exclusion = !isWanted ? RULES.exceptedDatabase : row.is_template ? RULES.template : !row.allows_connections ? RULES.closed : null;
  return { ...row, tags: commentTags(row.comment), exclusion };
}

export type Holder = { holder_kind: "identity" | "entitlement"; holder: string };

/** The records that a role holds things as: an identity, the members of a group, or both at once. A text is the rule that leaves it out. */
export function holdersOf(server: Server, oid: number): readonly Holder[] | string {
  const role = server.role(oid);
  if (!role) return RULES.later;
  if (role.exclusion) return role.exclusion;
  const identity: Holder = { holder_kind: "identity", holder: identityKey(oid) };
  const group: Holder = { holder_kind: "entitlement", holder: memberKey(oid) };
  return [...(role.isIdentity ? [identity] : []), ...(role.isGroup ? [group] : [])];
}

/** Why a stream that depends on databases is not whole, or null. */
export function missingDatabases({ refused }: Server): string | null {
  if (refused.size === 0) return null;
  const reasons = [...refused].map(([name, reason]) => `${name} (${reason})`);
  return `Schemas, tables and functions of ${reasons.join(", ")} are unknown. Let the reader connect, or leave the database out by name.`;
}
