import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { embeddedBinaries, systemBinaries } from "#lib/db/embedded/binaries.ts";
import { startCluster, stopCluster } from "#lib/db/embedded/cluster.ts";
import { ensureDatabase } from "#lib/db/embedded/databases.ts";
import { holderOf, holdFolder } from "#lib/db/embedded/holder.ts";
import { isServing, readPostmaster, signal } from "#lib/db/embedded/postmaster.ts";
import { encryptionKey, randomPassword, signingKey } from "#lib/db/embedded/secrets.ts";

export const TEMPLATE = "countersign_test";

/** What the run's global setup hands to every test file. */
export type TestCluster = { adminUrl: string; rolePassword: string; folder: string; signingKey: string; encryptionKey: string };

declare module "vitest" {
  interface ProvidedContext {
    cluster: TestCluster;
  }
}

/** Losing this server loses nothing, so it need not write through to the disk. */
const CARELESS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "300",
  shared_buffers: "128MB",
  wal_level: "minimal",
  max_wal_senders: "0",
};

/** One PostgreSQL for the run, with one migrated database that each test file copies. `TEST_POSTGRES=15` takes the system's. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await endOrphans();
  const folder = mkdtempSync(path.join(tmpdir(), PREFIX));
  holdFolder(folder);
  const wanted = process.env.TEST_POSTGRES;
  const binaries = wanted ? systemBinaries(Number(wanted)) : await embeddedBinaries();
  if (!binaries) throw new Error(`PostgreSQL ${wanted} is not installed here.`);
  const password = randomPassword();
  const options = { folder: path.join(folder, "pg"), password, logFile: path.join(folder, "postgres.log"), binaries, settings: CARELESS };
  const cluster = await startCluster(options);
  const stop = async () => {
    await stopCluster(cluster);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const adminUrl = cluster.url("postgres");
    const rolePassword = randomPassword();
    const { owner } = await ensureDatabase(adminUrl, TEMPLATE, async () => rolePassword);
    await migrateInChild(owner);
    project.provide("cluster", { adminUrl, rolePassword, folder, signingKey: signingKey(), encryptionKey: encryptionKey() });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

const PREFIX = "countersign-test-";

/** A run that was killed could not stop its server. */
async function endOrphans(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = path.join(tmpdir(), name);
    const data = path.join(folder, "pg");
    if (!existsSync(path.join(folder, "running.json")) || holderOf(folder) !== null) continue;
    const server = readPostmaster(data);
    if (server && isServing(data, server.pid)) signal(server.pid, "SIGQUIT");
    while (server && isServing(data, server.pid)) await wait(20);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function migrateInChild(ownerUrl: string): Promise<void> {
  const script = path.join(import.meta.dirname, "../../prisma/migrate.ts");
  const env = { ...process.env, DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: "" };
  const child = spawn(process.execPath, ["--conditions=react-server", script], { env, stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error("The test database could not be migrated.");
}
