import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Cluster, freePort, stopCluster } from "#lib/db/embedded/cluster.ts";
import { holdFolder } from "#lib/db/embedded/holder.ts";
import { buildIfNeeded, NEXT } from "./build.ts";
import { Family, lastLines } from "./family.ts";
import { openFolder } from "./folder.ts";
import { dataFolder, type Instance, openInstance, ROOT, startEmbedded, type Variables } from "./instance.ts";

export type Mode = "start" | "dev";
type Address = { host: string; port: number; origin: string };

const progress = (line: string): void => console.log(line);
const CONDITIONS = "--conditions=react-server";
const CHILDREN_GRACE_MS = 900;
const DATABASE_GRACE_MS = 600;

/** A program of ours failed and has told the person why. */
class AlreadySaid extends Error {}

/** Serves until it is told to stop. Resolves with the exit code. */
export async function serve(mode: Mode, args: readonly string[]): Promise<number> {
  const stop = Promise.withResolvers<number>();
  const family = new Family(progress);
  let cluster: Cluster | null = null;
  let release = () => {};
  let isStopping = false;
  const fail = (error: unknown) => {
    if (isStopping) return; // what a stop in mid-start breaks is no error of its own
    if (!(error instanceof AlreadySaid)) console.error(sentence(error));
    stop.resolve(1);
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop.resolve(0));
  process.once("disconnect", () => stop.resolve(0));

  const up = async () => {
    const demo = demoArgument(args);
    openFolder(dataFolder());
    release = holdFolder(dataFolder());
    const address = await chooseAddress();
    const instance = await openInstance({ demo, progress });
    cluster = instance.cluster;
    if (cluster) keepDatabase(instance, (next) => (cluster = next), stop.promise, fail);
    await prepareDatabase(family, instance, address, mode);
    startPrograms(family, instance, address, mode, fail);
    await becomesHealthy(address, stop.promise, instance);
    announce(instance, address);
  };
  const started = up().catch(fail);

  const code = await stop.promise;
  isStopping = true;
  await family.end(CHILDREN_GRACE_MS);
  await Promise.race([started, wait(CHILDREN_GRACE_MS)]); // it may be about to have a database
  if (cluster) await stopCluster(cluster, DATABASE_GRACE_MS);
  release();
  return code;
}

/** What a person reads when it goes wrong: one line where we know what it is. */
export function sentence(error: unknown): string {
  if ((error as NodeJS.ErrnoException)?.code === "ENOSPC")
    return `The disk that holds ${dataFolder()} is full. Free some space, then start again.`;
  return error instanceof Error ? error.message : String(error);
}

function demoArgument(args: readonly string[]): boolean | undefined {
  const unknown = args.filter((argument) => argument !== "--demo" && argument !== "--no-demo");
  if (unknown.length > 0) throw new Error(`Unknown argument ${unknown[0]}. Known: --demo, --no-demo.`);
  return args.includes("--no-demo") ? false : args.includes("--demo") ? true : undefined;
}

