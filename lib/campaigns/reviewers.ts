import type { Ineligibility, PassedOver, ReviewerRule } from "./types.ts";

/** The chain, in the order in which it is asked. A link "…_manager" stands behind its owner or manager, should that one not be eligible. */
export const REVIEWER_CHAIN = [
  "manager",
  "managers_manager",
  "resource_owner",
  "resource_owners_manager",
  "identity_owner",
  "identity_owners_manager",
  "fallback",
] as const satisfies readonly ReviewerRule[];

/** Links that stand behind another: nobody there is nothing to tell, since the link before already says why. */
export const isBehind = (rule: ReviewerRule): boolean =>
  rule === "managers_manager" || rule === "resource_owners_manager" || rule === "identity_owners_manager";

export type Candidate = {
  personId: string | null;
  name: string | null;
  managerId: string | null;
  /** Not in office, or every user of theirs disabled. */
  standing: "left" | "disabled" | null;
};
export type Chain = Readonly<Record<ReviewerRule, Candidate>>;

export type Subject = {
  /** Whose access it is; null for an identity without a person. */
  personId: string | null;
  /** Who granted it in the source, where that is somebody we know. */
  granterId: string | null;
  /** Who had the item before: it never goes back. */
  heldBy: readonly string[];
};

export type Resolution = { personId: string | null; rule: ReviewerRule | null; passedOver: PassedOver[] };

/** The first reason why somebody may not review this item; null means they may. Judged by person, never by identity. */
export function ineligibility(candidate: Candidate, subject: Subject): Ineligibility | null {
  if (candidate.personId === null) return "nobody";
  if (candidate.personId === subject.personId) return "self";
  if (candidate.managerId !== null && candidate.managerId === subject.personId) return "own_manager";
  if (candidate.personId === subject.granterId) return "granted_it";
  if (candidate.standing !== null) return candidate.standing;
  return subject.heldBy.includes(candidate.personId) ? "held_before" : null;
}

/** The first eligible of the chain, and why everybody before was passed over. reviewers.sql.ts is its twin. */
export function resolveReviewer(chain: Chain, subject: Subject): Resolution {
  const passedOver: PassedOver[] = [];
  for (const rule of REVIEWER_CHAIN) {
    const candidate = chain[rule];
    const why = ineligibility(candidate, subject);
    if (why === null) return { personId: candidate.personId, rule, passedOver };
    if (why !== "nobody" || !isBehind(rule)) passedOver.push({ rule, personId: candidate.personId, name: candidate.name, why });
  }
  return { personId: null, rule: null, passedOver };
}
