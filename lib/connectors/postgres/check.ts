import type { Declared, Scope } from "../contract.ts";
import { connect } from "./client.ts";
import { createPostgresConnector } from "./connector.ts";
import type { PostgresConfig, PostgresWriterConfig } from "./schema.ts";

export type PostgresCheck = {
  /** Whether a run would be whole: every mandatory scope is held. */
  readonly canRead: boolean;
  readonly declared: Declared;
  readonly missing: readonly Scope[];
  /** Things to know that keep nothing from being read. */
  readonly notes: readonly string[];
};

/** "Can I read what I need, and which scopes are missing?" Throws SourceError where there is no way in at all. */
export async function checkPostgres(config: PostgresConfig, signal: AbortSignal): Promise<PostgresCheck> {
  const connector = createPostgresConnector(config);
  try {
    const declared = await connector.declare(signal);
    const missing = declared.scopes.filter(({ isHeld }) => !isHeld);
    return { canRead: missing.every(({ isMandatory }) => !isMandatory), declared, missing, notes: await notesOf(config, signal) };
  } finally {
    await connector.close();
  }
}

type NoteRow = {
  is_superuser: boolean;
  has_excess: boolean;
  may_read_settings: boolean;
  is_encrypted: boolean;
  is_local: boolean;
  libraries: string | null;
};

async function notesOf(config: PostgresConfig, signal: AbortSignal): Promise<string[]> {
  const session = await connect(config, { user: config.user, password: config.password }, config.database, signal);
  try {
    const [facts] = await session.rows<NoteRow>(
      `SELECT r.rolsuper AS is_superuser, r.rolcreaterole OR r.rolbypassrls OR r.rolreplication OR EXISTS (SELECT FROM pg_roles d WHERE d.rolname = 'pg_read_all_data' AND pg_has_role(d.oid, 'USAGE')) AS has_excess,
         pg_has_role('pg_read_all_settings', 'USAGE') AS may_read_settings, (SELECT s.setting FROM pg_settings s WHERE s.name = 'shared_preload_libraries') AS libraries,
         coalesce((SELECT s.ssl FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()), false) AS is_encrypted,
         coalesce(inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() = '::1', true) AS is_local
       FROM pg_roles r WHERE r.rolname = current_user`,
    );
    return facts ? notesFrom(facts, config) : [];
  } finally {
    await session.close();
  }
}

function notesFrom(facts: NoteRow, { user, tls }: PostgresConfig): string[] {
  const hasAuditing = facts.libraries?.includes("pgaudit") ?? false;
  return [
    facts.is_superuser ? `${user} is a superuser. A reader needs none of that: see the connector's page for what it needs.` : "",
    facts.has_excess && !facts.is_superuser
      ? `${user} may do more than a reader needs: administer roles, replicate, or read all data.`
      : "",
    !facts.is_encrypted && !facts.is_local ? "The connection is not encrypted." : "",
    tls.mode === "require" ? "The connection is encrypted, but the server's certificate is not checked." : "",
    facts.may_read_settings && !hasAuditing ? "pgaudit is not loaded: the server keeps no record of privileged use." : "",
  ].filter((note) => note !== "");
}

export type PostgresWriterCheck = {
  readonly canSignIn: true;
  readonly mayTakeBackFor: readonly string[];
  readonly notes: readonly string[];
};

/** What the writer can do: the roles in whose name it may take memberships back. */
export async function checkPostgresWriter(config: PostgresWriterConfig, signal: AbortSignal): Promise<PostgresWriterCheck> {
  const session = await connect(config, { user: config.writerUser, password: config.writerPassword }, config.database, signal);
  try {
    const rows = await session.rows<{ name: string }>(
      `SELECT DISTINCT r.rolname::text AS name FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.grantor
       WHERE pg_has_role(current_user, r.oid, 'USAGE') ORDER BY 1`,
    );
    const [me] = await session.rows<{ is_superuser: boolean }>(
      "SELECT rolsuper AS is_superuser FROM pg_roles WHERE rolname = current_user",
    );
    const names = rows.map(({ name }) => name);
    return {
      canSignIn: true,
      mayTakeBackFor: names,
      notes: [
        me?.is_superuser ? `${config.writerUser} is a superuser. It works with less: see the connector's page.` : "",
        names.length === 0 ? `${config.writerUser} may act for nobody who granted a membership, so it can take none back.` : "",
      ].filter((note) => note !== ""),
    };
  } finally {
    await session.close();
  }
}
