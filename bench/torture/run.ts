import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { seededRandom } from "#lib/testing/random.ts";
import { type Form, type Seen, tableOf } from "./experiment.ts";
import { EXPERIMENTS } from "./experiments.ts";

const USAGE = `npm run torture -- [--only NAME,NAME] [--seed N] [--short]

Faults and attacks against a whole installation of our own. Prints a table; ends with 1 where a promise did not hold.
--only   these experiments; all of them otherwise
--seed   repeats a run: what is random follows from it
--short  as npm test runs them

Experiments:
${EXPERIMENTS.map(({ name, what }) => `  ${name.padEnd(16)} ${what}`).join("\n")}`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      seed: { type: "string" },
      short: { type: "boolean", default: false },
      help: { type: "boolean" },
      /** The child's: one experiment, in a process of its own. */
      alone: { type: "string" },
    },
  });
  const form: Form = values.short ? "short" : "long";
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
  const wanted = values.only?.split(",") ?? EXPERIMENTS.map(({ name }) => name);
  const unknown = wanted.filter((name) => !EXPERIMENTS.some((experiment) => experiment.name === name));
  if (values.help || unknown.length > 0 || !Number.isSafeInteger(seed)) {
    console.log(unknown.length > 0 ? `There is no experiment ${unknown.join(", ")}.\n\n${USAGE}` : USAGE);
    return values.help ? 0 : 2;
  }
  if (values.alone) return alone(values.alone, form, seed);
  const seen = wanted.map((name) => inOwnProcess(name, form, seed));
  console.log(tableOf(seen));
  for (const { name, broken } of seen) for (const promise of broken) console.log(`${name}: ${promise}`);
  return seen.every(({ broken }) => broken.length === 0) ? 0 : 1;
}

async function alone(name: string, form: Form, seed: number): Promise<number> {
  const experiment = EXPERIMENTS.find((each) => each.name === name);
  if (!experiment) return 2;
  const began = Date.now();
  const progress = (line: string) => console.error(`${name}: ${line}`);
  progress(`seed ${seed}, ${form} form`);
  const findings = await experiment.run({ form, seed, random: seededRandom(seed), progress });
  const seen: Seen = { ...findings, name, promises: experiment.promises, seed, seconds: (Date.now() - began) / 1000 };
  console.log(JSON.stringify(seen));
  return 0;
}

/** An experiment sets the environment of its process and ends servers under its feet. */
function inOwnProcess(name: string, form: Form, seed: number): Seen {
  const args = [
    ...process.execArgv,
    import.meta.filename,
    "--alone",
    name,
    "--seed",
    String(seed),
    ...(form === "short" ? ["--short"] : []),
  ];
  const child = spawnSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", maxBuffer: 64 * 2 ** 20 });
  const last = child.stdout.trim().split("\n").at(-1) ?? "";
  if (child.status === 0 && last.startsWith("{")) return JSON.parse(last) as Seen;
  const promises = EXPERIMENTS.find((each) => each.name === name)?.promises ?? "";
  return { name, promises, seed, seconds: 0, figures: {}, broken: [`did not come to its end (code ${child.status})`] };
}

process.exitCode = await main();
process.exit();
