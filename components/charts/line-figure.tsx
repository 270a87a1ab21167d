"use client";

import dynamic from "next/dynamic";
import { ChartFigure, type FigureProps } from "./chart-figure.tsx";
import type { TimePoint } from "./line-drawing.tsx";
import { WhenNear } from "./when-near.tsx";

const HEIGHT = 220;
const LineDrawing = dynamic(() => import("./line-drawing.tsx").then((module) => module.LineDrawing), { ssr: false });

/** Counts over time as lines. */
export function LineFigure({ zone, ...figure }: FigureProps & { points: readonly TimePoint[]; zone: string }) {
  return (
    <ChartFigure {...figure}>
      <WhenNear height={HEIGHT}>
        <LineDrawing caption={figure.caption} points={figure.points} series={figure.series} zone={zone} height={HEIGHT} />
      </WhenNear>
    </ChartFigure>
  );
}
