import type { Dependence } from "./independence.ts";
import type { Ineligibility, PassedOver, ReviewerRule } from "./types.ts";

/** The chain, in the order in which it is asked. A link "…_manager" stands behind its owner or manager, should that one not be eligible. */
export const REVIEWER_CHAIN = [
  "manager",
  "managers_manager",
  "resource_owner",
  "resource_owners_manager",
  "identity_owner",
  "identity_owners_manager",
  "named",
  "group",
  "security",
  "fallback",
] as const satisfies readonly ReviewerRule[];

/** Links of several people, of whom the first eligible is taken; the others are one person each. */
export const POOLS = ["named", "group", "security"] as const satisfies readonly ReviewerRule[];
export type Pool = (typeof POOLS)[number];
export type Link = Exclude<ReviewerRule, Pool>;
export const isPool = (rule: ReviewerRule): rule is Pool => POOLS.some((pool) => pool === rule);

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
export type Chain = Readonly<Record<Link, Candidate> & Record<Pool, readonly Candidate[]>>;

export type Subject = {
  /** Why somebody is not independent of the access: independence.ts. */
  dependencesOf: (personId: string) => readonly Dependence[];
  /** Who had the item before: it never goes back. */
  heldBy: readonly string[];
};
/** How a round asks. In the last one an identity's owner is as little independent as anybody who depends on it. */
export type Asking = { links: readonly ReviewerRule[]; ownerAnswers: boolean };

export type Resolution = { personId: string | null; rule: ReviewerRule | null; passedOver: PassedOver[] };

/** What an owner is excused of in a round that somebody independent answers after. */
const EXCUSED: readonly Dependence[] = ["owns_identity", "can_use_identity"];

/** The first reason why somebody may not review this item; null means they may. */
export function ineligibility(candidate: Candidate, subject: Subject, isExcused = false): Ineligibility | null {
  const { personId, standing } = candidate;
  if (personId === null) return "nobody";
  const dependence = subject.dependencesOf(personId).find((reason) => !(isExcused && EXCUSED.includes(reason)));
  if (dependence) return dependence;
  if (standing !== null) return standing;
  return subject.heldBy.includes(personId) ? "held_before" : null;
}

/** The first eligible of the chain, and why everybody before was passed over. reviewers.sql.ts is its twin. */
export function resolveReviewer(chain: Chain, subject: Subject, asking: Asking): Resolution {
  const passedOver: PassedOver[] = [];
  for (const rule of asking.links) {
    if (isPool(rule)) {
      const found = chain[rule].find((each) => ineligibility(each, subject) === null);
      if (found) return { personId: found.personId, rule, passedOver };
      passedOver.push({ rule, personId: null, name: null, why: "nobody" });
      continue;
    }
    const candidate = chain[rule];
    const why = ineligibility(candidate, subject, rule === "identity_owner" && asking.ownerAnswers);
    if (why === null) return { personId: candidate.personId, rule, passedOver };
    if (why !== "nobody" || !isBehind(rule)) passedOver.push({ rule, personId: candidate.personId, name: candidate.name, why });
  }
  return { personId: null, rule: null, passedOver };
}
