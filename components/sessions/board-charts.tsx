"use client";

import { SegmentedControl } from "@mantine/core";
import { useUrlState } from "#components/data-table/url-state.ts";
import type { Series, Span } from "#lib/sessions/series.ts";
import { SeriesFigure } from "./series-figure.tsx";
import { MFA_WORDS } from "./session-words.ts";
import classes from "./sessions.module.css";

type BoardChartsProps = {
  charts: { sessions: Series; elevations: Series; factors: Series };
  span: Span;
  range: "day" | "week" | "month";
  by: "source" | "class";
};

const RANGES = [
  { value: "day", label: "24 hours" },
  { value: "week", label: "7 days" },
  { value: "month", label: "30 days" },
];
const GROUPS = [
  { value: "source", label: "By source" },
  { value: "class", label: "By class" },
];

/** Range and grouping are in the address, so that a link shows the same charts. */
export function BoardCharts({ charts, span, range, by }: BoardChartsProps) {
  const { set } = useUrlState();
  return (
    <div className={classes.board}>
      <div className={classes.choices}>
        <SegmentedControl size="xs" aria-label="Range" data={RANGES} value={range} onChange={(value) => set({ range: value })} />
        <SegmentedControl size="xs" aria-label="Group by" data={GROUPS} value={by} onChange={(value) => set({ by: value })} />
      </div>
      <div className={classes.charts}>
        <SeriesFigure title="Sessions begun" series={charts.sessions} span={span} />
        <SeriesFigure title="Elevations" series={charts.elevations} span={span} />
        <SeriesFigure title="Sign-ins and tokens by factor" series={charts.factors} span={span} words={MFA_WORDS} />
      </div>
    </div>
  );
}
