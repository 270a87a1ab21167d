import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { type Binaries, embeddedBinaries } from "./binaries.ts";
import { type Means, type Place, placeFor } from "./place.ts";
import { isServing, readPostmaster, signal } from "./postmaster.ts";

export type ClusterOptions = {
  /** PostgreSQL's own data folder; made on first use. */
  folder: string;
  /** The superuser's password. It has to be the one that the folder was made with. */
  password: string;
  logFile: string;
  /** A port to insist on: after a restart the programs that hold our URLs must find the server where it was. */
  port?: number;
  binaries?: Binaries;
  settings?: Readonly<Record<string, string>>;
  /** What the machine allows, when it is not to be found out. */
  means?: Means;
};

/** A running server. `adopted` ones were started by a launcher that died; they are not our children. */
export type Cluster = {
  readonly pid: number;
  readonly port: number;
  readonly adopted: boolean;
  readonly folder: string;
  readonly exited: Promise<void>;
  readonly url: (database: string, user?: string, password?: string) => string;
};

export const SUPERUSER = "postgres";

const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "", // their paths are limited to 107 characters, clones lie anywhere
  password_encryption: "scram-sha-256",
  max_connections: "120",
  shared_buffers: "256MB",
  max_wal_size: "2GB", // bounds how long a crashed server takes to come back
  jit: "off",
  log_timezone: "UTC",
  timezone: "UTC",
  log_min_error_statement: "panic", // statements carry values, and logs must not
  cluster_name: "countersign",
};

const START_SECONDS = 60;

/** Makes the data folder where there is none, takes over a server that still runs on it, or else starts one. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const binaries = options.binaries ?? (await embeddedBinaries());
  const place = placeFor(options.folder, binaries, options.means);
  if (!existsSync(path.join(place.folder, "PG_VERSION"))) await initialise(place, options.password);
  refuseOtherMajor(place);
  const adopted = await adopt(place, options);
  return adopted ?? launch(place, options);
}

/** Ends the server: fast shutdown, and at `graceMs` an immediate one, which only costs a recovery at the next start. */
export async function stopCluster(cluster: Cluster, graceMs = 1200): Promise<void> {
  signal(cluster.pid, "SIGINT");
  const timer = setTimeout(() => signal(cluster.pid, "SIGQUIT"), graceMs);
  // The server is no reason for Node to go on, and so Node would not wait for its end.
  const awake = setInterval(() => {}, 1_000);
  await cluster.exited;
  clearInterval(awake);
  clearTimeout(timer);
}

