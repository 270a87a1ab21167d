import { expect, it } from "vitest";
import { figuresOf, isMet, type Measured, median, ratioOf, tableOf } from "./figures.ts";

const measured: Measured = {
  id: "W1",
  size: "M",
  target: { kind: "at most", ratio: 1.15 },
  measure: "time",
  ours: [130, 110, 120],
  baseline: [100, 100, 105],
  peakMiB: 150.4,
  load: [0.1, 1.2],
};

it("takes the middle value, or the mean of the two", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 9])).toBe(3);
});

it.each([
  ["at most", "time", 120, 100, 1.2],
  ["at least", "time", 100, 550, 5.5],
  ["at least", "rate", 90, 100, 0.9],
] as const)("compares %s of a %s", (kind, measure, ours, baseline, ratio) => {
  expect(ratioOf({ kind, ratio: 1 }, measure, ours, baseline)).toBeCloseTo(ratio);
});

it("meets a target at its limit and not beyond", () => {
  expect(isMet({ kind: "at most", ratio: 1.15 }, 1.15)).toBe(true);
  expect(isMet({ kind: "at most", ratio: 1.15 }, 1.151)).toBe(false);
  expect(isMet({ kind: "at least", ratio: 5.5 }, 5.5)).toBe(true);
  expect(isMet({ kind: "at least", ratio: 5.5 }, 5.49)).toBe(false);
});

it("prints the keys that are promised first, in their order", () => {
  const figures = figuresOf(measured);
  expect(Object.keys(figures).slice(0, 9)).toEqual(["id", "size", "ours", "baseline", "unit", "ratio", "target", "met", "peak_mb"]);
  expect(figures).toMatchObject({ ours: 120, baseline: 100, unit: "ms", ratio: 1.2, target: "<= 1.15", met: false, peak_mb: 150 });
  expect(figures.spread).toEqual({ ours: [110, 130], baseline: [100, 105], ratio: [1.1, 1.3] });
});

it("is not met where the ratio is and the second thing is not", () => {
  const target = { kind: "at most", ratio: 2 } as const;
  expect(figuresOf({ ...measured, target, also: { name: "lag", value: 900, atMost: 1000 } }).met).toBe(true);
  expect(figuresOf({ ...measured, target, also: { name: "lag", value: 1100, atMost: 1000 } }).met).toBe(false);
});

it("lines up its columns", () => {
  const [header, row] = tableOf([figuresOf(measured)]).split("\n");
  expect(header?.indexOf("met")).toBe(row?.indexOf("no"));
});
