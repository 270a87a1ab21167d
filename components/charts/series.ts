/** One part of a chart, with the same colour wherever the same thing is drawn. At most five: more cannot be told apart. */
export type Series = {
  key: string;
  label: string;
  colour: 1 | 2 | 3 | 4 | 5;
  /** Drawn broken: a plan, not something that happened. */
  isPlan?: boolean;
};

/** A place on the axis with a number for each series; null where there is none yet. `href` leads to the rows behind it, `tick` is what the axis has room for. */
export type Point = { label: string; tick?: string; href?: string | undefined } & Readonly<
  Record<string, number | string | null | undefined>
>;

export const MOST_SERIES = 5;

export function numberAt(point: Point, key: string): number | null {
  const value = point[key];
  return typeof value === "number" ? value : null;
}

/** What the chart would show is nothing at all. */
export const isEmpty = (points: readonly Point[], series: readonly Series[]): boolean =>
  points.every((point) => series.every(({ key }) => (numberAt(point, key) ?? 0) === 0));

/** Series that are zero everywhere would only fill the legend. The table still has them. */
export const shownSeries = (points: readonly Point[], series: readonly Series[]): Series[] =>
  series.filter(({ key }) => points.some((point) => (numberAt(point, key) ?? 0) !== 0));

/** Said to whoever cannot see the drawing: how much of what, the largest first. */
export function summaryOf(points: readonly Point[], series: readonly Series[]): string {
  const sums = series.map(({ key, label }) => ({ label, sum: points.reduce((sum, point) => sum + (numberAt(point, key) ?? 0), 0) }));
  return sums
    .filter(({ sum }) => sum > 0)
    .sort((one, other) => other.sum - one.sum)
    .map(({ label, sum }) => `${label}: ${sum}`)
    .join(", ");
}

/** A page that is read anew brings numbers that are equal and not the same: what they would draw is there already. */
export const isSameDrawing = (before: object, after: object): boolean => JSON.stringify(before) === JSON.stringify(after);
