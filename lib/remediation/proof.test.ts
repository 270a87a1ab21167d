import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NoProof, proofRefusals, type RunFacts, type Unproven, verdictOf } from "./proof.ts";

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 20, 8, minutes));
const APPLIED = at(10);
const run = (more: Partial<RunFacts> = {}): RunFacts => ({
  id: "run 2",
  state: "APPLIED",
  isComplete: true,
  isFullRead: true,
  startedAt: at(20),
  observedAt: at(21),
  isOvertaken: false,
  ...more,
});
const task = (more: Partial<Unproven> = {}): Unproven => ({
  state: "APPLIED_UNVERIFIED",
  appliedAt: APPLIED,
  firstAbsentRun: null,
  met: "met",
  ...more,
});

it.each<[string, RunFacts, NoProof[]]>([
  ["a complete, full, applied run begun afterwards proves", run(), []],
  ["one that is held proves nothing", run({ state: "HELD" }), ["not_applied"]],
  ["a partial one proves nothing", run({ isComplete: false }), ["partial"]],
  ["one that found the bytes of last time read nothing again", run({ isFullRead: false }), ["nothing_read_again"]],
  ["one that another run has overtaken speaks of another inventory", run({ isOvertaken: true }), ["overtaken"]],
  ["one begun before proves nothing, though it ended after", run({ startedAt: at(9) }), ["started_before"]],
  ["one begun in the same instant proves nothing", run({ startedAt: APPLIED }), ["started_before"]],
  ["one whose source spoke of an earlier instant proves nothing", run({ observedAt: at(5) }), ["observed_before"]],
  ["one whose source did not say when proves nothing", run({ observedAt: null }), ["observed_unknown"]],
  ["all reasons are told", run({ state: "FAILED", isComplete: false, startedAt: at(1) }), ["not_applied", "partial", "started_before"]],
])("%s", (_name, facts, expected) => expect(proofRefusals(facts, APPLIED)).toEqual(expected));

describe("of a task that is said to be done", () => {
  const first = { id: "run 1", startedAt: at(15) };
  it.each<[string, Unproven, RunFacts, string]>([
    ["the first absence is not enough", task(), run(), "first_absence"],
    ["the second, later one verifies", task({ firstAbsentRun: first }), run(), "verified"],
    ["the same run told twice verifies nothing", task({ firstAbsentRun: { id: "run 2", startedAt: at(20) } }), run(), "seen_before"],
    ["an earlier run told late verifies nothing", task({ firstAbsentRun: { id: "run 3", startedAt: at(30) } }), run(), "seen_before"],
    ["presence after one absence is presence", task({ firstAbsentRun: first, met: "still" }), run(), "present"],
    ["presence in a run that proves nothing is none", task({ met: "still" }), run({ startedAt: at(9) }), "no_proof"],
    ["what the source does not tell proves nothing", task({ firstAbsentRun: first, met: "unknown" }), run(), "no_proof"],
    ["an identical re-read after one absence verifies nothing", task({ firstAbsentRun: first }), run({ isFullRead: false }), "no_proof"],
    ["what was gone before is proven the same way", task({ state: "ALREADY_GONE", firstAbsentRun: first }), run(), "verified"],
    ["what somebody claims is proven the same way", task({ state: "CLAIMED_DONE", firstAbsentRun: first }), run(), "verified"],
    ["nothing is proven of what waits for people", task({ state: "MANUAL_REQUIRED", appliedAt: null }), run(), "seen_before"],
  ])("%s", (_name, facts, given, expected) => expect(verdictOf(facts, given).kind).toBe(expected));
});

it("nothing is ever verified by fewer than two different proving runs, in whatever order runs come and come again", () => {
  const mostly = fc.constantFrom(true, true, true, false);
  const minute = fc.integer({ min: 0, max: 40 });
  const anyRun = fc.record({
    id: fc.constantFrom("a", "b", "c"),
    state: fc.constantFrom("APPLIED", "APPLIED", "APPLIED", "HELD"),
    isComplete: mostly,
    isFullRead: mostly,
    startedAt: minute.map(at),
    observedAt: fc.option(minute.map(at), { nil: null }),
    isOvertaken: mostly.map((value) => !value),
    met: fc.constantFrom("met" as const, "met" as const, "still" as const, "unknown" as const),
  });
  fc.assert(
    fc.property(fc.array(anyRun, { maxLength: 12 }), (runs) => {
      let facts = task();
      const proven = new Set<string>();
      for (const { met, ...given } of runs) {
        const verdict = verdictOf({ ...facts, met }, given);
        const proves = proofRefusals(given, APPLIED).length === 0;
        if (verdict.kind === "present") {
          proven.clear();
          facts = task();
        }
        if (proves && met === "met") proven.add(given.id);
        if (verdict.kind === "first_absence") facts = { ...facts, firstAbsentRun: { id: given.id, startedAt: given.startedAt } };
        if (verdict.kind === "verified") return proves && met === "met" && proven.size >= 2;
      }
      return true;
    }),
    { numRuns: 2000 },
  );
});
