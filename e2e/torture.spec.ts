import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { EXPERIMENTS } from "../bench/torture/experiments.ts";

/*
 * The short form of `npm run torture`: each experiment has a server, a database and a process of its own, so nothing here touches the product
 * that the other stories are about. The seed is printed; `npm run torture -- --only NAME --short --seed N` repeats a run.
 */
/** What the global setup has told this process of the product that it started. */
const OURS = /^(COUNTERSIGN_|DATABASE_|DEMO_CORP|APP_ORIGIN|BASE_URL|NEXTAUTH)/;
const RUN = path.join(import.meta.dirname, "../bench/torture/run.ts");

for (const { name, what, promises } of EXPERIMENTS)
  test(`${promises} hold: ${what}`, async () => {
    test.setTimeout(180_000);
    const kept = Object.entries(process.env).filter(([variable]) => !OURS.test(variable));
    const env = { ...Object.fromEntries(kept), NODE_ENV: process.env.NODE_ENV };
    const args = ["--conditions=react-server", "--disable-warning=ExperimentalWarning", RUN, "--only", name, "--short"];
    const { stdout, stderr, code } = await promisify(execFile)(process.execPath, args, { env }).then(
      (said) => ({ ...said, code: 0 }),
      (error: { stdout: string; stderr: string; code: number }) => error,
    );
    process.stdout.write(stdout);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
  });
