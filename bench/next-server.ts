import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "#lib/db/embedded/cluster.ts";
import { buildIfNeeded, NEXT } from "../cli/build.ts";
import { Family, lastLines } from "../cli/family.ts";
import { ROOT } from "../cli/instance.ts";

export type NextServer = { url: string; end: () => Promise<void> };

const BARE_ROUTE = path.join(import.meta.dirname, "bare-route");

/** The built product on this process's database. */
export async function productServer(folder: string, progress: (line: string) => void): Promise<NextServer> {
  await buildIfNeeded(new Family(progress), progress);
  return served("product", ROOT, folder, "/healthz");
}

/** The bare route, built by the same Next, on the same database. */
export async function bareServer(folder: string, progress: (line: string) => void): Promise<NextServer> {
  progress("building the bare route");
  const env = { ...process.env, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [NEXT, "build"], { cwd: BARE_ROUTE, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`The bare route could not be built:\n${stdout}${stderr}`);
  return served("bare-route", BARE_ROUTE, folder, "/");
}

async function served(name: string, cwd: string, folder: string, health: string): Promise<NextServer> {
  const port = (await freePort(0)) ?? 0;
  const url = `http://localhost:${port}`;
  const logFile = path.join(folder, "logs", `${name}.log`);
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const origin = { APP_ORIGIN: url, NEXTAUTH_URL: url };
  const env = { ...process.env, ...origin, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1" };
  const args = [NEXT, "start", "-H", "127.0.0.1", "-p", String(port)];
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", log, log], detached: true });
  const end = () => killGroup(child);
  process.once("exit", () => signalGroup(child));
  await listening(`${url}${health}`, logFile);
  return { url, end };
}

/** kill -9, and not before it is gone. */
export async function killGroup(child: ChildProcess): Promise<void> {
  if (isGone(child)) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  signalGroup(child);
  await gone;
}

const isGone = (child: ChildProcess): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

function signalGroup(child: ChildProcess): void {
  if (!isGone(child) && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
}

/** Any answer but a failure of the server: the bare route has no page at its root. */
export async function listening(url: string, logFile: string): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (response && response.status < 500) return;
    if (Date.now() > until) throw new Error(`The web server does not answer.\n${lastLines(logFile)}`);
    await wait(50);
  }
}
