"use client";

import "@mantine/charts/styles.css";
import { LineChart } from "@mantine/charts";
import { countText, dateText, instantText } from "#components/ui/moment-text.ts";
import type { BurnDownPoint } from "#lib/campaigns/series.ts";

const SERIES = [
  { name: "open", label: "Not handed in", color: "var(--cs-chart-1)" },
  { name: "unanswered", label: "Without an answer", color: "var(--cs-chart-2)" },
  { name: "plan", label: "At an even pace", color: "var(--cs-chart-5)", strokeDasharray: "4 4" },
];
const DAY_MS = 86_400_000;
const TICKS = 5;

type BurnDownChartProps = { points: BurnDownPoint[]; zone: string; height: number };

export function BurnDownChart({ points, zone, height }: BurnDownChartProps) {
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? first;
  const span = last - first;
  const ticks = Array.from({ length: TICKS }, (_, index) => first + (span * index) / (TICKS - 1));
  const text = (at: number) => {
    const iso = new Date(at).toISOString();
    return span > 3 * DAY_MS ? dateText(iso, zone).replace(/ \d{4}$/, "") : instantText(iso, zone).replace(/^.*, /, "");
  };
  return (
    <LineChart
      h={height}
      data={points}
      dataKey="at"
      series={SERIES}
      curveType="linear"
      withDots={false}
      withLegend
      legendProps={{ verticalAlign: "bottom" }}
      connectNulls={false}
      tickLine="none"
      gridAxis="x"
      gridColor="var(--cs-line)"
      textColor="var(--cs-dimmed)"
      valueFormatter={(value) => countText(value)}
      xAxisProps={{ type: "number", domain: [first, last], ticks, tickFormatter: text, scale: "linear" }}
      yAxisProps={{ domain: [0, "dataMax"], allowDecimals: false, tickFormatter: (value: number) => countText(value), width: 56 }}
      tooltipProps={{ labelFormatter: (at) => (Number.isFinite(Number(at)) ? instantText(new Date(Number(at)).toISOString(), zone) : "") }}
      lineProps={{ isAnimationActive: false }}
      lineChartProps={{ accessibilityLayer: true }}
    />
  );
}
