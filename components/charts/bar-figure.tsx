"use client";

import dynamic from "next/dynamic";
import { ChartFigure, type FigureProps } from "./chart-figure.tsx";
import { WhenNear } from "./when-near.tsx";

const BAR_HEIGHT = 36;
const AXIS_HEIGHT = 40;
const STANDING_HEIGHT = 220;

const BarDrawing = dynamic(() => import("./bar-drawing.tsx").then((module) => module.BarDrawing), { ssr: false });

/** Counts by kind as stacked bars. The drawing's code comes after the page, into a place of its final size. */
export function BarFigure({ lying = false, ...figure }: FigureProps & { lying?: boolean }) {
  const height = lying ? figure.points.length * BAR_HEIGHT + AXIS_HEIGHT : STANDING_HEIGHT;
  return (
    <ChartFigure {...figure}>
      <WhenNear height={height}>
        <BarDrawing caption={figure.caption} points={figure.points} series={figure.series} height={height} lying={lying} />
      </WhenNear>
    </ChartFigure>
  );
}
