import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "#lib/db/embedded/cluster.ts";
import { openInstance, ROOT } from "../cli/instance.ts";

/**
 * Starts the product as a user would, on an empty folder and a free port, with its demo. What the fixtures need to act beside the browser
 * (the database, the keys, the origin) is put into the environment, which the workers inherit.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), "countersign-e2e-"));
  const port = String((await freePort(0)) ?? 3999);
  const origin = `http://localhost:${port}`;
  const { DATABASE_URL: _url, DATABASE_OWNER_URL: _owner, APP_ORIGIN: _origin, HOST: _host, ...inherited } = process.env;
  const env = { ...inherited, COUNTERSIGN_DATA_DIR: folder, PORT: port };
  const child = spawn(process.execPath, ["--conditions=react-server", path.join(ROOT, "cli/start.ts")], {
    env,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };

  const ready = new Promise<boolean>((resolve) => {
    let said = "";
    child.stdout?.on("data", (chunk) => {
      process.stdout.write(chunk);
      said += chunk;
      if (said.includes("Countersign is ready")) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  if (!(await ready)) {
    await stop();
    throw new Error("The product did not start; see above.");
  }

  for (const name of ["DATABASE_URL", "DATABASE_OWNER_URL"]) delete process.env[name];
  process.env.COUNTERSIGN_DATA_DIR = folder;
  const instance = await openInstance({ progress: () => {} });
  Object.assign(process.env, instance.env, instance.ownerEnv, { APP_ORIGIN: origin, BASE_URL: origin });
  return stop;
}
