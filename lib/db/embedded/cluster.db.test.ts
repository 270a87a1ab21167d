import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Cluster, startCluster, stopCluster } from "./cluster.ts";
import { isServing } from "./postmaster.ts";

let folder = "";
const running: Cluster[] = [];

const options = (more: object = {}) => ({
  folder: path.join(folder, "pg"),
  password: "a password",
  logFile: path.join(folder, "log"),
  ...more,
});

async function start(more: object = {}): Promise<Cluster> {
  const cluster = await startCluster(options(more));
  running.push(cluster);
  return cluster;
}

async function query(cluster: Cluster, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: cluster.url("postgres") });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Starts the cluster in a process of its own, as the launcher does, and kills that process at once. */
async function startAndKillTheLauncher(): Promise<number> {
  const script = `
    import { startCluster } from ${JSON.stringify(path.join(import.meta.dirname, "cluster.ts"))};
    const { pid } = await startCluster(${JSON.stringify(options())});
    process.stdout.write(String(pid), () => process.kill(process.pid, "SIGKILL"));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  await new Promise((resolve) => child.once("close", resolve));
  return Number(said);
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "countersign-cluster-"));
});

afterEach(async () => {
  for (const cluster of running.splice(0)) await stopCluster(cluster, 0);
  rmSync(folder, { recursive: true, force: true });
});

it("makes a UTF-8 cluster that listens on this machine alone and asks for a password", async () => {
  const cluster = await start();
  const [row] = await query(
    cluster,
    `SELECT current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses,
      (SELECT datlocale FROM pg_database WHERE datname = 'template1') AS locale,
      (SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules) AS methods`,
  );
  expect(row).toEqual({ encoding: "UTF8", addresses: "127.0.0.1", locale: "C.UTF-8", methods: "scram-sha-256" });
  expect(statSync(path.join(folder, "pg")).mode & 0o777).toBe(0o700);
});

it("takes over the server that a killed launcher left running", async () => {
  const pid = await startAndKillTheLauncher();
  const cluster = await start();
  expect(cluster).toMatchObject({ pid, adopted: true });
  expect(await query(cluster, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

it("recovers what was committed when the server itself is killed, at the same address", async () => {
  const first = await start();
  await query(first, "CREATE TABLE kept AS SELECT 7 AS seven");
  process.kill(first.pid, "SIGKILL");
  await first.exited;
  const second = await start({ port: first.port });
  expect(second).toMatchObject({ adopted: false, port: first.port });
  expect(await query(second, "SELECT seven FROM kept")).toEqual([{ seven: 7 }]);
});

it("is not fooled by a process that has the dead server's number by now", async () => {
  const first = await start();
  process.kill(first.pid, "SIGKILL");
  await first.exited;
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", cwd: "/" });
  const file = path.join(folder, "pg", "postmaster.pid");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(stranger.pid)));
  const second = await start();
  expect(second.adopted).toBe(false);
  expect(second.pid).not.toBe(stranger.pid);
  expect(isServing(path.join(folder, "pg"), stranger.pid ?? 0)).toBe(false);
  stranger.kill();
});

it("moves to another port when its own was taken in the meantime", async () => {
  const first = await start();
  await stopCluster(first);
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(first.port, "127.0.0.1", resolve));
  const second = await start();
  expect(second.port).not.toBe(first.port);
  await new Promise((resolve) => squatter.close(resolve));
});

it("stops and starts again where it was", async () => {
  const first = await start();
  await stopCluster(first);
  expect(isServing(path.join(folder, "pg"), first.pid)).toBe(false);
  expect((await start()).port).toBe(first.port);
});

it("refuses a data folder of a newer PostgreSQL in one line", async () => {
  await stopCluster(await start());
  writeFileSync(path.join(folder, "pg", "PG_VERSION"), "99\n");
  await expect(start()).rejects.toThrow(/made by PostgreSQL 99, a newer version/);
});

it("says so when the password is not the one that the folder was made with", async () => {
  await stopCluster(await start());
  await expect(start({ password: "another" })).rejects.toThrow(/password in the secrets folder is not the one/);
  running.push(await startCluster(options()));
});

it.runIf(process.getuid?.() === 0)(
  "runs as another user, outside a folder that only root may enter, where user namespaces are refused",
  async () => {
    chmodSync(folder, 0o711); // that user only has to pass through; the data is its own
    const nobody = { uid: 65534, gid: 65534 };
    const means = { isRoot: true, hasNamespaces: () => false, ownAccount: () => nobody, fallbackRoot: path.join(folder, "elsewhere") };
    const cluster = await start({ means });
    expect(await query(cluster, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(statSync(cluster.folder).uid).toBe(nobody.uid);
    expect(cluster.folder.startsWith(means.fallbackRoot)).toBe(true);
  },
);
