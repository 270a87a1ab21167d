import type { RiskClass } from "#lib/policy/risk.ts";

/** What the silence rule asks for, by risk class and identity class. */
export type SilenceRule =
  | "suspend_with_restore"
  | "escalate_then_security"
  | "escalate_then_revoke"
  | "escalate_then_finding"
  | "escalate_then_keep"
  | "security_decides";

const PEOPLE = ["human", "shared", "unknown"];

/** What nobody answering means for an item. */
export function silenceRule(riskClass: RiskClass, identityClass: string): SilenceRule {
  if (identityClass === "break_glass") return "security_decides";
  const isPerson = PEOPLE.includes(identityClass);
  switch (riskClass) {
    case "critical":
    case "high":
      return isPerson ? "suspend_with_restore" : "escalate_then_security";
    case "ordinary":
      return isPerson ? "escalate_then_revoke" : "escalate_then_finding";
    case "low":
      return "escalate_then_keep";
  }
}

/** What becomes of it when decisions stop. SECURITY: it stays open, with security, and the sign-off waits. */
export const SILENT_OUTCOMES = ["SUSPEND", "REVOKE", "KEEP", "UNANSWERED", "SECURITY"] as const;
export type SilentOutcome = (typeof SILENT_OUTCOMES)[number];

/** Unused for longer than this, or never used: silence may suspend a machine. Unknown is taken for use. */
export const UNUSED_DAYS = 90;

export type SilenceFacts = {
  mode: "by_risk" | "unanswered";
  riskClass: RiskClass;
  identityClass: string;
  /** Of the grants among the items; only those are taken away by silence. */
  isGrant: boolean;
  /** It was handed up the chain once, or the plan hands nothing up, or everybody eligible abstained. */
  wasEscalated: boolean;
  isUnused: boolean;
};

/**
 * The table of lifecycles.md at its end. Nothing is removed or kept by silence alone before somebody further up was asked; without a domain of
 * findings, what should become one is listed as unanswered.
 */
export function silentOutcome(facts: SilenceFacts): SilentOutcome {
  if (facts.mode === "unanswered") return "UNANSWERED";
  switch (silenceRule(facts.riskClass, facts.identityClass)) {
    case "security_decides":
      return "SECURITY";
    case "suspend_with_restore":
      return facts.isGrant ? "SUSPEND" : "SECURITY";
    case "escalate_then_security":
      return facts.isGrant && facts.isUnused ? "SUSPEND" : "SECURITY";
    case "escalate_then_revoke":
      return facts.isGrant && facts.wasEscalated ? "REVOKE" : "UNANSWERED";
    case "escalate_then_finding":
      return "UNANSWERED";
    case "escalate_then_keep":
      return facts.wasEscalated ? "KEEP" : "UNANSWERED";
  }
}

/** silenceRule and silentOutcome as SQL expressions. */
export function silenceSql(columns: Record<"riskClass" | "identityClass" | "isGrant" | "wasEscalated" | "isUnused", string>) {
  const { riskClass, identityClass, isGrant, wasEscalated, isUnused } = columns;
  const isPerson = `${identityClass} IN (${PEOPLE.map((each) => `'${each}'`).join(", ")})`;
  const grave = `${riskClass} IN ('critical', 'high')`;
  return {
    rule: `CASE WHEN ${identityClass} = 'break_glass' THEN 'security_decides'
      WHEN ${grave} THEN CASE WHEN ${isPerson} THEN 'suspend_with_restore' ELSE 'escalate_then_security' END
      WHEN ${riskClass} = 'low' THEN 'escalate_then_keep' WHEN ${isPerson} THEN 'escalate_then_revoke' ELSE 'escalate_then_finding' END`,
    outcome: `CASE WHEN ${identityClass} = 'break_glass' THEN 'SECURITY'
      WHEN ${grave} THEN CASE WHEN ${isGrant} AND (${isPerson} OR ${isUnused}) THEN 'SUSPEND' ELSE 'SECURITY' END
      WHEN ${riskClass} = 'low' THEN CASE WHEN ${wasEscalated} THEN 'KEEP' ELSE 'UNANSWERED' END
      WHEN ${isPerson} AND ${isGrant} AND ${wasEscalated} THEN 'REVOKE' ELSE 'UNANSWERED' END`,
  };
}