async function initialise(place: Place, password: string): Promise<void> {
  const draft = `${place.folder}.new`; // renamed when whole, so that an interrupted first start leaves nothing to stumble on
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(path.dirname(draft), { recursive: true });
  const passwordFile = `${draft}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.owner) chownSync(passwordFile, place.owner.uid, place.owner.gid);
  const locale =
    place.binaries.major >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] : ["--locale=C.UTF-8"];
  const args = ["-D", draft, "--encoding=UTF8", ...locale, `--username=${SUPERUSER}`, "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  try {
    await run(place, "initdb", args);
    renameSync(draft, place.folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function run(place: Place, program: string, args: readonly string[]): Promise<void> {
  const [command, all] = place.command(program, args);
  const child = spawn(command, all, { ...place.owner, cwd: "/", env: serverEnvironment(), stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr?.on("data", (chunk) => {
    complaint += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(explain(place.folder, complaint, `${program} ended with code ${code}`));
}

/** The server's environment is ours alone: an inherited PGDATA, PGOPTIONS or LANG would change what it does. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LANG: "C.UTF-8", TZ: "UTC", NODE_ENV: "production" };
}

function refuseOtherMajor(place: Place): void {
  const found = Number(readFileSync(path.join(place.folder, "PG_VERSION"), "utf8"));
  const ours = place.binaries.major;
  if (found === ours) return;
  const age = found > ours ? "a newer" : "an older";
  throw new Error(
    `The data folder ${place.folder} was made by PostgreSQL ${found}, ${age} version than this one (${ours}). Use that version, or another COUNTERSIGN_DATA_DIR.`,
  );
}

async function adopt(place: Place, options: ClusterOptions): Promise<Cluster | null> {
  const until = Date.now() + START_SECONDS * 1000;
  for (;;) {
    const found = readPostmaster(place.folder);
    if (!found || !isServing(place.folder, found.pid)) return null;
    const portFits = options.port === undefined || options.port === found.port;
    const cluster = handle(place, options.password, found.pid, found.port, gone(place.folder, found.pid), true);
    if (portFits && found.ready && (await answers(cluster))) return cluster;
    if (!portFits) signal(found.pid, "SIGINT");
    if (Date.now() > until)
      throw new Error(`PostgreSQL (process ${found.pid}) holds ${place.folder} and does not answer. End it, then start again.`);
    await wait(50); // it is starting up or shutting down
  }
}

async function gone(folder: string, pid: number): Promise<void> {
  while (isServing(folder, pid)) await wait(50, undefined, { ref: false });
}

async function launch(place: Place, options: ClusterOptions): Promise<Cluster> {
  const until = Date.now() + START_SECONDS * 1000;
  for (;;) {
    const port = options.port ?? (await choosePort(place.folder));
    const before = existsSync(options.logFile) ? statSync(options.logFile).size : 0;
    const { child, exited } = spawnServer(place, options, port);
    const cluster = handle(place, options.password, child.pid ?? 0, port, exited, false);
    if (await comesUp(cluster)) {
      writeFileSync(portFile(place.folder), `${port}\n`);
      return cluster;
    }
    const said = readFileSync(options.logFile, "utf8").slice(before);
    const passing = /pre-existing shared memory|Address already in use|lock file .* already exists/i.test(said);
    if (!passing || Date.now() > until) throw new Error(explain(place.folder, said, "PostgreSQL did not start"));
    if (/Address already in use/.test(said) && options.port === undefined) rmSync(portFile(place.folder), { force: true });
    await wait(200); // the backends of a killed server take a moment to notice
  }
}

function spawnServer(place: Place, options: ClusterOptions, port: number): { child: ChildProcess; exited: Promise<void> } {
  const settings = Object.entries({ ...SETTINGS, ...options.settings, port: String(port) });
  const [command, args] = place.command("postgres", [
    "-D",
    place.folder,
    ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);
  mkdirSync(path.dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, "a", 0o600);
  const stale = readPostmaster(place.folder);
  // PostgreSQL's own way to be told that a number in postmaster.pid is somebody else's by now; it still looks for left-over backends.
  const env = { ...serverEnvironment(), ...(stale ? { PG_GRANDPARENT_PID: String(stale.pid) } : {}) };
  // A group of its own: Ctrl-C in the terminal must reach the web and the worker first.
  const child = spawn(command, args, { ...place.owner, cwd: "/", env, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  child.unref();
  return { child, exited };
}

function handle(place: Place, password: string, pid: number, port: number, exited: Promise<void>, adopted: boolean): Cluster {
  const url = (database: string, user = SUPERUSER, secret = password) =>
    `postgresql://${user}:${encodeURIComponent(secret)}@127.0.0.1:${port}/${database}`;
  return { pid, port, adopted, folder: place.folder, exited, url };
}

async function comesUp(cluster: Cluster): Promise<boolean> {
  let ended = false;
  void cluster.exited.then(() => {
    ended = true;
  });
  const until = Date.now() + START_SECONDS * 1000;
  while (!ended && Date.now() < until) {
    if (readPostmaster(cluster.folder)?.ready && (await answers(cluster))) return true;
    await wait(20);
  }
  if (!ended) await stopCluster(cluster);
  return false;
}

/** True when the server that answers is the one on this folder; a wrong password or somebody else's server is an error, not a wait. */
async function answers(cluster: Cluster): Promise<boolean> {
  const client = new pg.Client({ connectionString: cluster.url("postgres"), connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "28P01") throw new Error(`The password in the secrets folder is not the one that ${cluster.folder} was made with.`);
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

const portFile = (folder: string): string => `${folder}.port`;

/** The port of the last time where it is free, so that bookmarks of tools keep working; else any free one. */
async function choosePort(folder: string): Promise<number> {
  const remembered = existsSync(portFile(folder)) ? Number(readFileSync(portFile(folder), "utf8")) : 0;
  return (await freePort(remembered)) ?? (await freePort(0)) ?? 0;
}

export async function freePort(port: number, host = "127.0.0.1"): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(null));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const found = address !== null && typeof address === "object" ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}

/** One line for a person out of what the server said while it failed. */
function explain(folder: string, said: string, otherwise: string): string {
  if (/No space left on device/.test(said)) return `The disk that holds ${folder} is full. Free some space, then start again.`;
  const fatal = said
    .split("\n")
    .filter((line) => /FATAL|PANIC|error:/.test(line))
    .at(-1);
  return fatal
    ? `${otherwise}: ${fatal.replace(/^.*?(FATAL|PANIC|error): */, "")}`
    : `${otherwise}. ${said.trim().split("\n").at(-1) ?? ""}`.trim();
}
