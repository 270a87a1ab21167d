import type { Attribute, ObjectKind } from "./keys.ts";

/** What an entitlement lets its holder do, in words that need no knowledge of PostgreSQL. */
export const ATTRIBUTE_MEANINGS: Readonly<Record<Attribute, string>> = {
  SUPERUSER:
    "Can do anything on this server, past every permission check: read and change all data, become any role, run programs on its machine.",
  CREATEROLE: "Can make and change roles and hand out memberships, and so can reach what the roles it administers reach.",
  CREATEDB: "Can make new databases on this server and owns them.",
  REPLICATION: "Can copy everything that this server stores, as a replica would, past every permission on tables.",
  BYPASSRLS: "Sees and changes every row of the tables it may use: row security policies do not apply to it.",
};

const PREDEFINED: Readonly<Record<string, string>> = {
  pg_checkpoint: "Can tell the server to write its memory to disk now.",
  pg_create_subscription: "Can make this server copy data from other servers.",
  pg_execute_server_program: "Can run programs on the server's machine as the account of the database: as good as a superuser.",
  pg_maintain: "Can clean up, re-index and lock every table.",
  pg_monitor: "Can read the server's settings, statistics and the statements that others are running.",
  pg_read_all_data: "Can read every row of every table in every database it may enter.",
  pg_read_all_settings: "Can read all settings of the server.",
  pg_read_all_stats: "Can read all statistics, and who is signed in from where and what they are running.",
  pg_read_server_files: "Can read any file that the server can read: as good as a superuser.",
  pg_signal_autovacuum_worker: "Can interrupt the server's cleaning of a table.",
  pg_signal_backend: "Can cancel other people's statements and end their sessions.",
  pg_stat_scan_tables: "Can run monitoring functions that hold tables for a long time.",
  pg_use_reserved_connections: "Can sign in when only the reserved connections are left.",
  pg_write_all_data: "Can add, change and delete rows of every table in every database it may enter.",
  pg_write_server_files: "Can write any file that the server can write: as good as a superuser.",
};

export function memberMeaning(role: string, purpose: string | null): string {
  const known = PREDEFINED[role];
  if (known) return known;
  return `Can do whatever ${role} can, in every database of this server.${purpose ? ` Its purpose: ${purpose}` : ""}`;
}

export const EVERYONE_MEANING =
  "What every role of this server can do, now and in future, without being named anywhere. It is listed once here, and not once more for every role.";

export function databaseMeaning(database: string, privilege: string): string {
  switch (privilege) {
    case "OWNER":
      return `Can do anything with the database ${database} itself: rename it, delete it, decide who enters.`;
    case "CONNECT":
      return `Can enter the database ${database}.`;
    case "CREATE":
      return `Can make new schemas in the database ${database}.`;
    case "TEMPORARY":
      return `Can make temporary tables while in the database ${database}.`;
    default:
      return `Has the privilege ${privilege} on the database ${database}.`;
  }
}

export function schemaMeaning(place: string, privilege: string): string {
  switch (privilege) {
    case "OWNER":
      return `Can do anything with the schema ${place} itself: delete it with all that is in it, decide who uses it.`;
    case "USAGE":
      return `Can reach what is in the schema ${place}, where a permission on the single table or function allows it.`;
    case "CREATE":
      return `Can make new tables and functions in the schema ${place}.`;
    default:
      return `Has the privilege ${privilege} on the schema ${place}.`;
  }
}

const VERBS: Readonly<Record<string, string>> = {
  OWNER: "Can do anything with",
  SELECT: "Can read",
  INSERT: "Can add rows to",
  UPDATE: "Can change rows of",
  DELETE: "Can delete rows of",
  TRUNCATE: "Can empty",
  REFERENCES: "Can make others depend on rows of",
  TRIGGER: "Can attach code that runs at every change of",
  MAINTAIN: "Can clean up, re-index and lock",
  EXECUTE: "Can run",
  USAGE: "Can take numbers from",
};

export function objectsMeaning(kind: ObjectKind, place: string, privilege: string): string {
  const verb = kind === "sequences" && privilege === "UPDATE" ? "Can set" : (VERBS[privilege] ?? `Has the privilege ${privilege} on`);
  const what = kind === "tables" ? "tables and views" : kind;
  return `${verb} ${what} in the schema ${place}: which ones, each grant says.`;
}
