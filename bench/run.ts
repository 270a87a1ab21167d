import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { embeddedBinaries } from "#lib/db/embedded/binaries.ts";
import { startCluster, stopCluster } from "#lib/db/embedded/cluster.ts";
import { ensureDatabase } from "#lib/db/embedded/databases.ts";
import { encryptionKey, randomPassword, signingKey } from "#lib/db/embedded/secrets.ts";
import { closePools } from "#lib/db/pool.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { type Bench, type Figures, machineLine, measure, SIZES, type Size, type Workload } from "./harness.ts";
import { WORKLOADS } from "./workloads.ts";

const USAGE = `npm run bench -- [--only W1,W3] [--size S|M|L] [--json]

Each workload runs beside its baseline, in turn, on a PostgreSQL of its own with durable settings. Medians in milliseconds.
Workloads:
${WORKLOADS.map(({ id, what, baseline }) => `  ${id.padEnd(4)} ${what}; baseline: ${baseline}`).join("\n")}`;

/** The launcher's settings, plus what a server of this size would have. Durable: fsync stays on. */
const SETTINGS = { max_wal_size: "2GB", shared_buffers: "512MB", maintenance_work_mem: "256MB", work_mem: "64MB" };

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      size: { type: "string", default: "M" },
      json: { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  const size = values.size as Size;
  const wanted = values.only?.split(",");
  const chosen = wanted ? WORKLOADS.filter(({ id }) => wanted.includes(id)) : WORKLOADS;
  if (values.help || !(size in SIZES) || chosen.length === 0) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  if (chosen.length > 1) return each(chosen, size, values.json);
  const [workload] = chosen;
  if (workload) await alone(workload, size, values.json);
  return 0;
}

/** A process and a server per workload: memory is that of one workload, and no cache is warm from the one before. */
async function each(chosen: readonly Workload[], size: Size, json: boolean): Promise<number> {
  const figures: Figures[] = [];
  let failed = 0;
  for (const { id } of chosen) {
    const args = [...process.execArgv, import.meta.filename, "--only", id, "--size", size, "--json"];
    const child = spawnSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
    if (child.status !== 0) failed += 1;
    if (json) process.stdout.write(child.stdout);
    figures.push(
      ...child.stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Figures),
    );
  }
  if (!json) console.log(tableOf(figures));
  return failed === 0 ? 0 : 1;
}

async function alone(workload: Workload, size: Size, json: boolean): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "countersign-bench-"));
  const progress = (line: string) => console.error(line);
  const cluster = await startCluster({
    folder: path.join(folder, "pg"),
    password: randomPassword(),
    logFile: path.join(folder, "postgres.log"),
    binaries: await embeddedBinaries(),
    settings: SETTINGS,
  });
  try {
    const { figures, version } = await inOwnDatabase(workload, { cluster, folder, size, progress });
    progress(machineLine(version));
    console.log(json ? JSON.stringify(figures) : tableOf([figures]));
  } finally {
    await stopCluster(cluster);
    rmSync(folder, { recursive: true, force: true });
  }
}

type Place = { cluster: Awaited<ReturnType<typeof startCluster>>; folder: string; size: Size; progress: Bench["progress"] };

async function inOwnDatabase(
  workload: Workload,
  { cluster, folder, size, progress }: Place,
): Promise<{ figures: Figures; version: string }> {
  const name = `bench_${workload.id.toLowerCase()}`;
  const urls = await ensureDatabase(cluster.url("postgres"), name, async () => "bench");
  const migration = spawnSync(process.execPath, ["--conditions=react-server", path.join(import.meta.dirname, "../prisma/migrate.ts")], {
    env: { ...process.env, DATABASE_OWNER_URL: urls.owner, DATABASE_URL: "" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (migration.status !== 0) throw new Error("The bench database could not be migrated.");
  Object.assign(process.env, {
    DATABASE_URL: urls.app,
    DATABASE_SEALER_URL: urls.sealer,
    COUNTERSIGN_DATA_DIR: path.join(folder, name),
    COUNTERSIGN_SIGNING_KEY: signingKey(),
    COUNTERSIGN_ENCRYPTION_KEY: encryptionKey(),
    NEXTAUTH_SECRET: randomPassword(),
  });
  const admin = new pg.Client({ connectionString: cluster.url(name) });
  await admin.connect();
  try {
    const version = (await admin.query<{ server_version: string }>("SHOW server_version")).rows[0]?.server_version ?? "unknown";
    const figures = await measure(workload, { size, rows: SIZES[size], admin, folder, progress });
    return { figures, version };
  } finally {
    await admin.end();
    await closePrisma();
    await closePools();
  }
}

function tableOf(figures: readonly Figures[]): string {
  const header = ["id", "size", "ours", "baseline", "ratio", "target", "met", "peak"];
  const rows = figures.map((f) => [
    f.id,
    f.size,
    `${f.ours} ms`,
    `${f.baseline} ms`,
    String(f.ratio),
    f.target,
    f.met ? "yes" : "no",
    `${f.peak_mb} MiB`,
  ]);
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [header, ...rows].map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")).join("\n");
}

process.exitCode = await main();
process.exit();
