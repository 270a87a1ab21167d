import pg from "pg";
import type { Stream } from "#lib/inventory/streams.ts";
import { type Completeness, type Connector, type Cursor, type Declared, type Page, SourceError } from "../contract.ts";
import { placeOf } from "./client.ts";
import { entitlementSections } from "./entitlements.ts";
import { grantSections } from "./grants.ts";
import { credentialSections, identitySections } from "./identities.ts";
import { resourceSections } from "./resources.ts";
import type { PostgresConfig } from "./schema.ts";
import { type Reach, reachOf } from "./scopes.ts";
import { readPage, type Section } from "./sections.ts";
import { missingDatabases, openServer, type Server } from "./server.ts";
import { sessionSections } from "./sessions.ts";
import { countStreams } from "./totals.sql.ts";

type PostgresStream = "identities" | "resources" | "entitlements" | "grants" | "credentials" | "sessions";

const SECTIONS: Readonly<Record<PostgresStream, (server: Server) => Section[]>> = {
  identities: identitySections,
  resources: resourceSections,
  entitlements: entitlementSections,
  grants: grantSections,
  credentials: credentialSections,
  sessions: sessionSections,
};
const STREAMS = Object.keys(SECTIONS) as PostgresStream[];
const OF_DATABASES: readonly Stream[] = ["resources", "entitlements", "grants"];

type Opened = { server: Server; reach: Reach };

/**
 * Reads roles, privileges and sessions of one PostgreSQL server. Everything of one run comes from one snapshot for each database, all
 * opened at the first call and held until `close` or the deadline.
 */
export function createPostgresConnector(config: PostgresConfig): Connector {
  const life = new AbortController();
  let opened: Promise<Opened> | undefined;
  let deadline: NodeJS.Timeout | undefined;

  /** Any of the callers may give up: the snapshots are of no use to the run then. */
  async function within<T>(signal: AbortSignal, work: (opened: Opened) => Promise<T>): Promise<T> {
    const give = () => life.abort(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener("abort", give, { once: true });
    try {
      life.signal.throwIfAborted();
      opened ??= open();
      return await work(await opened);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      const where = placeOf(config, config.database);
      throw new SourceError(`The server refused a part of what there is to read: ${error.message}. Check the source's scopes.`, {
        where,
        cause: error,
      });
    } finally {
      signal.removeEventListener("abort", give);
    }
  }

  async function open(): Promise<Opened> {
    deadline = setTimeout(
      () => life.abort(new SourceError(`The run took longer than ${config.deadlineSeconds} seconds.`)),
      config.deadlineSeconds * 1000,
    ).unref();
    const server = await openServer(config, life.signal);
    return { server, reach: await reachOf(server) };
  }

  return {
    kind: "postgres",
    streams: STREAMS,
    declare: (signal) => within(signal, (all) => declare(all)),
    read: (stream, cursor, signal) => within(signal, (all) => read(all, stream, cursor)),
    async close() {
      clearTimeout(deadline);
      await opened?.then(({ server }) => server.close()).catch(() => {});
    },
  };
}

// On a standby the clock runs ahead of what has arrived: what is read there is as old as the last change that was replayed.
// Where it cannot tell (null), no removal could ever be proven by it.
const FACTS = `SELECT current_setting('server_version') AS version, session_user::text AS account,
  to_char(CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() ELSE now() END AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS observed_at`;

async function declare({ server, reach }: Opened): Promise<Declared> {
  const [facts] = await server.entry.rows<{ version: string; account: string; observed_at: string | null }>(FACTS);
  const endpoint = placeOf(server.settings, server.settings.database);
  if (!facts?.observed_at)
    throw new SourceError("This is a standby that cannot say how old its state is. Read the primary.", { where: endpoint });
  return {
    totals: await countStreams(server),
    scopes: reach.scopes,
    observedAt: facts.observed_at,
    product: `PostgreSQL ${facts.version}`,
    account: facts.account,
    endpoint,
  };
}

async function read({ server, reach }: Opened, stream: Stream, cursor: Cursor): Promise<Page> {
  const known = STREAMS.find((each) => each === stream);
  if (!known) return { records: [], next: null, completeness: { kind: "unavailable", reason: `PostgreSQL has no ${stream}.` } };
  if (known === "sessions" && !reach.readsStatistics) {
    return {
      records: [],
      next: null,
      completeness: { kind: "unavailable", reason: "The reader sees no sessions but its own: it is not a member of pg_read_all_stats." },
    };
  }
  return readPage(SECTIONS[known](server), cursor, server.settings.pageSize, completenessOf(server, known));
}

function completenessOf(server: Server, stream: PostgresStream): Completeness {
  const reason = OF_DATABASES.includes(stream) ? missingDatabases(server) : null;
  return reason ? { kind: "partial", reason } : { kind: "complete" };
}
