"use client";

import { useRouter } from "next/navigation";
import { memo } from "react";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { countText } from "#components/ui/moment-text.ts";
import classes from "./charts.module.css";
import { isSameDrawing, type Point, type Series, shownSeries } from "./series.ts";
import { Tip } from "./tip.tsx";

export type BarDrawingProps = { caption: string; points: readonly Point[]; series: readonly Series[]; height: number; lying?: boolean };

const NAMES_WIDTH = 148;

/** Stacked bars from zero. Lying where what they stand for has long names. A bar leads to its rows where it has an address. */
export const BarDrawing = memo(function BarDrawing({ caption, points, series, height, lying = false }: BarDrawingProps) {
  const router = useRouter();
  const shown = shownSeries(points, series);
  const count = { type: "number", allowDecimals: false, tickFormatter: countText, tickLine: false, axisLine: false } as const;
  const names = { type: "category", tickLine: false, axisLine: { stroke: "var(--cs-control)" } } as const;
  const tickOf = ({ tick, label }: Point) => tick ?? label;
  return (
    <div className={classes.drawing}>
      <ResponsiveContainer width="100%" height={height}>
        <BarChart
          data={[...points]}
          layout={lying ? "vertical" : "horizontal"}
          margin={{ top: 8, right: 16, bottom: 0, left: 0 }}
          barCategoryGap="24%"
          accessibilityLayer
          aria-label={caption}
        >
          <CartesianGrid vertical={lying} horizontal={!lying} />
          {lying ? <XAxis {...count} /> : <XAxis {...names} dataKey={tickOf} interval="preserveStartEnd" minTickGap={8} />}
          {lying ? <YAxis {...names} dataKey="label" interval={0} width={NAMES_WIDTH} /> : <YAxis {...count} width={40} />}
          <Tooltip
            cursor={{ fill: "var(--cs-hover)" }}
            isAnimationActive={false}
            content={({ active, payload }) => <Tip series={series} active={active} payload={payload} />}
          />
          {shown.map(({ key, label, colour }) => (
            <Bar
              key={key}
              dataKey={key}
              name={label}
              stackId="all"
              fill={`var(--cs-chart-${colour})`}
              stroke="var(--cs-page)"
              strokeWidth={1}
              maxBarSize={36}
              isAnimationActive={false}
              onClick={({ payload }: { payload?: Point }) => payload?.href && router.push(payload.href)}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}, isSameDrawing);
