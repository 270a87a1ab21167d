"use client";

import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { countText, instantText } from "#components/ui/moment-text.ts";
import { ToneText } from "#components/ui/tone-text.tsx";
import { type BurnDown, burnDownPoints } from "#lib/campaigns/series.ts";
import classes from "./burn-down.module.css";
import { FiguresTable } from "./figures-table.tsx";

const HEIGHT = 220;
const BurnDownChart = dynamic(() => import("./burn-down-chart.tsx").then((module) => module.BurnDownChart), {
  ssr: false,
  loading: () => <Skeleton height={HEIGHT} role="status" aria-label="Drawing the chart" />,
});

/** What is left over time, against an even pace to the due date; as a drawing, and as the numbers it is drawn from. */
export function BurnDownFigure({ campaignId }: { campaignId: string }) {
  const [isTable, setTable] = useState(false);
  const { data, isError } = useQuery({
    queryKey: ["burn-down", campaignId],
    queryFn: async ({ signal }) => {
      const response = await fetch(`/api/v1/campaigns/${campaignId}/burn-down`, { signal });
      if (!response.ok) throw new Error(`Burn-down answered ${response.status}`);
      return (await response.json()) as BurnDown;
    },
  });
  const points = useMemo(() => (data ? burnDownPoints(data) : []), [data]);
  if (isError) return <ToneText tone="warning">The course of the campaign cannot be read now.</ToneText>;
  if (!data) return <Skeleton height={HEIGHT + 56} role="status" aria-label="Reading the course of the campaign" />;
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <span>Items left, from the launch to the due date</span>
        <Button size="compact-xs" variant="subtle" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {isTable ? "Show the chart" : "Show the numbers"}
        </Button>
      </figcaption>
      {isTable ? (
        <FiguresTable
          caption="Items left over time"
          rows={points}
          getRowId={(point) => String(point.at)}
          columns={[
            { id: "at", header: "Until", cell: (point) => instantText(new Date(point.at).toISOString(), data.zone) },
            { id: "unanswered", header: "Without an answer", align: "end", cell: (point) => left(point.unanswered) },
            { id: "open", header: "Not handed in", align: "end", cell: (point) => left(point.open) },
            { id: "plan", header: "At an even pace", align: "end", cell: (point) => countText(point.plan) },
          ]}
        />
      ) : (
        <BurnDownChart points={points} zone={data.zone} height={HEIGHT} />
      )}
    </figure>
  );
}

const left = (count: number | null): string => (count === null ? "not there yet" : countText(count));
