import { describe, expect, it } from "vitest";
import { campaignPlan, planOf } from "./plan.ts";
import { advancesByItself, escalatesFrom, mayAdvance, type RoundFacts, roundEnd } from "./rounds.ts";

const due = new Date("2026-12-20T17:00:00Z");
const at = (day: number) => new Date(Date.UTC(2026, 11, day, 17));
const chain = ["manager" as const];
const plan = campaignPlan.parse({
  rounds: [
    { name: "Owners", chain: ["identity_owner"], endsDaysBefore: 10, advance: "all_handed_in" },
    { name: "Managers", chain, endsDaysBefore: 5, advance: "at_due" },
    { name: "Security", chain: ["security", "fallback"] },
  ],
  escalateDaysBefore: 2,
});
const facts = (number: number, open: number, day: number): RoundFacts => ({ number, open, dueAt: due, now: at(day) });

describe("a round ends", () => {
  it.each<[string, RoundFacts, boolean]>([
    ["once everything was handed in", facts(1, 0, 1), true],
    ["not while somebody has not, before its date", facts(1, 1, 9), false],
    ["at its date, whatever is open", facts(1, 7, 10), true],
    ["at its date and not before, where it says so", facts(2, 0, 14), false],
    ["at that date", facts(2, 3, 15), true],
    ["the last one never by itself", facts(3, 0, 30), false],
  ])("%s", (_name, given, expected) => {
    expect(advancesByItself(plan, given)).toBe(expected);
  });

  it("is ended by its owner once everything is in, and not earlier than its date otherwise", () => {
    expect([facts(2, 0, 1), facts(2, 1, 1), facts(2, 1, 15), facts(3, 0, 1)].map((each) => mayAdvance(plan, each))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

it("is over so many days before the campaign is due, the last one with it", () => {
  expect([1, 2, 3].map((number) => roundEnd(plan, number, due))).toEqual([at(10), at(15), due]);
});

it("hands silence up in the last round alone, and never where the plan says so", () => {
  const span = { launchedAt: at(1), dueAt: due };
  expect([1, 2, 3].map((number) => escalatesFrom(plan, number, span))).toEqual([null, null, at(18)]);
  expect(escalatesFrom({ ...plan, escalateDaysBefore: null }, 3, span)).toBeNull();
  expect(escalatesFrom(plan, 3, { launchedAt: at(18), dueAt: due })).toEqual(at(19));
});

describe("a plan is refused", () => {
  const round = { name: "One", chain };
  it.each<[string, object]>([
    ["that names people whom no link asks", { rounds: [{ ...round, named: ["00000000-0000-4000-8000-000000000000"] }] }],
    ["that asks a group which it does not name", { rounds: [{ ...round, chain: ["group"] }] }],
    ["that asks a link twice", { rounds: [{ ...round, chain: ["manager", "manager"] }] }],
    ["whose last round has a date of its own", { rounds: [{ ...round, endsDaysBefore: 3 }] }],
    ["whose round has no date to end at", { rounds: [{ ...round, advance: "at_due" }, round] }],
    ["whose rounds are over in the wrong order", { rounds: [{ ...round, endsDaysBefore: 3 }, { ...round, endsDaysBefore: 5 }, round] }],
    ["of four rounds", { rounds: [round, round, round, round] }],
  ])("%s", (_name, given) => {
    expect(campaignPlan.safeParse(given).success).toBe(false);
  });
});

it("lets silence decide nothing in a campaign from before there were plans", () => {
  expect(planOf({})).toMatchObject({ silence: "unanswered", escalateDaysBefore: null, rounds: [{ name: "Review" }] });
  expect(planOf(campaignPlan.parse({}))).toMatchObject({ silence: "by_risk", escalateDaysBefore: 1 });
});
