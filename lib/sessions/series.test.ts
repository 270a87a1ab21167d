import { describe, expect, it } from "vitest";
import { RANGES, seriesOf, spanOf, type Tally } from "./series.ts";

const HOUR = 3_600_000;
const DAY = Date.UTC(2026, 10, 20);
const hours: Tally[] = Array.from({ length: 24 }, (_, hour) => ({ at: DAY + hour * HOUR, name: "a", count: 1 }));

describe("a span", () => {
  it.each(["day", "week", "month"] as const)("of a %s is whole steps that end with the one of its end, below 200 of them", (range) => {
    for (const until of [DAY, DAY + 1, DAY + HOUR * 7.5]) {
      const { from, until: end, stepMs } = spanOf(range, until);
      expect(end).toBeGreaterThanOrEqual(until);
      expect(end - until).toBeLessThan(stepMs);
      expect((end - from) / stepMs).toBe(RANGES[range].ms / stepMs);
      expect((end - from) / stepMs).toBeLessThan(200);
    }
  });
});

describe("a series", () => {
  const span = { from: DAY, until: DAY + 24 * HOUR, stepMs: HOUR };

  it("has a point for every step, nothing being zero, and nothing from outside", () => {
    const series = seriesOf(
      [
        { at: DAY - 1, name: "a", count: 9 },
        { at: DAY + HOUR, name: "a", count: 2 },
        { at: span.until, name: "a", count: 9 },
      ],
      span,
    );
    expect(series.points).toHaveLength(24);
    expect(series.points.map(({ counts }) => counts[0])).toEqual([0, 2, ...Array(22).fill(0)]);
  });

  it("loses no count, whatever the step", () => {
    for (const stepMs of [HOUR, 3 * HOUR, 24 * HOUR])
      expect(seriesOf(hours, { ...span, stepMs }).points.reduce((sum, { counts }) => sum + (counts[0] ?? 0), 0)).toBe(24);
  });

  it("names the four most frequent of more than five, and the rest as one", () => {
    const tallies = ["a", "b", "c", "d", "e", "f"].map((name, at) => ({ at: DAY, name, count: 10 - at }));
    expect(seriesOf(tallies.slice(0, 5), span).names).toEqual(["a", "b", "c", "d", "e"]);
    const { names, points } = seriesOf(tallies, span);
    expect(names).toEqual(["a", "b", "c", "d", "others"]);
    expect(points[0]?.counts).toEqual([10, 9, 8, 7, 11]);
  });

  it("shows fixed names in their order, also those of which there is nothing", () => {
    const { names, points } = seriesOf([{ at: DAY, name: "no", count: 3 }], span, ["yes", "no", "unknown"]);
    expect(names).toEqual(["yes", "no", "unknown"]);
    expect(points[0]?.counts).toEqual([0, 3, 0]);
  });

  it("takes any name of a source", () => {
    expect(
      seriesOf(
        [
          { at: DAY, name: "__proto__", count: 1 },
          { at: DAY, name: "at", count: 2 },
        ],
        span,
      ),
    ).toMatchObject({
      names: ["at", "__proto__"],
      points: expect.arrayContaining([{ at: DAY, counts: [2, 1] }]),
    });
  });
});
