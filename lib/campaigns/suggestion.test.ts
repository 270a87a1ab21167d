import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factsOf, isOverride, peerShare, SUGGESTION_VERSION, SUGGESTIONS, type SuggestionFacts, suggestionFor } from "./suggestion.ts";

const calm: SuggestionFacts = {
  kind: "grant",
  identityClass: "human",
  identityStatus: "active",
  personStatus: "active",
  privileged: "no",
  riskClass: "low",
  change: "unchanged",
  lastOutcome: "KEEP",
  lastUsedKind: "value",
  unusedDays: 2,
  heldDays: 400,
  expires: false,
  peersHolding: 5,
  peersTotal: 6,
  conflicts: 0,
};

describe("what the facts speak for", () => {
  it.each<[string, Partial<SuggestionFacts>, string, string[]]>([
    ["used lately, kept before, held by the team: keep", {}, "keep", ["used_lately", "kept_before", "most_peers"]],
    ["used lately and nothing more: nothing", { change: "new", peersHolding: 2 }, "none", []],
    ["unused for long: revoke", { unusedDays: 143, peersHolding: 1 }, "revoke", ["unused", "few_peers"]],
    ["unused for exactly ninety days: not yet", { unusedDays: 90 }, "none", []],
    ["never used: revoke", { lastUsedKind: "never", unusedDays: null }, "revoke", ["never_used"]],
    ["never used, but granted last week: not yet", { lastUsedKind: "never", unusedDays: null, heldDays: 7 }, "none", ["use_unknown"]],
    ["unknown use is never taken for unused", { lastUsedKind: "unknown", unusedDays: null }, "none", ["use_unknown"]],
    ["a source that cannot tell is not unused either", { lastUsedKind: "not_supported", unusedDays: null }, "none", ["use_unknown"]],
    ["whoever left: revoke, whatever else", { personStatus: "left", privileged: "yes", conflicts: 1 }, "revoke", ["person_left"]],
    ["a disabled identity: revoke", { identityStatus: "disabled" }, "revoke", ["identity_disabled"]],
    ["a conflict is for a person to settle", { conflicts: 1 }, "none", ["conflict"]],
    ["of a conflict the unused side goes", { conflicts: 1, unusedDays: 200 }, "revoke", ["unused", "conflict"]],
    [
      "privilege that is used now and then: for a time",
      { privileged: "yes", unusedDays: 40 },
      "time_limit",
      ["rarely_used", "standing_privilege"],
    ],
    ["unless it ends anyway", { privileged: "yes", unusedDays: 40, expires: true }, "none", []],
    ["privilege is never suggested to be kept", { privileged: "yes" }, "none", []],
    ["nor what may be privileged", { privileged: "unknown" }, "none", []],
    ["nor what is of high risk", { riskClass: "high" }, "none", []],
    ["nor what means something else than last time", { change: "changed" }, "none", ["contents_changed"]],
    ["the way in for emergencies is not judged", { identityClass: "break_glass", unusedDays: 500 }, "none", ["break_glass"]],
    ["what is no grant is not judged", { kind: "credential", unusedDays: 500 }, "none", []],
  ])("%s", (_name, given, answer, reasons) => {
    expect(suggestionFor({ ...calm, ...given })).toEqual({ version: SUGGESTION_VERSION, answer, reasons });
  });

  it("says why whenever it suggests something, and nothing unknown ever speaks for keeping", () => {
    const facts = fc.record<SuggestionFacts>({
      kind: fc.constantFrom("grant", "credential"),
      identityClass: fc.constantFrom("human", "service", "break_glass", "unknown"),
      identityStatus: fc.constantFrom("active", "disabled", "unknown"),
      personStatus: fc.constantFrom("active", "left", "unknown", null),
      privileged: fc.constantFrom("yes", "no", "unknown"),
      riskClass: fc.constantFrom("low", "ordinary", "high", "critical"),
      change: fc.constantFrom("new", "changed", "unchanged", "first_review"),
      lastOutcome: fc.constantFrom("KEEP", "REVOKE", "UNANSWERED", null),
      lastUsedKind: fc.constantFrom("value", "never", "unknown"),
      unusedDays: fc.option(fc.integer({ min: 0, max: 400 })),
      heldDays: fc.option(fc.integer({ min: 0, max: 4000 })),
      expires: fc.boolean(),
      peersHolding: fc.option(fc.integer({ min: 0, max: 20 })),
      peersTotal: fc.option(fc.integer({ min: 0, max: 20 })),
      conflicts: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { answer, reasons } = suggestionFor(given);
        expect(SUGGESTIONS).toContain(answer);
        if (answer !== "none") expect(reasons.length).toBeGreaterThan(0);
        if (answer === "keep") expect([given.unusedDays === null, given.privileged]).toEqual([false, "no"]);
      }),
    );
  });
});

it.each([
  ["keep", "revoke", true],
  ["revoke", "keep", true],
  ["revoke", "revoke", false],
  ["none", "keep", false],
  ["revoke", "abstain", false],
  ["revoke", "exception_requested", false],
  ["time_limit", "keep", true],
] as const)("suggested %s, answered %s: an override is %s", (suggested, answer, expected) => {
  expect(isOverride(suggested, answer)).toBe(expected);
});

it.each([
  [null, null, "unknown"],
  [1, 2, "unknown"],
  [0, 5, "few"],
  [1, 5, "few"],
  [2, 5, "some"],
  [3, 5, "most"],
  [3, 6, "some"],
] as const)("%s of %s in the team: %s", (holding, total, expected) => {
  expect(peerShare(holding, total)).toBe(expected);
});

it("counts days up to the freeze, whatever the time is now", () => {
  const moment = (at: string | null) => ({ kind: at ? "value" : "unknown", at });
  const row = { ...calm, lastUsed: moment("2026-01-01T00:00:00Z"), started: moment(null), expires: moment(null), conflicts: ["a"] };
  expect(factsOf(row, "2026-01-31T12:00:00Z")).toMatchObject({ unusedDays: 30.5, heldDays: null, expires: false, conflicts: 1 });
});
