import { expect, it } from "vitest";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { contentsChangeWords, lastDecisionWords, peersWords, reasonWords, suggestionOf } from "./fact-words.ts";

const STAGED = "2026-11-23T00:00:00Z";
const row = (facts: Partial<ReviewItemRow>): ReviewItemRow =>
  ({
    kind: "grant",
    identityClass: "human",
    identityStatus: "active",
    personStatus: "active",
    privileged: "no",
    riskClass: "low",
    change: "unchanged",
    lastOutcome: "KEEP",
    lastDecision: { campaign: "Spring", by: "Mia", at: "2026-05-01T00:00:00Z" },
    contentsChange: null,
    lastUsed: { kind: "value", at: "2026-07-03T00:00:00Z" },
    started: { kind: "unknown", at: null },
    expires: { kind: "never", at: null },
    peersHolding: 1,
    peersTotal: 6,
    conflicts: [],
    ...facts,
  }) as ReviewItemRow;

it.each([
  [{}, "1 of 6 peers"],
  [{ peersHolding: null, peersTotal: null }, "no team known"],
  [{ peersHolding: 0, peersTotal: 0 }, "no team known"],
])("says of the team: %j", (facts, words) => {
  expect(peersWords(row(facts))).toBe(words);
});

it.each([
  [{}, "kept by Mia"],
  [{ lastDecision: { campaign: "Spring", by: null, at: null }, lastOutcome: "UNANSWERED" as const }, "not answered, by nobody"],
  [{ change: "first_review" as const, lastOutcome: null }, "first review"],
  [{ change: "new" as const, lastOutcome: null, lastDecision: null }, "new"],
])("says of the last time: %j", (facts, words) => {
  expect(lastDecisionWords(row(facts))).toBe(words);
});

it("says what an entitlement gained and lost, and when that is not known", () => {
  const contentsChange = { wasMeaning: null, added: ["deletes stacks"], removed: ["reads logs"], lines: 5 };
  expect(contentsChangeWords(row({}))).toBeNull();
  expect(contentsChangeWords(row({ change: "changed", contentsChange }))).toBe("now also deletes stacks; no longer reads logs; and 3 more");
  expect(contentsChangeWords(row({ change: "changed" }))).toMatch(/does not tell/);
});

it("gives the reasons of a suggestion with their numbers", () => {
  const suggestion = suggestionOf(row({}), STAGED);
  expect([suggestion.answer, reasonWords(suggestion, row({}), STAGED)]).toEqual([
    "revoke",
    "not used for 143 days; 5 of 6 peers do without",
  ]);
});
