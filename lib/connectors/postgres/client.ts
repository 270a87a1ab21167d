import "server-only";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { getCACertificates } from "node:tls";
import pg from "pg";
import { isForbiddenAddress } from "../addresses.ts";
import { SourceError } from "../contract.ts";
import type { PostgresSettings } from "./schema.ts";

export const APPLICATION_NAME = "countersign";
const CONNECT_SECONDS = 10;

/** One connection to one database. */
export type Session = {
  readonly database: string;
  /** server_version_num: 150018, 180004. */
  readonly version: number;
  rows<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** What the server remarked since the last call. REVOKE says "nothing was revoked" by a warning, not by an error. */
  takeWarnings(): string[];
  close(): Promise<void>;
};

export type Account = { user: string; password: string };

/** The account may not enter this database; others of the same server may still be read. */
export class EntryRefused extends SourceError {}

/**
 * Signs in. The name is resolved once, checked and pinned, so that what was checked is what is connected to. The session can be ended
 * from outside by `signal`, whatever the server is doing.
 */
export async function connect(settings: PostgresSettings, account: Account, database: string, signal: AbortSignal): Promise<Session> {
  const where = placeOf(settings, database);
  signal.throwIfAborted();
  const address = await pinnedAddress(settings);
  const client = new pg.Client({
    host: address,
    port: settings.port,
    database,
    user: account.user,
    password: account.password,
    ssl: tlsOptions(settings),
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: CONNECT_SECONDS * 1000,
  });
  const warnings: string[] = [];
  client.on("error", () => {}); // a lost connection is reported by the statement that meets it
  client.on("notice", ({ severity, message }) => {
    if (severity === "WARNING" && message) warnings.push(message);
  });
  try {
    await orAbort(client, client.connect(), signal);
    const { rows } = await orAbort(
      client,
      client.query<{ version: number }>(OPENING, [String(settings.statementTimeoutSeconds * 1000)]),
      signal,
    );
    return { database, version: rows[0]?.version ?? 0, takeWarnings: () => warnings.splice(0), rows: run, close };
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw explain(error, settings, account, database);
  }

  async function run<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const { rows } = await orAbort(client, client.query<Row>(sql, [...values]), signal);
      return rows;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof pg.DatabaseError && error.code !== "57014" && error.code !== "57P01") throw error;
      throw new SourceError(`The server stopped answering: ${messageOf(error)}. Nothing was applied; try again.`, { where, cause: error });
    }
  }

  async function close(): Promise<void> {
    await Promise.race([client.end().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    destroy(client);
  }
}

/**
 * A session in which every statement sees one and the same state. Its names resolve to PostgreSQL's own catalogues and nothing else:
 * a schema of the source must not be able to put its own pg_roles in front.
 */
export async function openSnapshot(settings: PostgresSettings, account: Account, database: string, signal: AbortSignal): Promise<Session> {
  const session = await connect(settings, account, database, signal);
  await session.rows("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  await session.rows("SELECT 1 FROM pg_catalog.pg_database LIMIT 1"); // the first statement takes the snapshot, BEGIN does not
  return session;
}

export const placeOf = (settings: PostgresSettings, database: string): string => {
  const host = isIP(settings.host) === 6 ? `[${settings.host}]` : settings.host;
  return `${host}:${settings.port}/${database}`;
};

// Every name in full: until the first of these has run, the path is the account's own, and somebody may have put functions there.
const OPENING = `SELECT ${[
  ["search_path", "'pg_catalog'"],
  ["statement_timeout", "$1"],
  ["lock_timeout", "'5s'"],
  ["idle_in_transaction_session_timeout", "'0'"],
  ["TimeZone", "'UTC'"],
  ["jit", "'off'"],
]
  .map(([setting, value]) => `pg_catalog.set_config('${setting}', ${value}, false)`)
  .join(", ")}, pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version`;

async function pinnedAddress(settings: PostgresSettings): Promise<string> {
  const found = await lookup(settings.host, { all: true, verbatim: true }).catch((error: unknown) => {
    throw new SourceError(`The host ${settings.host} is not known here. Check its spelling and the name service.`, {
      where: settings.host,
      cause: error,
    });
  });
  // One forbidden answer among several refuses them all: the next connection might be given that one.
  if (!settings.allowLinkLocal && found.some(({ address }) => isForbiddenAddress(address))) {
    throw new SourceError(
      `The host ${settings.host} leads to a link-local or metadata address, which sources may not use. An administrator can allow it for this source.`,
      { where: settings.host },
    );
  }
  const [first] = found;
  if (!first) throw new SourceError(`The host ${settings.host} has no address.`, { where: settings.host });
  return first.address;
}

function tlsOptions({ tls, host }: PostgresSettings): false | pg.ClientConfig["ssl"] {
  if (tls.mode === "disable") return false;
  const name = isIP(host) === 0 ? { servername: host } : {};
  return tls.mode === "require"
    ? { rejectUnauthorized: false, ...name }
    : { rejectUnauthorized: true, ca: tls.ca ?? [...getCACertificates("bundled"), ...getCACertificates("system")], ...name };
}

/** Settles as `work` does, or fails at once when `signal` does; the connection is then cut, since the protocol has no way back. */
async function orAbort<T>(client: pg.Client, work: Promise<T>, signal: AbortSignal): Promise<T> {
  const cut = () => destroy(client, signal.reason);
  if (signal.aborted) cut();
  signal.addEventListener("abort", cut, { once: true });
  try {
    return await work;
  } finally {
    signal.removeEventListener("abort", cut);
  }
}

function destroy(client: pg.Client, reason?: unknown): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy(error?: Error): void } } }).connection;
  stream.destroy(reason instanceof Error ? reason : undefined);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const REFUSED: Readonly<Record<string, (account: Account, database: string) => string>> = {
  "28P01": ({ user }) => `The server refused the password of ${user}. Set it anew.`,
  "28000": ({ user }, database) =>
    `The server has no rule that lets ${user} in (pg_hba.conf), or ${user} may not sign in. Ask for a line for ${user} and database ${database}.`,
  "53300": () => "The server has no connection left. Try again later, or raise its limit for this account.",
  "3D000": (_account, database) => `There is no database ${database} on this server.`,
  ECONNREFUSED: () => "Nothing answers at this host and port.",
  ERR_TLS_CERT_ALTNAME_INVALID: () => "The server's certificate is made out to another name. Use the name that it carries as the host.",
  CERT_HAS_EXPIRED: () => "The server's certificate has expired.",
  "57P03": () => "The server is starting up or shutting down. Try again in a moment.",
};
const UNTRUSTED = /^(SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER))/;
const ENTRY = new Set(["42501", "28000", "3D000", "55000", "53300"]);

function explain(error: unknown, settings: PostgresSettings, account: Account, database: string): SourceError {
  if (error instanceof SourceError) return error;
  const options = { where: placeOf(settings, database), cause: error };
  const code = (error as { code?: string }).code ?? "";
  if (code === "42501") return new EntryRefused(`${account.user} may not enter it. GRANT CONNECT ON DATABASE to ${account.user}.`, options);
  if (UNTRUSTED.test(code))
    return new SourceError(
      "The server's certificate is from an authority that is not trusted here. Add that authority's certificate to the source.",
      options,
    );
  const said = REFUSED[code]?.(account, database) ?? `No sign-in to PostgreSQL: ${messageOf(error)}.`;
  return ENTRY.has(code) ? new EntryRefused(said, options) : new SourceError(said, options);
}
