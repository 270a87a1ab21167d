import { allowedAnswers } from "./answers.ts";
import type { Dependence } from "./independence.ts";
import { isOverride, type SuggestedAnswer } from "./suggestion.ts";
import type { Answer, Block, CampaignState, ItemKind, ItemState, Way } from "./types.ts";

const DAY_MS = 86_400_000;

/** REV-5: whatever is not a keep says why, and so does the keep of anything privileged and whatever goes against the suggestion. */
export const needsRationale = (answer: Answer, privileged: string, suggested: SuggestedAnswer): boolean =>
  answer !== "keep" || privileged === "yes" || isOverride(suggested, answer);

export type DecisionFacts = {
  campaignState: CampaignState;
  itemState: ItemState;
  kind: ItemKind;
  identityClass: string;
  way: Way | null;
  version: number;
  reviewerId: string | null;
  /** Persons behind the item's identity: as frozen, and as matched at this moment. */
  subjectIds: readonly (string | null)[];
  privileged: string;
  /** What was suggested beside the item. */
  suggested: SuggestedAnswer;
};
export type DecisionAttempt = { personId: string | null; version: number; answer: Answer | "withdrawn"; rationale: string | null };
export type DecisionRefusal =
  | "self"
  | "not_reviewer"
  | "campaign_not_active"
  | "item_closed"
  | "stale"
  | "does_not_fit"
  | "no_rationale"
  | "nothing_to_withdraw";

/** Every reason to refuse an answer, the gravest first. Empty means it may be written. */
export function decisionRefusals(facts: DecisionFacts, attempt: DecisionAttempt): DecisionRefusal[] {
  const refusals: DecisionRefusal[] = [];
  if (attempt.personId !== null && facts.subjectIds.includes(attempt.personId)) refusals.push("self");
  if (attempt.personId === null || facts.reviewerId !== attempt.personId) refusals.push("not_reviewer");
  // After closing only what the owner reopened is open again.
  if (facts.campaignState !== "ACTIVE" && facts.campaignState !== "CLOSING") refusals.push("campaign_not_active");
  if (facts.itemState !== "ASSIGNED" && facts.itemState !== "DRAFTED") refusals.push("item_closed");
  if (facts.version !== attempt.version) refusals.push("stale");
  if (attempt.answer === "withdrawn") {
    if (facts.itemState !== "DRAFTED") refusals.push("nothing_to_withdraw");
    return refusals;
  }
  if (!allowedAnswers(facts).includes(attempt.answer)) refusals.push("does_not_fit");
  if (needsRationale(attempt.answer, facts.privileged, facts.suggested) && !attempt.rationale?.trim()) refusals.push("no_rationale");
  return refusals;
}

export const isLate = (dueAt: Date | null, now: Date): boolean => dueAt !== null && now > dueAt;

export type SourceFacts = {
  sourceId: string;
  sourceName: string;
  sourceState: "active" | "paused" | "retired";
  grants: number;
  applied: { finishedAt: Date; isComplete: boolean } | null;
  /** The latest run of all, whatever became of it. */
  latest: { state: string; startedAt: Date } | null;
  isHeld: boolean;
};

/** After how many days without a complete, applied run a source is stale. */
export const DEFAULT_STALE_DAYS = 7;

/** Every reason why a source may not go into a campaign as it stands. */
export function blocksOf(source: SourceFacts, now: Date, staleDays: number): Block[] {
  const blocks: Block[] = [];
  const add = (reason: Block["reason"], detail: string) =>
    blocks.push({ sourceId: source.sourceId, sourceName: source.sourceName, reason, detail });
  if (source.sourceState === "retired") add("retired", "The source is retired: what it says is no longer read.");
  if (!source.applied) add("never_applied", "No sync of this source was ever applied.");
  if (source.applied) {
    const days = Math.floor((now.getTime() - source.applied.finishedAt.getTime()) / DAY_MS);
    if (days >= staleDays) add("stale", `Last applied ${days} days ago; ${staleDays} days is the limit.`);
    if (!source.applied.isComplete) add("partial", "The last applied sync read only a part of the source.");
    if (source.grants === 0) add("empty", "The source holds no live grant.");
  }
  if (source.isHeld) add("held", "A sync is held by the gate: reject it, or let it through by two people.");
  if (source.latest?.state === "FAILED") add("failed_last", `The last sync, started ${source.latest.startedAt.toISOString()}, failed.`);
  return blocks;
}

export const MAX_HOPS = 3;
export type HopFacts = {
  hops: number;
  heldBy: readonly string[];
  reviewerId: string | null;
  /** Why the next one is not independent: independence.ts. */
  dependences: readonly Dependence[];
  isSelfService: boolean;
};
export type HopRefusal = Dependence | "held_before" | "too_many_hops" | "same_reviewer";

/** Why an item may not be handed to somebody. Only hops of reviewers themselves count towards the limit. */
export function hopRefusals(facts: HopFacts, toPersonId: string): HopRefusal[] {
  const refusals: HopRefusal[] = [...facts.dependences];
  if (facts.reviewerId === toPersonId) refusals.push("same_reviewer");
  else if (facts.heldBy.includes(toPersonId)) refusals.push("held_before");
  if (facts.isSelfService && facts.hops >= MAX_HOPS) refusals.push("too_many_hops");
  return refusals;
}

export type SecondPersonFacts = { state: string; requestedBy: string; requestedPersonId: string | null; expiresAt: Date };
export type SecondPersonRefusal = "not_pending" | "expired" | "same_user" | "same_person";

/** Someone else, by user and, where both are known, by person. */
export function secondPersonRefusals(
  request: SecondPersonFacts,
  userId: string | null,
  personId: string | null,
  now: Date,
): SecondPersonRefusal[] {
  const refusals: SecondPersonRefusal[] = [];
  if (request.state !== "pending") refusals.push("not_pending");
  if (request.expiresAt <= now) refusals.push("expired");
  if (userId === null || userId === request.requestedBy) refusals.push("same_user");
  else if (personId !== null && personId === request.requestedPersonId) refusals.push("same_person");
  return refusals;
}
