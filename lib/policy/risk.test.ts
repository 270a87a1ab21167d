import { expect, it } from "vitest";
import { DEFAULT_RISK_PARAMETERS as PARAMETERS, policyDigest, type RiskClass, type RiskFacts, riskOf } from "./risk.ts";

const plain: RiskFacts = {
  identityClass: "human",
  privileged: "no",
  environment: "test",
  sensitivity: "internal",
  reachCount: 0,
  reachesProduction: false,
  reachesRestricted: false,
  interactive: "yes",
  factors: "enrolled",
};

it.each<[string, Partial<RiskFacts>, RiskClass, string[]]>([
  ["a person's plain access in test is low", {}, "low", []],
  ["a person's plain access in production is low", { environment: "prod" }, "low", ["production"]],
  [
    "confidential data in production is ordinary",
    { environment: "prod", sensitivity: "confidential" },
    "ordinary",
    ["production", "confidential"],
  ],
  ["privilege alone is ordinary", { privileged: "yes" }, "ordinary", ["privileged"]],
  [
    "privilege over production without any factor is high",
    { privileged: "yes", environment: "prod", factors: "none" },
    "high",
    ["privileged", "production", "no_factors"],
  ],
  [
    "privilege over restricted production data without any factor is critical",
    { privileged: "yes", environment: "prod", sensitivity: "restricted", factors: "none" },
    "critical",
    ["privileged", "production", "restricted", "no_factors"],
  ],
  ["break-glass is never less than high", { identityClass: "break_glass" }, "high", ["break_glass"]],
  [
    "a machine's identity that people can sign in with, privileged, is high",
    { identityClass: "service", privileged: "yes", interactive: "yes" },
    "high",
    ["privileged", "machine_identity", "interactive_machine"],
  ],
  [
    "factors of a machine are not asked for",
    { identityClass: "pipeline", factors: "none", interactive: "no" },
    "low",
    ["machine_identity"],
  ],
  [
    "what it reaches counts, not only what it is",
    { reachesProduction: true, reachesRestricted: true, reachCount: 20 },
    "ordinary",
    ["reaches_production", "reaches_restricted", "reaches_many"],
  ],
  ["production is not counted twice", { environment: "prod", reachesProduction: true }, "low", ["production"]],
])("%s", (_name, given, riskClass, reasons) => {
  expect(riskOf({ ...plain, ...given }, PARAMETERS)).toMatchObject({ riskClass, reasons });
});

it("counts every unknown as a reason, and all of them together as high", () => {
  const unknown = {
    privileged: "unknown",
    environment: "unknown",
    sensitivity: "unknown",
    factors: "unknown",
    identityClass: "unknown",
  } as const;
  const { riskClass, reasons } = riskOf({ ...plain, ...unknown }, PARAMETERS);
  expect(reasons).toEqual(["privilege_unknown", "environment_unknown", "sensitivity_unknown", "class_unknown", "factors_unknown"]);
  expect(riskClass).toBe("high");
});

it("never falls when a fact gets worse", () => {
  const ranks = ["low", "ordinary", "high", "critical"];
  const rank = (facts: Partial<RiskFacts>) => ranks.indexOf(riskOf({ ...plain, ...facts }, PARAMETERS).riskClass);
  for (const environment of ["dev", "test", "shared", "unknown", "prod"] as const)
    for (const sensitivity of ["public", "internal", "unknown", "confidential", "restricted"] as const)
      for (const factors of ["enrolled", "unknown", "none"] as const) {
        const privileges = (["no", "unknown", "yes"] as const).map((privileged) => rank({ environment, sensitivity, factors, privileged }));
        expect(privileges).toEqual(privileges.toSorted((a, b) => a - b));
      }
});

it("pins rule and parameters by a digest that any change moves", () => {
  const digest = policyDigest(PARAMETERS);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(policyDigest(structuredClone(PARAMETERS))).toBe(digest);
  expect(policyDigest({ ...PARAMETERS, manyReached: 21 })).not.toBe(digest);
  expect(policyDigest({ ...PARAMETERS, points: { ...PARAMETERS.points, production: 3 } })).not.toBe(digest);
  expect(policyDigest({ ...PARAMETERS, from: { ...PARAMETERS.from, high: 8 } })).not.toBe(digest);
});
