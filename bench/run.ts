import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { embeddedBinaries } from "#lib/db/embedded/binaries.ts";
import { startCluster, stopCluster } from "#lib/db/embedded/cluster.ts";
import { randomPassword } from "#lib/db/embedded/secrets.ts";
import { closePools } from "#lib/db/pool.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { type Figures, tableOf } from "./figures.ts";
import { type Bench, machineLine, measure, SIZES, type Size, type Workload } from "./harness.ts";
import { ownDatabase } from "./own-database.ts";
import { flagsTable, missedFlags, missedTable, policyFlags } from "./policy-flags.ts";
import { WORKLOADS } from "./workloads.ts";

const USAGE = `npm run bench -- [--only W1,W3] [--size S|M|L] [--json]

Each workload runs beside its baseline, in turn, on a PostgreSQL of its own with durable settings. Medians of five rounds.
--size   S, M (the default) or L: 10,000, 100,000 or 1,000,000 grants
--only   these workloads; all of them otherwise
--json   one JSON object a line in place of the table
Progress and the machine go to the standard error.

policy-flags, by --only alone: how often what we call privileged in an AWS policy is what iam-dataset flags; precision and recall, no times.
browser, by --only alone: how fast the reviewer's page with 10,000 items and the board of 10,000 sessions are in a browser on a slow processor.

Workloads:
${WORKLOADS.map(({ id, what, baseline }) => `  ${id.padEnd(4)} ${what}\n       against ${baseline}`).join("\n")}`;

/** The product's own settings, durable ones. Autovacuum would fall on whichever side is running: workloads vacuum between the rounds. */
const SETTINGS = { autovacuum: "off" };

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      size: { type: "string", default: "M" },
      json: { type: "boolean", default: false },
      help: { type: "boolean" },
      /** The child's: one workload, in a process and a server of its own. */
      alone: { type: "string" },
    },
  });
  if (values.only === FLAGS) return printFlags(values.json);
  if (values.only === BROWSER) return printBrowser(values.json);
  const size = values.size as Size;
  const wanted = values.only?.split(",");
  const chosen = wanted ? WORKLOADS.filter(({ id, of }) => wanted.includes(id) || (of !== undefined && wanted.includes(of))) : WORKLOADS;
  const unknown = wanted?.filter((id) => !WORKLOADS.some((workload) => workload.id === id)) ?? [];
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (!Object.hasOwn(SIZES, size) || unknown.length > 0) {
    console.error(unknown.length > 0 ? `There is no workload ${unknown.join(", ")}.\n\n${USAGE}` : USAGE);
    return 2;
  }
  const workload = WORKLOADS.find(({ id }) => id === values.alone);
  if (!workload) return each(chosen, size, values.json);
  await alone(workload, size);
  return 0;
}

const FLAGS = "policy-flags";

/** Not a workload: nothing is timed, and no database is needed. */
function printFlags(json: boolean): number {
  const figures = policyFlags();
  if (!figures) console.error("The data is not here: ../shared/data/iam-dataset. Nothing was compared.");
  else if (json) for (const line of figures) console.log(JSON.stringify({ id: FLAGS, ...line }));
  else console.log(`${flagsTable(figures)}\n\n${missedTable(missedFlags())}`);
  return figures ? 0 : 1;
}

const BROWSER = "browser";

async function printBrowser(json: boolean): Promise<number> {
  // Here alone: the browser's driver would count as memory of every workload.
  const { browserFigures, browserTable } = await import("./browser.ts");
  const figures = await browserFigures((line) => console.error(line));
  if (json) for (const line of figures) console.log(JSON.stringify({ id: BROWSER, ...line }));
  else console.log(browserTable(figures));
  return 0;
}

/** A process and a server per workload: memory is that of one workload, and no cache is warm from the one before. */
function each(chosen: readonly Workload[], size: Size, json: boolean): number {
  const figures: Figures[] = [];
  for (const { id } of chosen) {
    const args = ["--expose-gc", ...process.execArgv, import.meta.filename, "--alone", id, "--size", size];
    const child = spawnSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
    if (child.status !== 0) {
      console.error(`${id} was not measured.`);
      continue;
    }
    if (json) process.stdout.write(child.stdout);
    figures.push(JSON.parse(child.stdout) as Figures);
  }
  if (!json) console.log(tableOf(figures));
  return figures.length === chosen.length ? 0 : 1;
}

async function alone(workload: Workload, size: Size): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "countersign-bench-"));
  const progress = (line: string) => console.error(line);
  const cluster = await startCluster({
    folder: path.join(folder, "pg"),
    password: randomPassword(),
    logFile: path.join(folder, "postgres.log"),
    binaries: await embeddedBinaries(),
    settings: SETTINGS,
  });
  const end = () => {
    // Connections break as the server ends, and nobody needs to hear of it.
    process.on("uncaughtException", () => {});
    void stopCluster(cluster).finally(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  try {
    const { figures, version } = await inOwnDatabase(workload, { cluster, folder, size, progress });
    progress(machineLine(version));
    console.log(JSON.stringify(figures));
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
  const { admin } = await ownDatabase(cluster, `bench_${workload.id.toLowerCase()}`, folder);
  try {
    const version = (await admin.query<{ server_version: string }>("SHOW server_version")).rows[0]?.server_version ?? "unknown";
    const figures = await measure(workload, { size, rows: SIZES[size], admin, folder, progress });
    return { figures, version };
  } finally {
    await admin.end();
    await stopSender();
    await closePrisma();
    await closePools();
  }
}

process.exitCode = await main();
process.exit();
