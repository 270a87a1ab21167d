"use client";

import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";
import { countText, dateText, instantText } from "#components/ui/moment-text.ts";
import type { SeriesPoint } from "#lib/sessions/series.ts";

/** The same colour for the same thing on each board; names that are not words of ours take what is left, in their order. */
const COLOURS: Readonly<Record<string, number>> = { human: 1, yes: 1, workload: 2, service: 3, no: 3, pipeline: 4, unknown: 5, others: 5 };
const DAY_MS = 86_400_000;

const keyOf = (index: number) => `series${index}`;

type SeriesChartProps = {
  points: SeriesPoint[];
  named: { name: string; label: string }[];
  height: number;
  label: (at: number) => string;
  stepMs: number;
  zone: string;
};

export function SeriesChart({ points, named, height, label, stepMs, zone }: SeriesChartProps) {
  const series = named.map(({ name, label: words }, index) => ({
    name: keyOf(index),
    label: words,
    color: `var(--cs-chart-${COLOURS[name] ?? (index % 5) + 1})`,
  }));
  const tick = (at: number) => {
    const iso = new Date(at).toISOString();
    return stepMs >= DAY_MS ? dateText(iso, "UTC").replace(/ \d{4}$/, "") : (/, (\d\d:\d\d)/.exec(instantText(iso, zone))?.[1] ?? "");
  };
  return (
    <BarChart
      h={height}
      data={points.map(({ at, counts }) => ({ at, ...Object.fromEntries(counts.map((count, index) => [keyOf(index), count])) }))}
      dataKey="at"
      type="stacked"
      series={series}
      withLegend
      legendProps={{ verticalAlign: "bottom", height: 32 }}
      tickLine="none"
      gridAxis="x"
      gridColor="var(--cs-line)"
      textColor="var(--cs-dimmed)"
      valueFormatter={(value) => countText(value)}
      xAxisProps={{ tickFormatter: tick, minTickGap: 24 }}
      yAxisProps={{ allowDecimals: false, width: 40 }}
      tooltipProps={{ labelFormatter: (at) => (Number.isFinite(Number(at)) ? label(Number(at)) : "") }}
      barProps={{ isAnimationActive: false }}
      barChartProps={{ accessibilityLayer: true }}
    />
  );
}
