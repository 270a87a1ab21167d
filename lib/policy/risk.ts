import { createHash } from "node:crypto";

/*
 * The one rule that says how much a grant matters. SLA, silence, approval and order use its answer and nothing else.
 * Its parameters are a value; rule version and parameters together, by digest, are the pinned policy version.
 */

export const RISK_RULE_VERSION = 1;
export const RISK_CLASSES = ["low", "ordinary", "high", "critical"] as const;
export type RiskClass = (typeof RISK_CLASSES)[number];

type Fact = "yes" | "no" | "unknown";
export type RiskFacts = {
  identityClass: "human" | "service" | "pipeline" | "workload" | "app" | "shared" | "break_glass" | "unknown";
  /** The entitlement, or anything that it reaches. */
  privileged: Fact;
  /** Of the resource; of the identity where the resource tells none. */
  environment: "dev" | "test" | "prod" | "shared" | "unknown";
  sensitivity: "public" | "internal" | "confidential" | "restricted" | "unknown";
  /** How many other entitlements come with this one. */
  reachCount: number;
  /** Whether any of those is in production, or on a restricted resource. */
  reachesProduction: boolean;
  reachesRestricted: boolean;
  /** May somebody sign in with it by hand? */
  interactive: Fact;
  /** What is known of the identity's factors. */
  factors: "enrolled" | "none" | "unknown";
};

/** Points of each fact, in the order in which reasons are told. */
export const RISK_REASONS = [
  "break_glass",
  "privileged",
  "privilege_unknown",
  "production",
  "environment_shared",
  "environment_unknown",
  "reaches_production",
  "restricted",
  "confidential",
  "sensitivity_unknown",
  "reaches_restricted",
  "reaches_many",
  "shared_identity",
  "machine_identity",
  "class_unknown",
  "interactive_machine",
  "interactive_unknown",
  "no_factors",
  "factors_unknown",
] as const;
export type RiskReason = (typeof RISK_REASONS)[number];

export type RiskParameters = {
  points: Readonly<Record<RiskReason, number>>;
  /** reachCount from which "reaches_many" counts. */
  manyReached: number;
  /** Points from which a class holds; fewer than `ordinary` is low. */
  from: Readonly<Record<Exclude<RiskClass, "low">, number>>;
};

export const DEFAULT_RISK_PARAMETERS: RiskParameters = {
  points: {
    break_glass: 9,
    privileged: 4,
    privilege_unknown: 2,
    production: 2,
    environment_shared: 1,
    environment_unknown: 1,
    reaches_production: 2,
    restricted: 3,
    confidential: 2,
    sensitivity_unknown: 1,
    reaches_restricted: 2,
    reaches_many: 1,
    shared_identity: 2,
    machine_identity: 1,
    class_unknown: 2,
    interactive_machine: 2,
    interactive_unknown: 1,
    no_factors: 2,
    factors_unknown: 1,
  },
  manyReached: 20,
  from: { ordinary: 3, high: 7, critical: 10 },
};

export const MACHINE_CLASSES = ["service", "pipeline", "workload", "app"] as const;
const isMachine = (facts: RiskFacts) => (MACHINE_CLASSES as readonly string[]).includes(facts.identityClass);

/** When each reason holds. risk.sql.ts is its twin; a test holds the two together. */
const HOLDS: Readonly<Record<RiskReason, (facts: RiskFacts, parameters: RiskParameters) => boolean>> = {
  break_glass: (facts) => facts.identityClass === "break_glass",
  privileged: (facts) => facts.privileged === "yes",
  privilege_unknown: (facts) => facts.privileged === "unknown",
  production: (facts) => facts.environment === "prod",
  environment_shared: (facts) => facts.environment === "shared",
  environment_unknown: (facts) => facts.environment === "unknown",
  reaches_production: (facts) => facts.reachesProduction && facts.environment !== "prod",
  restricted: (facts) => facts.sensitivity === "restricted",
  confidential: (facts) => facts.sensitivity === "confidential",
  sensitivity_unknown: (facts) => facts.sensitivity === "unknown",
  reaches_restricted: (facts) => facts.reachesRestricted && facts.sensitivity !== "restricted",
  reaches_many: (facts, parameters) => facts.reachCount >= parameters.manyReached,
  shared_identity: (facts) => facts.identityClass === "shared",
  machine_identity: isMachine,
  class_unknown: (facts) => facts.identityClass === "unknown",
  interactive_machine: (facts) => isMachine(facts) && facts.interactive === "yes",
  interactive_unknown: (facts) => isMachine(facts) && facts.interactive === "unknown",
  no_factors: (facts) => !isMachine(facts) && facts.factors === "none",
  factors_unknown: (facts) => !isMachine(facts) && facts.factors === "unknown",
};

/** The class and every reason that counted, the unknown ones among them. */
export function riskOf(facts: RiskFacts, parameters: RiskParameters): { riskClass: RiskClass; points: number; reasons: RiskReason[] } {
  const reasons = RISK_REASONS.filter((reason) => parameters.points[reason] > 0 && HOLDS[reason](facts, parameters));
  const points = reasons.reduce((sum, reason) => sum + parameters.points[reason], 0);
  return { riskClass: classOf(points, parameters), points, reasons };
}

function classOf(points: number, { from }: RiskParameters): RiskClass {
  if (points >= from.critical) return "critical";
  if (points >= from.high) return "high";
  return points >= from.ordinary ? "ordinary" : "low";
}

/** The policy version that a campaign pins: SHA-256 over rule version and parameters, written in one fixed order. */
export function policyDigest(parameters: RiskParameters): string {
  const text = JSON.stringify([
    "risk",
    RISK_RULE_VERSION,
    RISK_REASONS.map((reason) => [reason, parameters.points[reason]]),
    parameters.manyReached,
    [parameters.from.ordinary, parameters.from.high, parameters.from.critical],
  ]);
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Each reason as people read it. */
export const RISK_REASON_WORDS: Readonly<Record<RiskReason, string>> = {
  break_glass: "break-glass identity",
  privileged: "privileged",
  privilege_unknown: "unknown whether privileged",
  production: "in production",
  environment_shared: "in a shared environment",
  environment_unknown: "environment unknown",
  reaches_production: "reaches production",
  restricted: "restricted data",
  confidential: "confidential data",
  sensitivity_unknown: "sensitivity unknown",
  reaches_restricted: "reaches restricted data",
  reaches_many: "reaches many entitlements",
  shared_identity: "shared identity",
  machine_identity: "used by a machine",
  class_unknown: "identity class unknown",
  interactive_machine: "a machine's identity that people can sign in with",
  interactive_unknown: "unknown whether people can sign in with it",
  no_factors: "no MFA factor enrolled",
  factors_unknown: "MFA factors unknown",
};
