import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import type { Cluster } from "#lib/db/embedded/cluster.ts";
import { closeInstance, dataFolder, openInstance } from "./instance.ts";

/** What a server makes for itself at its start, and must not find. */
const ITS_OWN = new Set(["postmaster.pid", "postmaster.opts", "pg_stat_tmp", "pg_replslot"]);
/** Beside the database. Packs and logs are left out: a pack can be made again. */
const KEPT = ["secrets", "files", "format.json", "instance.json", "demo-sign-ins.json"];

/**
 * npm run backup -- FOLDER: a copy of the data folder from which `npm start` goes on as from the original, taken while it runs. Files are only
 * ever added, and before the rows that name them, so they are copied last.
 */
async function main(target: string | undefined): Promise<void> {
  if (!target) throw new Error("Usage: npm run backup -- FOLDER   (COUNTERSIGN_DATA_DIR says of what)");
  if (process.env.DATABASE_URL)
    throw new Error("DATABASE_URL is set: back that server up with its own pg_dump, and copy secrets and files.");
  const folder = path.resolve(target);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty. Name a new folder.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const instance = await openInstance({ progress: () => {} });
  if (!instance.cluster) throw new Error("There is no embedded database here.");
  try {
    await copyCluster(instance.cluster, path.join(folder, "pg"));
  } finally {
    await closeInstance(instance);
  }
  for (const name of KEPT) {
    const from = path.join(dataFolder(), name);
    if (existsSync(from)) cpSync(from, path.join(folder, name), { recursive: true, preserveTimestamps: true });
  }
  console.log(`Backed up to ${folder}. Try it: COUNTERSIGN_DATA_DIR=${folder} npm start`);
}

/** PostgreSQL's own way to copy a running server's files: between its two calls they may change as they are read, and the log mends that. */
async function copyCluster(cluster: Cluster, target: string): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url("postgres"), application_name: "countersign backup" });
  await client.connect();
  try {
    // Keeps the log since now from being recycled before it is copied; goes with this connection.
    await client.query("SELECT pg_create_physical_replication_slot('countersign_backup', true, true)");
    await client.query("SELECT pg_backup_start('countersign', true)");
    copyFolder(cluster.folder, target, (name) => !ITS_OWN.has(name) && name !== "pg_wal");
    const { rows } = await client.query<{ label: string; spaces: string }>(
      "SELECT labelfile AS label, spcmapfile AS spaces FROM pg_backup_stop(false)",
    );
    writeFileSync(path.join(target, "backup_label"), rows[0]?.label ?? "", { mode: 0o600 });
    if (rows[0]?.spaces) writeFileSync(path.join(target, "tablespace_map"), rows[0].spaces, { mode: 0o600 });
    copyFolder(path.join(cluster.folder, "pg_wal"), path.join(target, "pg_wal"), () => true);
    for (const name of ["pg_replslot", "pg_stat_tmp"]) mkdirSync(path.join(target, name), { recursive: true, mode: 0o700 });
  } finally {
    await client.end();
  }
}

/** A file that goes while its folder is read was a temporary one, or its table was dropped. */
function copyFolder(from: string, to: string, wanted: (name: string) => boolean): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (!wanted(entry.name)) continue;
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target, () => true);
    else if (existsSync(source)) cpSync(source, target, { preserveTimestamps: true });
  }
}

try {
  await main(process.argv[2]);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
