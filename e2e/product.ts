import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "#lib/db/embedded/cluster.ts";
import { ROOT } from "../cli/instance.ts";

export type Product = { folder: string; origin: string; said: () => string; stop: () => Promise<void> };

/** Starts the product as a user would, on an empty folder and a free port. Stopping it takes the folder away. */
export async function startProduct(args: readonly string[] = []): Promise<Product> {
  const folder = mkdtempSync(path.join(tmpdir(), "countersign-e2e-"));
  const port = String((await freePort(0)) ?? 3999);
  // Nothing of another instance, nor of the person's own settings.
  const { PATH, HOME, USER, LANG } = process.env;
  const child = spawn(process.execPath, ["--conditions=react-server", path.join(ROOT, "cli/start.ts"), ...args], {
    env: { NODE_ENV: "production", PATH, HOME, USER, LANG, COUNTERSIGN_DATA_DIR: folder, PORT: port },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  let said = "";
  const isReady = await new Promise<boolean>((resolve) => {
    child.stdout?.on("data", (chunk) => {
      process.stdout.write(chunk);
      said += chunk;
      if (said.includes("Ctrl-C stops it")) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  if (!isReady) {
    await stop();
    throw new Error("The product did not start; see above.");
  }
  return { folder, origin: `http://localhost:${port}`, said: () => said, stop };
}
