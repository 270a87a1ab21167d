import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Cluster, freePort, startCluster, stopCluster } from "#lib/db/embedded/cluster.ts";
import { randomPassword } from "#lib/db/embedded/secrets.ts";
import { buildIfNeeded, NEXT } from "../../cli/build.ts";
import { Family } from "../../cli/family.ts";
import { ROOT } from "../../cli/instance.ts";
import { killGroup, listening } from "../next-server.ts";
import { type OwnDatabase, ownDatabase } from "../own-database.ts";

/** A whole installation of this experiment's own: PostgreSQL with the settings of the product, and whatever programs it starts on it. */
export type Stand = OwnDatabase & {
  folder: string;
  /** The PostgreSQL that runs now. */
  cluster: () => Cluster;
  /** Starts it again where it was, after it ended. */
  restartCluster: () => Promise<number>;
  /** The built product, listening. */
  web: (options?: { origin?: string }) => Promise<Web>;
  worker: () => Promise<Running>;
  end: () => Promise<void>;
};

export type Running = { pid: number; kill: () => Promise<void> };
export type Web = Running & { url: string; logFile: string; start: () => Promise<void> };

type StandOptions = { progress: (line: string) => void; folder?: string; pgFolder?: string; settings?: Record<string, string> };

export async function openStand({ progress, folder: given, pgFolder, settings = {} }: StandOptions): Promise<Stand> {
  const folder = given ?? mkdtempSync(path.join(tmpdir(), "countersign-torture-"));
  const options = {
    folder: pgFolder ?? path.join(folder, "pg"),
    password: randomPassword(),
    logFile: path.join(folder, "postgres.log"),
    settings,
  };
  let cluster = await startCluster(options);
  const database = await ownDatabase(cluster, "countersign_torture", folder);
  const programs: ChildProcess[] = [];
  const run = (name: string, args: readonly string[], env: Record<string, string>): Running & { logFile: string } => {
    const logFile = path.join(folder, "logs", `${name}.log`);
    mkdirSync(path.dirname(logFile), { recursive: true });
    const log = openSync(logFile, "a");
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...database.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...env },
      stdio: ["ignore", log, log],
      detached: true,
    });
    programs.push(child);
    return { pid: child.pid ?? 0, kill: () => killGroup(child), logFile };
  };
  const web = async ({ origin: fixed }: { origin?: string } = {}): Promise<Web> => {
    await buildIfNeeded(new Family(progress), progress);
    const port = (await freePort(0)) ?? 0;
    const url = `http://localhost:${port}`;
    const origin = fixed ?? url;
    process.env.APP_ORIGIN = origin;
    const env = { APP_ORIGIN: origin, NEXTAUTH_URL: origin, PORT: String(port) };
    const begin = () => run(`web-${port}`, [NEXT, "start", "-H", "127.0.0.1", "-p", String(port)], env);
    let running = begin();
    const { logFile } = running;
    await listening(`${url}/healthz`, logFile);
    return {
      url,
      logFile,
      get pid() {
        return running.pid;
      },
      kill: () => running.kill(),
      start: async () => {
        running = begin();
        await listening(`${url}/healthz`, logFile);
      },
    };
  };
  const end = async () => {
    for (const child of programs) await killGroup(child);
    await database.admin.end().catch(() => {});
    await stopCluster(cluster);
    if (!given && existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end().finally(() => process.exit(130)));
  return {
    ...database,
    folder,
    cluster: () => cluster,
    restartCluster: async () => {
      const began = Date.now();
      cluster = await startCluster({ ...options, port: cluster.port });
      return Date.now() - began;
    },
    web,
    worker: async () => run("worker", ["--conditions=react-server", path.join(ROOT, "cli/worker.ts")], {}),
    end,
  };
}
