"use client";

import { BarFigure } from "#components/charts/bar-figure.tsx";
import type { Point } from "#components/charts/series.ts";
import { countText, dateText, instantText } from "#components/ui/moment-text.ts";
import { usePreferences } from "#components/ui/preferences.tsx";
import type { Series, SeriesPoint, Span } from "#lib/sessions/series.ts";

const DAY_MS = 86_400_000;

type Colour = 1 | 2 | 3 | 4 | 5;
/** The same colour for the same thing on each board; names that are not words of ours take what is left, in their order. */
const COLOURS: Readonly<Record<string, Colour>> = { human: 1, yes: 1, workload: 2, service: 3, no: 3, pipeline: 4, unknown: 5, others: 5 };
const colourOf = (name: string, index: number): Colour => COLOURS[name] ?? (((index % 5) + 1) as Colour);

type SeriesFigureProps = {
  title: string;
  series: Series;
  span: Span;
  /** What a name is called; itself where it is not here. */
  words?: Readonly<Record<string, string>>;
};

/** Counts over time as bars, and the same numbers as a table. */
export function SeriesFigure({ title, series, span, words = {} }: SeriesFigureProps) {
  const { zone } = usePreferences();
  const isDaily = span.stepMs >= DAY_MS;
  const label = (at: number) => (isDaily ? dateText(new Date(at).toISOString(), "UTC") : instantText(new Date(at).toISOString(), zone));
  const tick = (at: number) => (isDaily ? label(at).replace(/ \d{4}$/, "") : (/, (\d\d:\d\d)/.exec(label(at))?.[1] ?? ""));
  const pointOf = ({ at, counts }: SeriesPoint): Point => ({
    label: label(at),
    tick: tick(at),
    ...Object.fromEntries(series.names.map((name, index) => [name, counts[index] ?? 0])),
  });
  const total = series.points.reduce((sum, { counts }) => sum + counts.reduce((all, count) => all + count, 0), 0);
  return (
    <BarFigure
      caption={`${title}: ${countText(total)}`}
      axis="From"
      points={series.points.map(pointOf)}
      series={series.names.map((name, index) => ({ key: name, label: words[name] ?? name, colour: colourOf(name, index) }))}
      empty={`Nothing between ${label(span.from)} and ${label(span.until)}, as far as the sources tell.`}
    />
  );
}
