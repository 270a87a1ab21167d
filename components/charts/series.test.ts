import { expect, test } from "vitest";
import { isEmpty, numberAt, type Point, type Series, shownSeries, summaryOf } from "./series.ts";

const SERIES: Series[] = [
  { key: "yes", label: "Phishing-resistant", colour: 1 },
  { key: "no", label: "Not", colour: 3 },
  { key: "unknown", label: "Unknown", colour: 5 },
];
const points = (...values: [number, number | null, number][]): Point[] =>
  values.map(([yes, no, unknown], index) => ({ label: `bar ${index}`, yes, no, unknown }));

test("a chart without any number above zero is empty, whatever its bars are called", () => {
  expect(isEmpty([], SERIES)).toBe(true);
  expect(isEmpty(points([0, null, 0]), SERIES)).toBe(true);
  expect(isEmpty(points([0, 0, 0], [0, 0, 1]), SERIES)).toBe(false);
});

test("what is zero everywhere is not drawn", () => {
  expect(shownSeries(points([1, 0, 0], [0, null, 2]), SERIES).map(({ key }) => key)).toEqual(["yes", "unknown"]);
});

test("a moment that has not come is no number, and no zero", () => {
  expect(numberAt({ label: "tomorrow", yes: null }, "yes")).toBeNull();
  expect(numberAt({ label: "tomorrow" }, "yes")).toBeNull();
});

test("the sentence for who cannot see it names the most first and leaves out what is nothing", () => {
  expect(summaryOf(points([1, 5, 0], [2, null, 0]), SERIES)).toBe("Not: 5, Phishing-resistant: 3");
});
