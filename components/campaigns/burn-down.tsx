"use client";

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { LineFigure } from "#components/charts/line-figure.tsx";
import type { Series } from "#components/charts/series.ts";
import { instantText } from "#components/ui/moment-text.ts";
import { useReads } from "#components/ui/reads.ts";
import { ToneText } from "#components/ui/tone-text.tsx";
import { type BurnDown, burnDownPoints } from "#lib/campaigns/series.ts";

const HEIGHT = 300;
const SERIES: readonly Series[] = [
  { key: "open", label: "Not handed in", colour: 1 },
  { key: "unanswered", label: "Without an answer", colour: 2 },
  { key: "plan", label: "At an even pace", colour: 5, isPlan: true },
];

/** What is left over time, against an even pace to the due date. */
export function BurnDownFigure({ campaignId }: { campaignId: string }) {
  const { data, isError } = useQuery(
    {
      queryKey: ["burn-down", campaignId],
      queryFn: async ({ signal }) => {
        const response = await fetch(`/api/v1/campaigns/${campaignId}/burn-down`, { signal });
        if (!response.ok) throw new Error(`Burn-down answered ${response.status}`);
        return (await response.json()) as BurnDown;
      },
    },
    useReads(),
  );
  const points = useMemo(
    () =>
      data ? burnDownPoints(data).map((point) => ({ ...point, label: instantText(new Date(point.at).toISOString(), data.zone) })) : [],
    [data],
  );
  if (isError) return <ToneText tone="warning">The course of the campaign cannot be read now.</ToneText>;
  if (!data) return <Skeleton height={HEIGHT} role="status" aria-label="Reading the course of the campaign" />;
  return (
    <LineFigure
      caption="Items left, from the launch to the due date"
      axis="Until"
      points={points}
      series={SERIES}
      zone={data.zone}
      empty="Nothing is left: everything was handed in."
    />
  );
}
