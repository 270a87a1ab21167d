/** How many of something fell into a step of time, for one name (a source, a class, a word). */
export type Tally = { at: number; name: string; count: number };

/** Counts in the order of the series' names, which may be anything. */
export type SeriesPoint = { at: number; counts: number[] };
export type Series = { names: string[]; points: SeriesPoint[] };

const HOUR_MS = 3_600_000;
/** The ranges of the board: how far back, and the step that keeps a drawing below 200 points. */
export const RANGES = {
  day: { ms: 24 * HOUR_MS, stepMs: HOUR_MS },
  week: { ms: 7 * 24 * HOUR_MS, stepMs: 3 * HOUR_MS },
  month: { ms: 30 * 24 * HOUR_MS, stepMs: 24 * HOUR_MS },
} as const;
export type Range = keyof typeof RANGES;

export type Span = { from: number; until: number; stepMs: number };

/** Whole steps that end with the one that `until` lies in. The end is the reader's, never the clock's. */
export function spanOf(range: Range, until: number): Span {
  const { ms, stepMs } = RANGES[range];
  const end = Math.ceil(until / stepMs) * stepMs;
  return { from: end - ms, until: end, stepMs };
}

const MAX_NAMES = 5;
export const REST = "others";

/**
 * Points for every step of the span, nothing being zero. At most five names: the most frequent by themselves and, where there are more, the
 * rest as one. `fixed` gives names and order, for words that are always shown alike.
 */
export function seriesOf(tallies: readonly Tally[], { from, until, stepMs }: Span, fixed?: readonly string[]): Series {
  const within = tallies.filter(({ at }) => at >= from && at < until);
  const names = fixed ? [...fixed] : namesOf(within);
  const columns = new Map(names.map((name, index) => [name, index]));
  const points = Array.from({ length: Math.round((until - from) / stepMs) }, (_, step) => ({
    at: from + step * stepMs,
    counts: names.map(() => 0),
  }));
  for (const { at, name, count } of within) {
    const counts = points[Math.floor((at - from) / stepMs)]?.counts;
    const column = columns.get(name) ?? columns.get(REST);
    if (counts && column !== undefined) counts[column] = (counts[column] ?? 0) + count;
  }
  return { names, points };
}

function namesOf(tallies: readonly Tally[]): string[] {
  const sums = new Map<string, number>();
  for (const { name, count } of tallies) sums.set(name, (sums.get(name) ?? 0) + count);
  const byCount = [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  return byCount.length <= MAX_NAMES ? byCount : [...byCount.slice(0, MAX_NAMES - 1), REST];
}
