import { describe, expect, it } from "vitest";
import { ANSWERS, allowedAnswers, isMachine, isTermed, MACHINE_ANSWERS } from "./answers.ts";
import { outcomeOfAnswer } from "./outcome.ts";
import type { Answer, ItemKind, Outcome, Way } from "./types.ts";

const KINDS: readonly ItemKind[] = ["grant", "credential", "trust", "identity", "chain"];

describe("the decisions that fit", () => {
  it.each<[ItemKind, string, readonly Answer[], Way?]>([
    ["grant", "human", ["keep", "revoke", "abstain", "exception_requested", "reduce", "time_limit"]],
    ["grant", "unknown", ["keep", "revoke", "abstain", "exception_requested", "reduce", "time_limit"]],
    [
      "grant",
      "service",
      [
        "keep",
        "revoke",
        "abstain",
        "exception_requested",
        "time_limit",
        ...(["narrow", "rotate", "shorten", "federate", "split", "re_own", "retire"] as const),
      ],
    ],
    ["credential", "human", ["keep", "revoke", "abstain", "time_limit", "rotate", "shorten"]],
    ["credential", "pipeline", ["keep", "revoke", "abstain", "time_limit", "rotate", "shorten", "federate", "split"]],
    ["trust", "workload", ["keep", "revoke", "abstain", "time_limit", "narrow", "split"]],
    ["identity", "service", ["keep", "abstain", "re_own", "split", "retire"]],
    [
      "chain",
      "pipeline",
      ["keep", "revoke", "abstain", "time_limit", ...(["rotate", "shorten", "federate", "split", "re_own", "retire"] as const)],
      "credential",
    ],
    ["chain", "workload", ["keep", "revoke", "abstain", "time_limit", ...(["narrow", "split", "re_own", "retire"] as const)], "trust"],
  ])("a %s of a %s", (kind, identityClass, expected, way) => {
    expect([...allowedAnswers({ kind, identityClass, way: way ?? null })].sort()).toEqual([...expected].sort());
  });

  it("can always be kept or abstained from, and nothing is offered twice", () => {
    for (const kind of KINDS)
      for (const identityClass of ["human", "service", "break_glass", "unknown"]) {
        const allowed = allowedAnswers({ kind, identityClass, way: null });
        expect(allowed).toEqual(expect.arrayContaining(["keep", "abstain"]));
        expect(new Set(allowed).size).toBe(allowed.length);
      }
  });

  it("of machines are only asked about a person's access where no person's answer fits", () => {
    expect(
      allowedAnswers({ kind: "grant", identityClass: "human", way: null }).filter((answer) =>
        MACHINE_ANSWERS.some((each) => each === answer),
      ),
    ).toEqual([]);
    expect(["service", "pipeline", "workload", "app", "human", "shared", "break_glass", "unknown"].map(isMachine)).toEqual([
      ...[true, true, true, true],
      ...[false, false, false, false],
    ]);
  });
});

it.each<[Answer, Outcome, boolean]>([
  ["keep", "KEEP", false],
  ["revoke", "REVOKE", false],
  ["abstain", "ABSTAIN", false],
  ["exception_requested", "EXCEPTION_REQUESTED", false],
  ["reduce", "REDUCE", true],
  ["time_limit", "TIME_LIMIT", true],
  ["rotate", "MACHINE_ACTION", true],
  ["shorten", "MACHINE_ACTION", true],
  ["federate", "MACHINE_ACTION", true],
  ["narrow", "MACHINE_ACTION", true],
  ["split", "MACHINE_ACTION", true],
  ["re_own", "MACHINE_ACTION", true],
  ["retire", "MACHINE_ACTION", true],
])("%s becomes %s", (answer, outcome, termed) => {
  expect([outcomeOfAnswer(answer), isTermed(answer)]).toEqual([outcome, termed]);
});

it("knows every answer once", () => {
  expect(new Set(ANSWERS).size).toBe(13);
  expect(ANSWERS).toHaveLength(13);
});
