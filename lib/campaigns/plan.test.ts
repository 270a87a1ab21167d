import { expect, test } from "vitest";
import { campaignPlan } from "./plan.ts";

test("a campaign from before there were plans has one round by the whole chain, and silence by risk", () => {
  const plan = campaignPlan.parse({});
  expect(plan.rounds).toHaveLength(1);
  expect(plan.rounds[0]?.chain.at(-1)).toBe("fallback");
  expect(plan.silence).toBe("by_risk");
});

test("refuses a plan without a round, and a round that asks nobody", () => {
  expect(campaignPlan.safeParse({ rounds: [] }).success).toBe(false);
  expect(campaignPlan.safeParse({ rounds: [{ name: "One", chain: [] }] }).success).toBe(false);
});
