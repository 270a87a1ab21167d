import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT, type Variables } from "./instance.ts";

export type Program = {
  name: string;
  /** Arguments of the pinned Node. */
  args: readonly string[];
  env: Variables;
  /** Where its output goes; without one it is ours. */
  logFile?: string;
  output?: "show" | "collect";
};

export type Ended = { code: number | null; output: string };

const LEASH = pathToFileURL(path.join(import.meta.dirname, "leash.js")).href;
const BACK_OFF_MS = [200, 500, 1000, 2000, 5000, 10_000];
const HEALTHY_MS = 30_000;

/** The programs under one launcher: each on a leash, restarted when it dies, all ended together. */
export class Family {
  readonly #children = new Set<ChildProcess>();
  readonly #notice: (line: string) => void;
  readonly #backOffMs: readonly number[];
  #ending = false;

  constructor(notice: (line: string) => void, backOffMs: readonly number[] = BACK_OFF_MS) {
    this.#notice = notice;
    this.#backOffMs = backOffMs;
  }

  /** Runs a program to its end. */
  async run(program: Program): Promise<Ended> {
    const child = this.#spawn(program);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        output += chunk;
      });
    }
    await new Promise((resolve) => child.once("close", resolve).once("error", resolve));
    return { code: child.exitCode, output };
  }

  /** Keeps a program alive until the family ends. `onFailure` hears of one that dies again and again before it ever lived long. */
  keep(program: Program, onFailure: (error: Error) => void): void {
    let failures = 0;
    const begin = () => {
      if (this.#ending) return;
      const born = Date.now();
      void ended(this.#spawn(program)).then((code) => {
        if (this.#ending) return;
        failures = Date.now() - born > HEALTHY_MS ? 1 : failures + 1;
        if (failures > this.#backOffMs.length)
          return onFailure(new Error(`The ${program.name} does not stay up.\n${lastLines(program.logFile)}`));
        this.#notice(`The ${program.name} ended (code ${code ?? "none"}); starting it again.`);
        setTimeout(begin, this.#backOffMs[failures - 1]);
      });
    };
    begin();
  }

  /** Asks all to end, and at `graceMs` makes them. */
  async end(graceMs: number): Promise<void> {
    this.#ending = true;
    const endings = [...this.#children].map(async (child) => {
      const timer = setTimeout(() => signalGroup(child, "SIGKILL"), graceMs);
      signalGroup(child, "SIGTERM");
      await ended(child);
      clearTimeout(timer);
    });
    await Promise.all(endings);
  }

  #spawn({ args, env, logFile, output }: Program): ChildProcess {
    if (this.#ending) throw new Error("Stopped.");
    const log = logFile ? openLog(logFile) : null;
    const out = output === "collect" ? "pipe" : (log ?? "inherit");
    const child = spawn(process.execPath, ["--import", LEASH, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env, COUNTERSIGN_LEASH: "1" },
      stdio: ["ignore", out, out, "ipc"],
      // A group of its own: Ctrl-C in the terminal reaches us alone, and we end the family in order.
      detached: true,
    });
    if (log !== null) closeSync(log);
    this.#children.add(child);
    child.once("close", () => this.#children.delete(child));
    child.once("error", (error) => this.#notice(error.message));
    return child;
  }
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.once("error", () => resolve(null));
  });
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // it ended by itself
  }
}

const LOG_BYTES = 10_000_000;

/** One older file is kept. */
function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

export function lastLines(file: string | undefined, count = 15): string {
  if (!file) return "";
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
  } catch {
    return "";
  }
}
