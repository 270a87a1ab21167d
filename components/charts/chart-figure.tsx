"use client";

import { Button } from "@mantine/core";
import Link from "next/link";
import { type ReactNode, useId, useState } from "react";
import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { countText } from "#components/ui/moment-text.ts";
import classes from "./charts.module.css";
import { isEmpty, numberAt, type Point, type Series, shownSeries, summaryOf } from "./series.ts";

export type FigureProps = {
  /** What the chart shows, as a sentence. */
  caption: string;
  /** The head of the column that names the bars, or the moments. */
  axis: string;
  points: readonly Point[];
  series: readonly Series[];
  /** In place of a drawing of nothing. */
  empty: string;
};

/** A drawing with its caption, and one click away the numbers that it is drawn from. */
export function ChartFigure({ caption, axis, points, series, empty, children }: FigureProps & { children: ReactNode }) {
  const [isTable, setTable] = useState(false);
  const id = useId();
  const isNothing = isEmpty(points, series);
  return (
    <figure className={classes.figure} aria-labelledby={id}>
      <figcaption className={classes.caption}>
        <span id={id}>{caption}</span>
        {!isNothing && (
          <Button size="compact-xs" variant="subtle" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            Numbers as a table
          </Button>
        )}
      </figcaption>
      {isNothing ? (
        <p className={classes.empty}>{empty}</p>
      ) : isTable ? (
        <NumbersTable caption={caption} axis={axis} points={points} series={series} />
      ) : (
        <>
          <p className={classes.spoken}>{summaryOf(points, series)}</p>
          {children}
          <Legend series={shownSeries(points, series)} />
        </>
      )}
    </figure>
  );
}

function NumbersTable({ caption, axis, points, series }: Omit<FigureProps, "empty">) {
  const sum = (key: string) => countText(points.reduce((total, point) => total + (numberAt(point, key) ?? 0), 0));
  const hasSums = points.length > 1 && series.every(({ isPlan }) => !isPlan) && points.every(({ at }) => at === undefined);
  return (
    <FiguresTable
      caption={caption}
      rows={points}
      getRowId={(point) => point.label}
      columns={[
        {
          id: "label",
          header: axis,
          cell: ({ label, href }) => (href ? <Link href={href}>{label}</Link> : label),
        },
        ...series.map(({ key, label }) => ({
          id: key,
          header: label,
          align: "end" as const,
          cell: (point: Point) => {
            const value = numberAt(point, key);
            return value === null ? "not there yet" : countText(value);
          },
        })),
      ]}
      {...(hasSums ? { totals: ["All", ...series.map(({ key }) => sum(key))] } : {})}
    />
  );
}

function Legend({ series }: { series: readonly Series[] }) {
  if (series.length < 2) return null;
  return (
    <ul className={classes.legend} aria-label="What the colours mean">
      {series.map(({ key, label, colour, isPlan }) => (
        <li key={key}>
          <span className={classes.swatch} data-colour={colour} data-plan={isPlan ? "" : undefined} aria-hidden />
          {label}
        </li>
      ))}
    </ul>
  );
}
