import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { systemBinaries } from "#lib/db/embedded/binaries.ts";
import { type Cluster, startCluster, stopCluster } from "#lib/db/embedded/cluster.ts";
import { type DatabaseUrls, ensureDatabase } from "#lib/db/embedded/databases.ts";
import { tableDigests } from "#lib/testing/digests.ts";

/* docs/operations.md, for whoever brings their own server: pg_dump there, pg_restore into an empty database of the same name elsewhere. */

const run = promisify(execFile);
const binaries = systemBinaries(15);
const folder = mkdtempSync(path.join(tmpdir(), "countersign-dump-"));
const clusters: Cluster[] = [];
const NAME = "countersign";

afterAll(async () => {
  for (const cluster of clusters) await stopCluster(cluster, 0);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function server(name: string): Promise<{ admin: pg.Client; urls: DatabaseUrls; superuser: string }> {
  const options = { folder: path.join(folder, name), password: "superuser-secret", logFile: path.join(folder, `${name}.log`) };
  const cluster = await startCluster({ ...options, ...(binaries ? { binaries } : {}), settings: { shared_buffers: "32MB" } });
  clusters.push(cluster);
  const urls = await ensureDatabase(cluster.url("postgres"), NAME, async () => "role-secret");
  const admin = new pg.Client({ connectionString: cluster.url(NAME) });
  admin.on("error", () => {});
  await admin.connect();
  return { admin, urls, superuser: cluster.url(NAME) };
}

async function migrate({ owner }: DatabaseUrls): Promise<string> {
  const script = path.join(import.meta.dirname, "../prisma/migrate.ts");
  const env = { ...process.env, DATABASE_OWNER_URL: owner, DATABASE_URL: "" };
  return (await run(process.execPath, ["--conditions=react-server", script], { env })).stdout;
}

async function asApp<T>({ app }: DatabaseUrls, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: app });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe.runIf(binaries)("a dump of one's own PostgreSQL", () => {
  it("restores to the same rows in every table, the same rights, and nothing to migrate", async () => {
    const program = (name: string) => path.join(binaries?.bin ?? "", name);
    const first = await server("first");
    await migrate(first.urls);
    await asApp(first.urls, async (client) => {
      await client.query("INSERT INTO settings (key, value) VALUES ('kept', '7')");
      await client.query("INSERT INTO audit_events (body) VALUES ($1)", [JSON.stringify({ type: "instance.created" })]);
    });
    const dump = path.join(folder, "countersign.dump");
    await run(program("pg_dump"), ["--format=custom", `--file=${dump}`, first.urls.owner]);

    const second = await server("second");
    await run(program("pg_restore"), ["--exit-on-error", `--dbname=${second.superuser}`, dump]);
    expect(await tableDigests(second.admin)).toEqual(await tableDigests(first.admin));
    expect(await migrate(second.urls)).toContain("Nothing to migrate");
    await asApp(second.urls, async (client) => {
      await client.query("INSERT INTO audit_events (body) VALUES ($1)", [JSON.stringify({ type: "instance.created" })]);
      await expect(client.query("DELETE FROM audit_events")).rejects.toThrow(/permission denied/);
    });
    for (const { admin } of [first, second]) await admin.end();
  }, 120_000);
});
