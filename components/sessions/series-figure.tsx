"use client";

import { Button, Skeleton } from "@mantine/core";
import dynamic from "next/dynamic";
import { useState } from "react";
import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { countText, dateText, instantText } from "#components/ui/moment-text.ts";
import { usePreferences } from "#components/ui/preferences.tsx";
import type { Series, SeriesPoint, Span } from "#lib/sessions/series.ts";
import classes from "./sessions.module.css";

const HEIGHT = 180;
const DAY_MS = 86_400_000;
const SeriesChart = dynamic(() => import("./series-chart.tsx").then((module) => module.SeriesChart), {
  ssr: false,
  loading: () => <Skeleton height={HEIGHT} role="status" aria-label="Drawing the chart" />,
});

type SeriesFigureProps = {
  title: string;
  series: Series;
  span: Span;
  /** What a name is called; itself where it is not here. */
  words?: Readonly<Record<string, string>>;
};

const sumOf = ({ counts }: SeriesPoint): number => counts.reduce((sum, count) => sum + count, 0);

/** Counts over time as bars, and the same numbers as a table. */
export function SeriesFigure({ title, series, span, words = {} }: SeriesFigureProps) {
  const { zone } = usePreferences();
  const [isTable, setTable] = useState(false);
  const total = series.points.reduce((sum, point) => sum + sumOf(point), 0);
  const label = (at: number) => {
    const iso = new Date(at).toISOString();
    return span.stepMs >= DAY_MS ? dateText(iso, "UTC") : instantText(iso, zone);
  };
  const named = series.names.map((name) => ({ name, label: words[name] ?? name }));
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <span>
          {title}: {countText(total)}
        </span>
        {total > 0 && (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-pressed={isTable}
            aria-label={`${title}: ${isTable ? "show the chart" : "show the numbers"}`}
            onClick={() => setTable(!isTable)}
          >
            {isTable ? "Show the chart" : "Show the numbers"}
          </Button>
        )}
      </figcaption>
      {total === 0 ? (
        <p className={classes.note}>
          Nothing between {label(span.from)} and {label(span.until)}, as far as the sources tell.
        </p>
      ) : isTable ? (
        <FiguresTable
          caption={title}
          rows={series.points.filter((point) => sumOf(point) > 0)}
          getRowId={(point: SeriesPoint) => String(point.at)}
          columns={[
            { id: "at", header: "From", cell: (point: SeriesPoint) => label(point.at) },
            ...named.map(({ name, label: header }, index) => ({
              id: name,
              header,
              align: "end" as const,
              cell: (point: SeriesPoint) => countText(point.counts[index] ?? 0),
            })),
          ]}
        />
      ) : (
        <SeriesChart points={series.points} named={named} height={HEIGHT} label={label} stepMs={span.stepMs} zone={zone} />
      )}
    </figure>
  );
}
