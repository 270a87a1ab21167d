import type { CampaignPlan, Round } from "./plan.ts";

const DAY_MS = 86_400_000;

/** Rounds count from 1. */
export const roundOf = (plan: CampaignPlan, number: number): Round => {
  const found = plan.rounds[number - 1];
  if (!found) throw new Error(`The plan has no round ${number}.`);
  return found;
};
export const isLastRound = (plan: CampaignPlan, number: number): boolean => number >= plan.rounds.length;

/** When a round is to be over; null: once everything was handed in, with no date of its own. */
export function roundEnd(plan: CampaignPlan, number: number, dueAt: Date): Date | null {
  if (isLastRound(plan, number)) return dueAt;
  const { endsDaysBefore } = roundOf(plan, number);
  return endsDaysBefore === null ? null : new Date(dueAt.getTime() - endsDaysBefore * DAY_MS);
}

export type RoundFacts = { number: number; open: number; dueAt: Date; now: Date };

const isPast = (plan: CampaignPlan, { number, dueAt, now }: RoundFacts): boolean => {
  const end = roundEnd(plan, number, dueAt);
  return end !== null && end <= now;
};

/** By itself: by the round's own rule. The last is ended by closing decisions alone. */
export function advancesByItself(plan: CampaignPlan, facts: RoundFacts): boolean {
  if (isLastRound(plan, facts.number)) return false;
  return isPast(plan, facts) || (roundOf(plan, facts.number).advance === "all_handed_in" && facts.open === 0);
}

/** By the owner: never while the round has time left and somebody has not handed in. */
export const mayAdvance = (plan: CampaignPlan, facts: RoundFacts): boolean =>
  !isLastRound(plan, facts.number) && (facts.open === 0 || isPast(plan, facts));

/**
 * From when on what nobody touched is handed up the chain: in the last round only, since an earlier one hands on by itself, and never before half
 * of the campaign's time is over. null: never.
 */
export function escalatesFrom(plan: CampaignPlan, number: number, { launchedAt, dueAt }: { launchedAt: Date; dueAt: Date }): Date | null {
  if (!isLastRound(plan, number) || plan.escalateDaysBefore === null) return null;
  const half = (launchedAt.getTime() + dueAt.getTime()) / 2;
  return new Date(Math.max(half, dueAt.getTime() - plan.escalateDaysBefore * DAY_MS));
}
