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

/**
 * What nobody answering means for an item. While a campaign has one round and nobody is escalated to, none of these is acted on: the
 * outcome is UNANSWERED, marked "by silence", never taken for a keep, and nothing is removed.
 */
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
