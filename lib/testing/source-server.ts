import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { type Binaries, embeddedBinaries, systemBinaries } from "#lib/db/embedded/binaries.ts";
import { SUPERUSER, startCluster, stopCluster } from "#lib/db/embedded/cluster.ts";

/** A PostgreSQL server to be a source: its roles are the test's alone, which those of the shared test server are not. */
export type SourceServer = {
  readonly major: number;
  readonly adminUrl: string;
  readonly host: string;
  readonly port: number;
  /** As the superuser. */
  run<Row extends pg.QueryResultRow>(sql: string, database?: string): Promise<Row[]>;
  stop(): Promise<void>;
};

const CARELESS = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", shared_buffers: "32MB", max_connections: "60" };

/** The versions that sources are tried on here: the packaged one, and Debian's where it is installed. */
export const SOURCE_VERSIONS: readonly { name: string; binaries: () => Promise<Binaries | null> }[] = [
  { name: "the packaged PostgreSQL", binaries: embeddedBinaries },
  { name: "PostgreSQL 15", binaries: async () => systemBinaries(15) },
];

export async function startSourceServer(binaries: Binaries, password: string): Promise<SourceServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "countersign-source-"));
  const options = {
    folder: path.join(folder, "pg"),
    password,
    logFile: path.join(folder, "log"),
    binaries,
    settings: CARELESS,
  };
  const cluster = await startCluster(options);
  return {
    major: binaries.major,
    adminUrl: cluster.url("postgres"),
    host: "127.0.0.1",
    port: cluster.port,
    async run<Row extends pg.QueryResultRow>(sql: string, database = "postgres") {
      const client = new pg.Client({ host: "127.0.0.1", port: cluster.port, user: SUPERUSER, password, database });
      await client.connect();
      try {
        const results = (await client.query<Row>(sql)) as pg.QueryResult<Row> | pg.QueryResult<Row>[];
        return Array.isArray(results) ? (results.at(-1)?.rows ?? []) : results.rows;
      } finally {
        await client.end();
      }
    },
    async stop() {
      await stopCluster(cluster);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
