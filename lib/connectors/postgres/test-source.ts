import type { Binaries } from "#lib/db/embedded/binaries.ts";
import type { Stream, StreamRecord } from "#lib/inventory/streams.ts";
import { type SourceServer, startSourceServer } from "#lib/testing/source-server.ts";
import type { Completeness, Connector } from "../contract.ts";
import { createPostgresConnector } from "./connector.ts";
import { demoCorpSettings, ensureDemoCorp } from "./demo-corp.ts";
import { type PostgresConfig, postgresConfig } from "./schema.ts";

/* The sources of this folder's tests: demo_corp, and a database whose names and rights are as odd as PostgreSQL allows. */

export const PASSWORDS = { reader: "reader-secret", writer: "writer-secret" };
export const SUPERUSER_PASSWORD = "superuser-secret";
export const ODD = 'odd "db"/x:y';
export const ODD_SCHEMA = "s.1/ä\n;--";

export type TestSource = SourceServer & {
  settings(more?: object): object;
  config(more?: object): PostgresConfig;
  odd(more?: object): PostgresConfig;
  /** The server's own numbers, so that tests can say whom they mean. */
  oids(): Promise<(role: string) => number>;
  /** Since 16 a membership goes only with its grantor's name. */
  revoked(role: string, from: string): string;
};

export async function startTestSource(binaries: Binaries | null): Promise<TestSource> {
  if (!binaries) throw new Error("This PostgreSQL is not installed here.");
  const server = await startSourceServer(binaries, SUPERUSER_PASSWORD);
  await ensureDemoCorp(server.adminUrl, PASSWORDS);
  const settings = (more: object = {}) => ({ ...demoCorpSettings({ host: server.host, port: server.port }), ...more });
  const config = (more: object = {}) => postgresConfig(settings(more), { password: PASSWORDS.reader });
  return {
    ...server,
    settings,
    config,
    odd: (more = {}) => config({ database: ODD, databases: { only: [ODD] }, ...more }),
    async oids() {
      const rows = await server.run<{ name: string; oid: number }>("SELECT rolname AS name, oid FROM pg_roles");
      const known = new Map(rows.map((row) => [row.name, row.oid]));
      return (role) => known.get(role) ?? Number.NaN;
    },
    revoked: (role, from) => `REVOKE ${role} FROM ${from}${server.major >= 16 ? " GRANTED BY access_admin" : ""};`,
  };
}

export async function addOddDatabase(server: SourceServer): Promise<void> {
  await server.run(ODD_ROLES);
  await server.run(`CREATE DATABASE "${ODD.replaceAll('"', '""')}" OWNER "dual owner"`);
  await server.run(ODD_OBJECTS, ODD);
}

export const never = (): AbortSignal => new AbortController().signal;

type Read = { records: StreamRecord[]; excluded: Record<string, number>; completeness: Completeness };

export async function readStream(connector: Connector, stream: Stream): Promise<Read> {
  const read: Read = { records: [], excluded: {}, completeness: { kind: "complete" } };
  let cursor: string | null = null;
  do {
    const page = await connector.read(stream, cursor, never());
    read.records.push(...page.records);
    for (const [rule, count] of Object.entries(page.excluded ?? {})) read.excluded[rule] = (read.excluded[rule] ?? 0) + count;
    if (page.completeness.kind !== "complete") read.completeness = page.completeness;
    cursor = page.next;
  } while (cursor !== null);
  return read;
}

export async function using<T>(config: PostgresConfig, body: (connector: Connector) => Promise<T>): Promise<T> {
  const connector = createPostgresConnector(config);
  try {
    return await body(connector);
  } finally {
    await connector.close();
  }
}

export const readOf = (config: PostgresConfig, stream: Stream): Promise<Read> =>
  using(config, (connector) => readStream(connector, stream));

/** Everything that does not change by itself. */
export async function readAll(config: PostgresConfig): Promise<Record<string, StreamRecord[]>> {
  return using(config, async (connector) => {
    const streams: Record<string, StreamRecord[]> = {};
    for (const stream of connector.streams) if (stream !== "sessions") streams[stream] = (await readStream(connector, stream)).records;
    return streams;
  });
}

const ODD_ROLES = `
  CREATE ROLE "dual owner" LOGIN; CREATE ROLE "grantee % 1" LOGIN; GRANT "dual owner" TO "grantee % 1";
  CREATE ROLE "until forever" LOGIN VALID UNTIL 'infinity'; CREATE ROLE "until never" LOGIN VALID UNTIL '-infinity';
  CREATE ROLE "until far" LOGIN VALID UNTIL '20000-01-01 00:00:00+00'; CREATE ROLE "until soon" LOGIN VALID UNTIL '2027-03-04 05:06:07.89+00';
  CREATE ROLE "no connections" LOGIN CONNECTION LIMIT 0; CREATE ROLE "switched off" NOLOGIN;
  COMMENT ON ROLE "switched off" IS 'countersign: class=human'`;

const ODD_OBJECTS = `
  CREATE EXTENSION IF NOT EXISTS plpgsql;
  CREATE SCHEMA "${ODD_SCHEMA}";
  SET search_path = "${ODD_SCHEMA}";
  CREATE TABLE "odd ""table""" (a int, "b c" int); CREATE TABLE untouched (a int); CREATE SEQUENCE counter;
  CREATE TABLE parent (a int) PARTITION BY RANGE (a); CREATE TABLE child PARTITION OF parent FOR VALUES FROM (1) TO (2);
  CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION lend("A b" int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
  GRANT SELECT ("b c") ON "odd ""table""" TO "grantee % 1";
  GRANT SELECT ON "odd ""table""" TO "grantee % 1"; GRANT SELECT ON parent TO "grantee % 1" WITH GRANT OPTION;
  GRANT USAGE ON SEQUENCE counter TO "grantee % 1";
  GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO "grantee % 1";
  ALTER DEFAULT PRIVILEGES FOR ROLE "dual owner" IN SCHEMA "${ODD_SCHEMA}" GRANT TRUNCATE ON TABLES TO PUBLIC;
  ALTER DEFAULT PRIVILEGES FOR ROLE "dual owner" GRANT DELETE ON TABLES TO "grantee % 1";
  COMMENT ON SCHEMA "${ODD_SCHEMA}" IS 'countersign: sensitivity=restricted'`;
