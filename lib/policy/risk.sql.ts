import "server-only";
import { MACHINE_CLASSES, RISK_REASONS, type RiskParameters, type RiskReason } from "./risk.ts";

/** SQL expressions for the facts of the rule; text ones hold the vocabulary's words, `factors` enrolled, none or unknown. */
export type RiskColumns = {
  identityClass: string;
  privileged: string;
  environment: string;
  sensitivity: string;
  reachCount: string;
  reachesProduction: string;
  reachesRestricted: string;
  interactive: string;
  factors: string;
};

/**
 * riskOf as SQL, made from the same parameters. The points are an expression of their own so that a caller computes them once per row
 * and asks for the class of the result.
 */
export function riskSql(columns: RiskColumns, parameters: RiskParameters): { points: string; reasons: string } {
  const counted = RISK_REASONS.filter((reason) => parameters.points[reason] > 0);
  const when = (reason: RiskReason, then: string, otherwise: string) =>
    `CASE WHEN ${condition(reason, columns, parameters)} THEN ${then} ELSE ${otherwise} END`;
  return {
    points: `(${["0", ...counted.map((reason) => when(reason, String(whole(parameters.points[reason])), "0"))].join(" + ")})`,
    reasons: `array_remove(ARRAY[${counted.map((reason) => when(reason, `'${reason}'`, "NULL")).join(", ")}]::text[], NULL)`,
  };
}

export function riskClassSql(points: string, { from }: RiskParameters): string {
  return `CASE WHEN ${points} >= ${whole(from.critical)} THEN 'critical' WHEN ${points} >= ${whole(from.high)} THEN 'high'
    WHEN ${points} >= ${whole(from.ordinary)} THEN 'ordinary' ELSE 'low' END`;
}

function condition(reason: RiskReason, columns: RiskColumns, parameters: RiskParameters): string {
  const isMachine = `${columns.identityClass} IN (${MACHINE_CLASSES.map((name) => `'${name}'`).join(", ")})`;
  switch (reason) {
    case "break_glass":
      return `${columns.identityClass} = 'break_glass'`;
    case "privileged":
      return `${columns.privileged} = 'yes'`;
    case "privilege_unknown":
      return `${columns.privileged} = 'unknown'`;
    case "production":
      return `${columns.environment} = 'prod'`;
    case "environment_shared":
      return `${columns.environment} = 'shared'`;
    case "environment_unknown":
      return `${columns.environment} = 'unknown'`;
    case "reaches_production":
      return `${columns.reachesProduction} AND ${columns.environment} <> 'prod'`;
    case "restricted":
      return `${columns.sensitivity} = 'restricted'`;
    case "confidential":
      return `${columns.sensitivity} = 'confidential'`;
    case "sensitivity_unknown":
      return `${columns.sensitivity} = 'unknown'`;
    case "reaches_restricted":
      return `${columns.reachesRestricted} AND ${columns.sensitivity} <> 'restricted'`;
    case "reaches_many":
      return `${columns.reachCount} >= ${whole(parameters.manyReached)}`;
    case "shared_identity":
      return `${columns.identityClass} = 'shared'`;
    case "machine_identity":
      return isMachine;
    case "class_unknown":
      return `${columns.identityClass} = 'unknown'`;
    case "interactive_machine":
      return `${isMachine} AND ${columns.interactive} = 'yes'`;
    case "interactive_unknown":
      return `${isMachine} AND ${columns.interactive} = 'unknown'`;
    case "no_factors":
      return `NOT ${isMachine} AND ${columns.factors} = 'none'`;
    case "factors_unknown":
      return `NOT ${isMachine} AND ${columns.factors} = 'unknown'`;
  }
}

/** Parameters go into the text of the statement; nothing but a whole number may. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new TypeError("Parameters of the risk rule are whole numbers.");
  return value;
}
