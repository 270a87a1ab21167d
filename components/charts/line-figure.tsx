"use client";

import { Skeleton } from "@mantine/core";
import dynamic from "next/dynamic";
import { ChartFigure, type FigureProps } from "./chart-figure.tsx";
import type { TimePoint } from "./line-drawing.tsx";

const HEIGHT = 220;
const LineDrawing = dynamic(() => import("./line-drawing.tsx").then((module) => module.LineDrawing), {
  ssr: false,
  loading: () => <Skeleton height={HEIGHT} aria-hidden />,
});

/** Counts over time as lines. */
export function LineFigure({ zone, ...figure }: FigureProps & { points: readonly TimePoint[]; zone: string }) {
  return (
    <ChartFigure {...figure}>
      <LineDrawing caption={figure.caption} points={figure.points} series={figure.series} zone={zone} height={HEIGHT} />
    </ChartFigure>
  );
}