async function chooseAddress(): Promise<Address> {
  const port = Number(process.env.PORT || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Error(`PORT is ${process.env.PORT}; it has to be a number from 1 to 65535.`);
  const host = process.env.HOST || "127.0.0.1";
  // A server whose launcher was just killed needs a moment to let go.
  for (let attempt = 0; (await freePort(port, host)) === null; attempt++) {
    if (attempt === 10)
      throw new Error(`Port ${port} on ${host} is in use by another program. Stop it, or choose another: PORT=${port + 1} npm start`);
    await wait(100);
  }
  return { host, port, origin: process.env.APP_ORIGIN || `http://localhost:${port}` };
}

/** A server that dies is started again where it was: the programs hold its address. */
function keepDatabase(
  instance: Instance,
  replace: (cluster: Cluster) => void,
  stopping: Promise<unknown>,
  fail: (error: unknown) => void,
): void {
  let isStopping = false;
  void stopping.then(() => {
    isStopping = true;
  });
  const watch = async (cluster: Cluster) => {
    await cluster.exited;
    if (isStopping) return;
    progress("PostgreSQL ended; starting it again.");
    const next = await startEmbedded(instance.folder, cluster.port, progress);
    replace(next);
    if (isStopping) await stopCluster(next, DATABASE_GRACE_MS);
    else void watch(next).catch(fail);
  };
  if (instance.cluster) void watch(instance.cluster).catch(fail);
}

/** Migration and first-run seed (as the owner), and the build, which needs no database, beside them. */
async function prepareDatabase(family: Family, instance: Instance, address: Address, mode: Mode): Promise<void> {
  const once = async (name: string, script: string) => {
    const file = path.join(ROOT, script);
    if (!existsSync(file)) return;
    const env = { ...programEnv(instance, address), ...instance.ownerEnv };
    const { code } = await family.run({ name, args: [CONDITIONS, file], env });
    if (code !== 0) throw code === null ? new Error(`The ${name} was killed.`) : new AlreadySaid();
  };
  const database = async () => {
    await once("migration", "prisma/migrate.ts");
    await once("seed", "prisma/seed.ts");
  };
  await Promise.all([mode === "start" ? buildIfNeeded(family, progress) : undefined, database()]);
}

function programEnv(instance: Instance, { origin, port }: Address): Variables {
  return { ...instance.env, APP_ORIGIN: origin, NEXTAUTH_URL: origin, PORT: String(port), NEXT_TELEMETRY_DISABLED: "1" };
}

function startPrograms(family: Family, instance: Instance, address: Address, mode: Mode, fail: (error: unknown) => void): void {
  const common = programEnv(instance, address);
  const env = { ...common, NODE_ENV: mode === "start" ? "production" : "development" };
  const log = (name: string) => (mode === "start" ? { logFile: path.join(instance.folder, "logs", `${name}.log`) } : {});
  const next = [NEXT, mode, "-H", address.host, "-p", String(address.port)];
  family.keep({ name: "web server", args: next, env, ...log("web") }, fail);
  const worker = path.join(ROOT, "cli/worker.ts");
  if (existsSync(worker)) {
    const args = [CONDITIONS, ...(mode === "dev" ? ["--watch", "--watch-preserve-output"] : []), worker];
    family.keep({ name: "worker", args, env, ...log("worker") }, fail);
  }
}

async function becomesHealthy({ host, port }: Address, stopping: Promise<unknown>, instance: Instance): Promise<void> {
  const reachable = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  let isStopping = false;
  void stopping.then(() => {
    isStopping = true;
  });
  const until = Date.now() + 120_000;
  while (!isStopping) {
    const response = await fetch(`http://${reachable}:${port}/healthz`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (response?.ok) return;
    if (Date.now() > until) throw new Error(`The web server does not answer.\n${lastLines(path.join(instance.folder, "logs", "web.log"))}`);
    await wait(100);
  }
  throw new Error("Stopped before it was ready.");
}

type SignIn = { name: string; mail: string; password: string; role: string };

/** The demo's sign-ins, or how the first administrator of an empty instance gets in: both written by the seed. */
function announce(instance: Instance, { origin }: Address): void {
  progress(`Countersign is ready at ${origin}`);
  const signIns = path.join(instance.folder, "demo-sign-ins.json");
  if (instance.demo && existsSync(signIns)) {
    progress("Sign in as:");
    for (const { name, mail, password, role } of JSON.parse(readFileSync(signIns, "utf8")) as SignIn[]) {
      progress(`  ${mail.padEnd(32)} ${password.padEnd(24)} ${name}, ${role}`);
    }
  }
  const firstVisit = path.join(instance.folder, "first-visit.txt");
  if (!instance.demo && existsSync(firstVisit)) progress(readFileSync(firstVisit, "utf8").trim());
  progress("Ctrl-C stops it.");
}
