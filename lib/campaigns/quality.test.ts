import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, drawSample, sampleSize, secondLookGuards, suspicionsOf } from "./quality.ts";

describe("a reviewer", () => {
  const rushed = { privilegedKept: 24, privilegedKeepSeconds: 2, privilegedKeepViewed: 1 };
  it.each([
    ["who keeps much that is privileged, at once and unseen, is suspicious", {}, true],
    ["with fewer than twenty privileged keeps is not", { privilegedKept: 19 }, false],
    ["with exactly twenty is", { privilegedKept: 20 }, true],
    ["who takes five seconds each is not", { privilegedKeepSeconds: 5 }, false],
    ["who opened the evidence of a fifth is not", { privilegedKept: 25, privilegedKeepViewed: 5 }, false],
    ["of whom no time was measured is not", { privilegedKeepSeconds: null }, false],
  ])("%s", (_name, given, expected) => {
    expect(suspicionsOf({ ...rushed, ...given }).length > 0).toBe(expected);
  });
});

describe("the draw", () => {
  const candidates = (count: number, riskClass: Candidate["riskClass"] = "high"): Candidate[] =>
    Array.from({ length: count }, (_, at) => ({ itemId: `i${at}`, decisionId: `d${at}`, riskClass }));

  it.each([
    [0, 0],
    [3, 3],
    [20, 5],
    [51, 6],
    [1000, 25],
  ])("of %i takes %i", (count, size) => {
    expect(sampleSize(count)).toBe(size);
  });

  it("is the same whatever the order, and another with another seed", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(candidates(40), { minLength: 40 }), (shuffled) => {
        expect(drawSample(shuffled, "seed")).toEqual(drawSample(candidates(40), "seed"));
      }),
      { numRuns: 20 },
    );
    expect(drawSample(candidates(40), "one")).not.toEqual(drawSample(candidates(40), "two"));
  });

  it("takes critical items far oftener than low ones", () => {
    const mixed = candidates(200).map((each, at) => ({ ...each, riskClass: at % 2 === 0 ? ("critical" as const) : ("low" as const) }));
    const drawn = Array.from({ length: 20 }, (_, seed) => drawSample(mixed, `${seed}`)).flat();
    const critical = drawn.filter(({ riskClass }) => riskClass === "critical").length;
    expect(critical / drawn.length).toBeGreaterThan(0.75);
  });

  it("can be made again from the words of its contract", () => {
    const tickets = ["i0", "i1", "i2"].map((id) => [createHash("sha256").update(`s,${id},0`).digest("hex"), id]).sort();
    expect(drawSample(candidates(3, "low"), "s", 3).map(({ itemId }) => itemId)).toEqual(tickets.map(([, id]) => id));
  });
});

it.each([
  ["nobody was in a rush: nothing to show", { undrawn: [], looks: 0, open: 0, disagreeing: 0 }, []],
  ["somebody was, and nothing was drawn", { undrawn: ["Mia"], looks: 0, open: 0, disagreeing: 0 }, [["second_look_drawn", false]]],
  ["looks are open", { undrawn: [], looks: 5, open: 2, disagreeing: 0 }, [["second_looks_answered", false]]],
  [
    "all were taken, some disagree: shown, and no stop",
    { undrawn: [], looks: 5, open: 0, disagreeing: 1 },
    [["second_looks_answered", true]],
  ],
] as const)("before the sign-off: %s", (_name, facts, expected) => {
  expect(secondLookGuards(facts).map(({ code, isMet }) => [code, isMet])).toEqual(expected);
});
