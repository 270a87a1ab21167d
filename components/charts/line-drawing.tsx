"use client";

import { memo } from "react";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { countText, dateText, instantText } from "#components/ui/moment-text.ts";
import classes from "./charts.module.css";
import { isSameDrawing, type Point, type Series, shownSeries } from "./series.ts";
import { Tip } from "./tip.tsx";

export type TimePoint = Point & { at: number };
export type LineDrawingProps = { caption: string; points: readonly TimePoint[]; series: readonly Series[]; zone: string; height: number };

const DAY_MS = 86_400_000;
const TICKS = 5;

/** Counts over time, from zero, in the zone that the page speaks in. Points need not be evenly spaced. */
export const LineDrawing = memo(function LineDrawing({ caption, points, series, zone, height }: LineDrawingProps) {
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? first;
  const ticks = Array.from({ length: TICKS }, (_, index) => first + ((last - first) * index) / (TICKS - 1));
  const text = (at: number) => {
    const iso = new Date(at).toISOString();
    return last - first > 3 * DAY_MS ? dateText(iso, zone).replace(/ \d{4}$/, "") : instantText(iso, zone).replace(/^.*, /, "");
  };
  return (
    <div className={classes.drawing}>
      <ResponsiveContainer width="100%" height={height}>
        <LineChart data={[...points]} margin={{ top: 8, right: 24, bottom: 0, left: 0 }} accessibilityLayer aria-label={caption}>
          <CartesianGrid vertical={false} />
          <XAxis
            dataKey="at"
            type="number"
            scale="linear"
            domain={[first, last]}
            ticks={ticks}
            tickFormatter={text}
            tickLine={false}
            axisLine={{ stroke: "var(--cs-control)" }}
          />
          <YAxis domain={[0, "dataMax"]} allowDecimals={false} tickFormatter={countText} width={48} tickLine={false} axisLine={false} />
          <Tooltip
            cursor={{ stroke: "var(--cs-control)" }}
            isAnimationActive={false}
            content={({ active, payload }) => <Tip series={series} active={active} payload={payload} />}
          />
          {shownSeries(points, series).map(({ key, label, colour, isPlan }) => (
            <Line
              key={key}
              dataKey={key}
              name={label}
              stroke={`var(--cs-chart-${colour})`}
              strokeWidth={2}
              {...(isPlan ? { strokeDasharray: "4 4" } : {})}
              dot={false}
              type="linear"
              connectNulls={false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}, isSameDrawing);
