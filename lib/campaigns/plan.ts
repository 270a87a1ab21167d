import { z } from "zod";
import { isPool, REVIEWER_CHAIN } from "./reviewers.ts";

/** How the answers of several rounds become one outcome. Whatever is chosen, at high and critical risk one revoke wins. */
export const STRATEGIES = ["last_round", "one_revoke_wins", "all_must_keep"] as const;
/** When a round ends: once everything was handed in, at its due date at the latest; or at that date and not before. What is still open then goes on into the next. */
export const ADVANCES = ["all_handed_in", "at_due"] as const;
export const MAX_ROUNDS = 3;
export const MAX_NAMED = 20;

const id = z.uuid();
const days = z.int().min(1).max(365);
const round = z.strictObject({
  name: z.string().trim().min(1).max(80),
  /** In the order asked; "security" are those with the role of a security analyst. One who had the item in an earlier round is passed over. An identity's owner answers in any round but the last. */
  chain: z.array(z.enum(REVIEWER_CHAIN)).min(1),
  /** Of the link "named": asked in this order. */
  named: z.array(id).max(MAX_NAMED).default([]),
  /** Of the link "group": whoever holds this entitlement. Each subject has its place in the ring of members (reviewer-pools.ts), never a random one. */
  group: id.nullable().default(null),
  /** Days before the campaign's due date at which the round is to be over; null for the last, which is over at that date. */
  endsDaysBefore: days.nullable().default(null),
  advance: z.enum(ADVANCES).default("all_handed_in"),
});

const DEFAULT_ROUND = {
  name: "Review",
  chain: REVIEWER_CHAIN.filter((link) => !isPool(link)),
  endsDaysBefore: null,
  advance: "all_handed_in" as const,
};

/** What is decided about a campaign before it starts, besides its scope: pinned in the manifest, never changed after the launch. */
export const campaignPlan = z
  .strictObject({
    rounds: z.array(round).min(1).max(MAX_ROUNDS).prefault([DEFAULT_ROUND]),
    strategy: z.enum(STRATEGIES).default("last_round"),
    /** Days before the due date at which those with open items are reminded. */
    remindDaysBefore: z.array(z.int().min(0).max(90)).max(6).default([7, 2, 0]),
    /** Days before the due date, after half the time at the earliest, at which what nobody touched is handed up the chain; null: silence hands nothing on, and its rule applies at once. */
    escalateDaysBefore: days.nullable().default(1),
    /** by_risk: the table of silence.ts decides what nobody answered. unanswered: it stays without an answer, and nothing follows. */
    silence: z.enum(["by_risk", "unanswered"]).default("by_risk"),
    /** Unchanged and low risk: attested as one bundle, at most this many cycles in a row; 0: each is an item like any other. */
    carryCycles: z.int().min(0).max(8).default(0),
  })
  .superRefine(({ rounds }, ctx) => {
    const problem = (at: number, field: string, message: string) => ctx.addIssue({ code: "custom", path: ["rounds", at, field], message });
    for (const [at, each] of rounds.entries()) {
      const isLast = at === rounds.length - 1;
      if (new Set(each.chain).size !== each.chain.length) problem(at, "chain", "Name each link once.");
      if (each.chain.includes("named") !== each.named.length > 0) problem(at, "named", "Name people, and put them into the chain.");
      if (each.chain.includes("group") !== (each.group !== null)) problem(at, "group", "Choose a group, and put it into the chain.");
      if (isLast && each.endsDaysBefore !== null) problem(at, "endsDaysBefore", "The last round is over at the campaign's due date.");
      if (!isLast && each.advance === "at_due" && each.endsDaysBefore === null)
        problem(at, "endsDaysBefore", "Say when this round is over.");
      const before = rounds[at - 1]?.endsDaysBefore ?? null;
      if (!isLast && before !== null && each.endsDaysBefore !== null && each.endsDaysBefore >= before)
        problem(at, "endsDaysBefore", "Each round is over later than the one before.");
    }
  });

export type CampaignPlan = z.infer<typeof campaignPlan>;
export type CampaignPlanInput = z.input<typeof campaignPlan>;
export type Round = CampaignPlan["rounds"][number];
export type Strategy = CampaignPlan["strategy"];

/** The plan as stored. Campaigns from before there were plans have none: nobody was told that silence decides, so it does not. */
export function planOf(stored: unknown): CampaignPlan {
  const isOlder = typeof stored === "object" && stored !== null && Object.keys(stored).length === 0;
  return campaignPlan.parse(isOlder ? { silence: "unanswered", escalateDaysBefore: null } : stored);
}
