import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Family, type Program } from "./family.ts";
import { ROOT } from "./instance.ts";
import { type Outcome, playwrightOutcome, readReport, single, sum, vitestOutcome } from "./outcome.ts";
import { hasSystemPostgres, systemChromium } from "./system.ts";

const OTHER_POSTGRES = 15;
const modules = (file: string) => path.join(ROOT, "node_modules", file);
const CONDITIONS = "--conditions=react-server";
const reports = mkdtempSync(path.join(tmpdir(), "countersign-reports-"));
const progress = (line: string): void => console.log(line);
const family = new Family(progress);

type Step = { name: string; title: string; run: () => Promise<Outcome> };

const node = (args: readonly string[], env: Program["env"] = {}) => family.run({ name: args[0] ?? "node", args, env: { CI: "1", ...env } });

async function vitest(project: string, env: Program["env"] = {}): Promise<Outcome> {
  const report = path.join(reports, `vitest-${project}${env.TEST_POSTGRES ?? ""}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await node([modules("vitest/vitest.mjs"), "run", "--project", project, ...reporters], env);
  return vitestOutcome(readReport(report), code);
}

async function types(): Promise<Outcome> {
  // The route types and the declarations of CSS modules are made, not committed.
  const generated = await family.run({
    name: "typegen",
    args: [modules("next/dist/bin/next"), "typegen"],
    env: { NEXT_TELEMETRY_DISABLED: "1" },
    output: "collect",
  });
  if (generated.code !== 0) progress(generated.output);
  const { code } = await node([modules("typescript/bin/tsc"), "--noEmit", "--incremental", "false", "-p", ROOT]);
  return single(generated.code || code);
}

/** Every script of ours under cli/checks that says how it ended; the modules beside them do not. */
async function checks(): Promise<Outcome> {
  const folder = path.join(ROOT, "cli/checks");
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const outcomes: Outcome[] = [];
  for (const name of scripts.sort()) {
    const file = path.join(folder, name);
    if (!/process\.exit/.test(readFileSync(file, "utf8"))) continue;
    outcomes.push(single((await node([CONDITIONS, file])).code));
  }
  return sum(outcomes);
}

async function browser(): Promise<Outcome> {
  const cli = modules("@playwright/test/cli.js");
  const chromium = systemChromium(progress);
  if (!chromium && (await family.run({ name: "playwright", args: [cli, "install", "chromium"], env: {}, output: "collect" })).code !== 0) {
    progress("No Chromium: apt could not install it and Playwright could not download its own. Put one at /usr/bin/chromium.");
    return single(1);
  }
  const report = path.join(reports, "playwright.json");
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report, ...(chromium ? { CHROMIUM: chromium } : {}) };
  const { code } = await node([CONDITIONS, cli, "test", "--reporter=list,json"], env);
  return playwrightOutcome(readReport(report), code);
}

const STEPS: readonly Step[] = [
  {
    name: "lint",
    title: "Lint and format (Biome)",
    run: async () => single((await node([modules("@biomejs/biome/bin/biome"), "check", ROOT])).code),
  },
  { name: "types", title: "Types (tsc)", run: types },
  { name: "checks", title: "House checks", run: checks },
  { name: "unit", title: "Unit tests", run: () => vitest("unit") },
  { name: "db", title: "Database tests, PostgreSQL 18", run: () => vitest("db") },
  {
    name: "db15",
    title: `Database tests, PostgreSQL ${OTHER_POSTGRES}`,
    run: async () => {
      if (hasSystemPostgres(OTHER_POSTGRES, progress)) return vitest("db", { TEST_POSTGRES: String(OTHER_POSTGRES) });
      progress(`Left out: PostgreSQL ${OTHER_POSTGRES} is not installed and apt cannot install it here.`);
      return sum([]);
    },
  },
  { name: "browser", title: "Browser tests (Chromium)", run: browser },
];

/** Every step, or those named: `npm test -- lint unit`. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name));
  if (unknown) throw new Error(`Unknown step ${unknown}. Known: ${STEPS.map(({ name }) => name).join(", ")}.`);
  const outcomes: Outcome[] = [];
  for (const { name, title, run } of STEPS) {
    if (names.length > 0 && !names.includes(name)) continue;
    progress(`\n=== ${title}`);
    const began = Date.now();
    const outcome = await run();
    outcomes.push(outcome);
    const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : "";
    progress(`--- ${title}: ${outcome.passed} passed, ${outcome.failed} failed${skipped} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }
  const { passed, failed } = sum(outcomes);
  progress(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function stop(): Promise<void> {
  await family.end(2000);
  process.exit(130);
}
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, stop);
process.once("disconnect", stop);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
  process.off("disconnect", stop);
  process.disconnect?.();
}
