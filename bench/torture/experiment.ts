import type { seededRandom } from "#lib/testing/random.ts";

/** `long` is what the figures in docs/reliability.md come from; `short` is what `npm test` has time for. */
export type Form = "short" | "long";

export type Torture = {
  form: Form;
  seed: number;
  random: ReturnType<typeof seededRandom>;
  progress: (line: string) => void;
};

/** What was seen: figures for the table, and every promise that did not hold, in words. None broken and no figures is no result. */
export type Findings = { figures: Readonly<Record<string, number | string>>; broken: readonly string[]; skipped?: string };

/** One fault or attack. Runs in a process of its own, so it may set this one's environment and end what it started by ending. */
export type Experiment = {
  name: string;
  promises: string;
  what: string;
  run: (torture: Torture) => Promise<Findings>;
};

export type Seen = Findings & { name: string; promises: string; seed: number; seconds: number };

/** The table that people read. */
export function tableOf(seen: readonly Seen[]): string {
  const header = ["experiment", "promises", "kept", "seconds", "seed", "figures"];
  const rows = seen.map(({ name, promises, broken, skipped, seconds, seed, figures }) => [
    name,
    promises,
    skipped ? "skipped" : broken.length === 0 ? "yes" : "NO",
    String(Math.round(seconds)),
    String(seed),
    skipped ??
      Object.entries(figures)
        .map(([label, value]) => `${label} ${value}`)
        .join(", "),
  ]);
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ");
  return [header, ...rows].map((row) => line(row).trimEnd()).join("\n");
}
