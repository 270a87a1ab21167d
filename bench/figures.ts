/** Figures out of measured times: pure, so that what is printed can be tested. */

export type Target = { kind: "at most" | "at least"; ratio: number };
export type Measure = "time" | "rate";

export type Figures = {
  id: string;
  size: string;
  ours: number;
  baseline: number;
  unit: string;
  ratio: number;
  target: string;
  met: boolean;
  peak_mb: number;
  repeats: number;
  spread: { ours: Range; baseline: Range; ratio: Range };
  /** The machine's load of the last minute when the workload began and when it ended: figures of a busy machine say so. */
  load: Range;
  /** A second thing the workload is held to, beside the ratio. */
  also?: Also;
};
export type Range = [number, number];
export type Also = { name: string; value: number; atMost: number };

export type Measured = {
  id: string;
  size: string;
  target: Target;
  measure: Measure;
  /** Milliseconds, or operations per second, in the order of the rounds: one of each side a round. */
  ours: readonly number[];
  baseline: readonly number[];
  peakMiB: number;
  load: Range;
  also?: Also;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle] ?? 0;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** How ours compares: share of the baseline where it is to be at most that, times faster where it is to be at least so much. */
export function ratioOf(target: Target, measure: Measure, ours: number, baseline: number): number {
  return (target.kind === "at most") === (measure === "time") ? ours / baseline : measure === "time" ? baseline / ours : ours / baseline;
}

export const isMet = ({ kind, ratio: wanted }: Target, ratio: number): boolean => (kind === "at most" ? ratio <= wanted : ratio >= wanted);

export function figuresOf(measured: Measured): Figures {
  const { id, size, target, measure, also } = measured;
  const [ours, baseline] = [median(measured.ours), median(measured.baseline)];
  const ratio = ratioOf(target, measure, ours, baseline);
  const ratios = measured.ours.map((value, at) => ratioOf(target, measure, value, measured.baseline[at] ?? Number.NaN));
  return {
    id,
    size,
    ours: rounded(ours),
    baseline: rounded(baseline),
    unit: measure === "time" ? "ms" : "per second",
    ratio: rounded(ratio),
    target: `${target.kind === "at most" ? "<=" : ">="} ${target.ratio}`,
    met: isMet(target, ratio) && (also === undefined || also.value <= also.atMost),
    peak_mb: Math.round(measured.peakMiB),
    repeats: measured.ours.length,
    spread: { ours: rangeOf(measured.ours), baseline: rangeOf(measured.baseline), ratio: rangeOf(ratios) },
    load: measured.load,
    ...(also ? { also: { ...also, value: rounded(also.value) } } : {}),
  };
}

/** Three digits are more than a repeat reproduces; small ratios need them. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const rangeOf = (values: readonly number[]): Range => [rounded(Math.min(...values)), rounded(Math.max(...values))];

export function tableOf(figures: readonly Figures[]): string {
  const header = ["id", "size", "ours", "baseline", "unit", "ratio", "(each round)", "target", "met", "peak MiB", ""];
  const rows = figures.map((f) => [
    f.id,
    f.size,
    String(f.ours),
    String(f.baseline),
    f.unit,
    String(f.ratio),
    `${f.spread.ratio[0]}-${f.spread.ratio[1]}`,
    f.target,
    f.met ? "yes" : "no",
    String(f.peak_mb),
    f.also ? `${f.also.name} ${f.also.value} (<= ${f.also.atMost})` : "",
  ]);
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
