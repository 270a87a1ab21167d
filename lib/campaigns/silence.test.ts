import { describe, expect, it } from "vitest";
import { type SilenceFacts, type SilentOutcome, silenceRule, silentOutcome } from "./silence.ts";

const plain: SilenceFacts = {
  mode: "by_risk",
  riskClass: "ordinary",
  identityClass: "human",
  isGrant: true,
  wasEscalated: true,
  isUnused: false,
};

describe("when nobody answered", () => {
  it.each<[string, Partial<SilenceFacts>, SilentOutcome]>([
    ["a person's critical access is suspended", { riskClass: "critical" }, "SUSPEND"],
    ["a person's high access is suspended, escalated or not", { riskClass: "high", wasEscalated: false }, "SUSPEND"],
    ["a machine's high access stays with security while it is in use", { riskClass: "high", identityClass: "service" }, "SECURITY"],
    [
      "a machine's critical access is suspended when unused",
      { riskClass: "critical", identityClass: "pipeline", isUnused: true },
      "SUSPEND",
    ],
    ["a person's ordinary access is revoked once it was escalated", {}, "REVOKE"],
    ["it is not revoked before that", { wasEscalated: false }, "UNANSWERED"],
    ["a machine's ordinary access is listed", { identityClass: "workload" }, "UNANSWERED"],
    ["low risk is kept once it was escalated", { riskClass: "low" }, "KEEP"],
    ["low risk of a machine too", { riskClass: "low", identityClass: "app" }, "KEEP"],
    ["it is not kept before that", { riskClass: "low", wasEscalated: false }, "UNANSWERED"],
    ["break-glass is security's, at any risk", { riskClass: "low", identityClass: "break_glass", isUnused: true }, "SECURITY"],
    ["what is no access is never taken away", { isGrant: false }, "UNANSWERED"],
    ["not even at high risk", { isGrant: false, riskClass: "high", isUnused: true }, "SECURITY"],
    ["a plan without silence decides nothing", { mode: "unanswered", riskClass: "critical" }, "UNANSWERED"],
  ])("%s", (_name, given, expected) => {
    expect(silentOutcome({ ...plain, ...given })).toBe(expected);
  });
});

it("takes shared and unknown identities for people's, which is the stricter", () => {
  expect(["human", "shared", "unknown"].map((each) => silenceRule("ordinary", each))).toEqual(Array(3).fill("escalate_then_revoke"));
});
