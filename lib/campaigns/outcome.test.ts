import fc from "fast-check";
import { expect, it } from "vitest";
import { decidingRound, isDecisive, outcomeOfAnswer } from "./outcome.ts";
import { STRATEGIES } from "./plan.ts";

type Strategy = (typeof STRATEGIES)[number];

it.each<[string, Strategy, "low" | "ordinary" | "high", (string | null)[], number | null]>([
  ["one round: its answer", "last_round", "ordinary", ["keep"], 1],
  ["one round, silent: silence", "last_round", "ordinary", [null], null],
  ["the last round counts", "last_round", "ordinary", ["revoke", "keep"], 2],
  ["the last round silent: an earlier keep is not the last word", "last_round", "ordinary", ["keep", null], null],
  ["the last round silent: an earlier revoke stands", "last_round", "ordinary", ["revoke", null], 1],
  ["at high risk one revoke wins over a later keep", "last_round", "high", ["revoke", "keep"], 1],
  ["at high risk the first revoke of two", "last_round", "high", ["revoke", "revoke"], 1],
  ["one revoke wins whatever the risk", "one_revoke_wins", "low", ["revoke", "keep"], 1],
  ["one revoke wins: without any, the last round", "one_revoke_wins", "low", ["reduce", "keep"], 2],
  ["all must keep: they did", "all_must_keep", "low", ["keep", "keep"], 2],
  ["all must keep: one asked for less", "all_must_keep", "low", ["reduce", "keep"], 1],
  ["all must keep: one was silent", "all_must_keep", "low", [null, "keep"], null],
  ["all must keep: a revoke", "all_must_keep", "low", ["keep", "revoke"], 2],
  ["retiring a machine is a removal", "last_round", "high", ["retire", "keep"], 1],
])("%s", (_name, strategy, risk, answers, expected) => {
  expect(decidingRound(strategy, risk, answers)).toBe(expected);
});

it("never makes a keep of what somebody removed at high risk, or of what the last round did not answer", () => {
  const answer = fc.constantFrom("keep", "revoke", "retire", "reduce", "exception_requested", null);
  const answers = fc.array(answer, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(
      fc.constantFrom(...STRATEGIES),
      fc.constantFrom("low", "ordinary", "high", "critical" as const),
      answers,
      (strategy, risk, all) => {
        const round = decidingRound(strategy, risk, all);
        const decided = round === null ? null : (all[round - 1] ?? null);
        if (all.some((each) => isDecisive(strategy, risk, each)))
          expect(["REVOKE", "MACHINE_ACTION"]).toContain(outcomeOfAnswer(decided ?? ""));
        if (decided === "keep") expect(round).toBe(all.length);
        if (round !== null) expect(decided).not.toBeNull();
      },
    ),
    { numRuns: 2000 },
  );
});
