import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import type pg from "pg";
import { type Also, type Figures, figuresOf, type Measure, type Range, rounded, type Target } from "./figures.ts";

export const SIZES = { S: 10_000, M: 100_000, L: 1_000_000 } as const;
export type Size = keyof typeof SIZES;

/** What a workload works with: a migrated database of its own on the real server, as the app connects to it. */
export type Bench = {
  size: Size;
  /** Grants, items or events at this size. */
  rows: number;
  /** The superuser, in the same database: for baselines, for what undoes a repeat, and for looking. */
  admin: pg.Client;
  folder: string;
  progress: (line: string) => void;
};

export type Side = "ours" | "baseline";

/**
 * One thing that is measured beside its baseline, in turn, in the same run. `ours` and `baseline` do the timed work alone (a number that they
 * answer with is what they did, for rates); `before` and `after` are not timed.
 */
export type Prepared = {
  ours: () => Promise<number | undefined>;
  baseline: () => Promise<number | undefined>;
  before?: (side: Side) => Promise<void>;
  after?: (side: Side) => Promise<void>;
  also?: () => Promise<Also>;
  close?: () => Promise<void>;
};

export type Workload = {
  id: string;
  /** The id of the workload that it is a second line of: chosen together with it. */
  of?: string;
  what: string;
  baseline: string;
  target: Target;
  /** What is compared: the time that both take, or how much they do in a second. */
  measure?: Measure;
  prepare: (bench: Bench) => Promise<Prepared>;
};

/** Fewer show too little of the spread. */
const REPEATS = 5;

/** One warm-up of each side, then both in turn, the order changing each time. */
export async function measure(workload: Workload, bench: Bench): Promise<Figures> {
  const began = load();
  const prepared = await workload.prepare(bench);
  const kind = workload.measure ?? "time";
  const values = { ours: [] as number[], baseline: [] as number[] };
  let peak = 0;
  try {
    for (let round = 0; round <= REPEATS; round += 1) {
      for (const side of round % 2 === 0 ? (["ours", "baseline"] as const) : (["baseline", "ours"] as const)) {
        await prepared.before?.(side);
        // What the side before has written is written out now, not by the next one's writes.
        await bench.admin.query("CHECKPOINT");
        const { ms, done, peakMiB } = await timed(prepared[side]);
        const value = kind === "time" ? ms : (done ?? 0) / (ms / 1000);
        if (round > 0) values[side].push(value);
        if (side === "ours") peak = Math.max(peak, peakMiB);
        await prepared.after?.(side);
        const label = round === 0 ? "warm-up" : `${round}/${REPEATS}`;
        bench.progress(`${workload.id} ${bench.size} ${label} ${side} ${value.toFixed(1)} ${kind === "time" ? "ms" : "per second"}`);
      }
    }
    const also = await prepared.also?.();
    const { id, target } = workload;
    const measured = { id, size: bench.size, target, measure: kind, ...values, peakMiB: peak, load: [began, load()] as Range };
    return figuresOf(also ? { ...measured, also } : measured);
  } finally {
    await prepared.close?.();
  }
}

type Timed = { ms: number; done: number | undefined; peakMiB: number };

async function timed(work: () => Promise<number | undefined>): Promise<Timed> {
  collectGarbage();
  const forgotten = forgetPeak();
  const began = process.hrtime.bigint();
  const done = await work();
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  return { ms, done, peakMiB: forgotten ? peakMiB() : process.resourceUsage().maxRSS / 1024 };
}

/** What the side before left behind would count as ours otherwise. run.ts starts node with --expose-gc. */
const collectGarbage = (): void => (globalThis as { gc?: () => void }).gc?.();

/** The kernel keeps the highest resident size; it can be told to start anew. Elsewhere the process's lifetime counts. */
function forgetPeak(): boolean {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
    return true;
  } catch {
    return false;
  }
}

function peakMiB(): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kib ?? Number.NaN) / 1024;
}

const load = (): number => rounded(loadavg()[0] ?? 0);

/** One line on the machine, for the figures' context. */
export function machineLine(serverVersion: string): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  const kernel = readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();
  return `${cpus().length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${kernel}, Node ${process.versions.node}, PostgreSQL ${serverVersion}`;
}
