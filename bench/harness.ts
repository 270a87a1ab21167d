import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type pg from "pg";

export const SIZES = { S: 10_000, M: 100_000, L: 1_000_000 } as const;
export type Size = keyof typeof SIZES;

/** What a workload works with: a migrated database of its own on the real server, as the app connects to it. */
export type Bench = {
  size: Size;
  /** Grants, items or events at this size. */
  rows: number;
  admin: pg.Client;
  folder: string;
  progress: (line: string) => void;
};

/** One thing that is measured beside its baseline, in turn, in the same run. `ours` and `baseline` do the timed work alone; `reset` undoes it untimed. */
export type Prepared = {
  ours: () => Promise<void>;
  baseline: () => Promise<void>;
  reset?: (side: "ours" | "baseline") => Promise<void>;
  close?: () => Promise<void>;
};

export type Workload = {
  id: string;
  what: string;
  baseline: string;
  /** `at most`: ratio ours / baseline of times. `at least`: ratio baseline / ours, how many times faster. */
  target: { kind: "at most" | "at least"; ratio: number };
  repeats?: number;
  prepare: (bench: Bench) => Promise<Prepared>;
};

export type Figures = {
  id: string;
  size: Size;
  ours: number;
  baseline: number;
  unit: "ms";
  ratio: number;
  target: string;
  met: boolean;
  peak_mb: number;
  spread: { ours: [number, number]; baseline: [number, number] };
  repeats: number;
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

async function timed(work: () => Promise<void>): Promise<number> {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
}

/** The process's resident memory at its highest while `work` ran, in MiB, looked at every 20 ms. */
async function peakWhile(work: () => Promise<void>): Promise<number> {
  let peak = process.memoryUsage.rss();
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, process.memoryUsage.rss()) / 2 ** 20;
}

/** One warm-up of each side, then both in turn, the order changing each time. Medians; times in milliseconds. */
export async function measure(workload: Workload, bench: Bench): Promise<Figures> {
  const prepared = await workload.prepare(bench);
  const repeats = workload.repeats ?? (bench.size === "L" ? 3 : 5);
  const times = { ours: [] as number[], baseline: [] as number[] };
  let peak = 0;
  try {
    for (let round = -1; round < repeats; round += 1) {
      const order = round % 2 === 0 ? (["ours", "baseline"] as const) : (["baseline", "ours"] as const);
      for (const side of order) {
        let ms = 0;
        const memory = await peakWhile(async () => {
          ms = await timed(prepared[side]);
        });
        if (round >= 0) times[side].push(ms);
        if (side === "ours") peak = Math.max(peak, memory);
        await prepared.reset?.(side);
        bench.progress(`${workload.id} ${bench.size} ${round < 0 ? "warm-up" : `${round + 1}/${repeats}`} ${side} ${ms.toFixed(1)} ms`);
      }
    }
  } finally {
    await prepared.close?.();
  }
  const [ours, baseline] = [median(times.ours), median(times.baseline)];
  const { kind, ratio: wanted } = workload.target;
  const ratio = kind === "at most" ? ours / baseline : baseline / ours;
  return {
    id: workload.id,
    size: bench.size,
    ours: round(ours),
    baseline: round(baseline),
    unit: "ms",
    ratio: round(ratio),
    target: `${kind} ${wanted}`,
    met: kind === "at most" ? ratio <= wanted : ratio >= wanted,
    peak_mb: Math.round(peak),
    spread: { ours: rangeOf(times.ours), baseline: rangeOf(times.baseline) },
    repeats,
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
const rangeOf = (values: readonly number[]): [number, number] => [round(Math.min(...values)), round(Math.max(...values))];

/** One line on the machine, for the figures' context. */
export function machineLine(serverVersion: string): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  const kernel = readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();
  return `${cpus().length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${kernel}, Node ${process.versions.node}, PostgreSQL ${serverVersion}`;
}
