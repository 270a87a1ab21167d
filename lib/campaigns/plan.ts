import { z } from "zod";
import { REVIEWER_CHAIN } from "./reviewers.ts";

/** How the answers of several rounds become one outcome. Whatever is chosen, at high and critical risk one revoke wins. */
export const STRATEGIES = ["last_round", "one_revoke_wins", "all_must_keep"] as const;
/** When a round ends: once everything was handed in, or at its due date; what is still open then goes on into the next. */
export const ADVANCES = ["all_handed_in", "at_due"] as const;
export const MAX_ROUNDS = 3;

const days = z.int().min(1).max(365);
const round = z.strictObject({
  name: z.string().trim().min(1).max(80),
  /** In the order asked; one who answered an earlier round is passed over. */
  chain: z.array(z.enum(REVIEWER_CHAIN)).min(1),
  /** Days before the campaign's due date at which the round is to be over; null for the last, which is over at that date. */
  endsDaysBefore: days.nullable().default(null),
  advance: z.enum(ADVANCES).default("all_handed_in"),
});

/** What is decided about a campaign before it starts, besides its scope: pinned in the manifest, never changed after the launch. */
export const campaignPlan = z.strictObject({
  rounds: z
    .array(round)
    .min(1)
    .max(MAX_ROUNDS)
    .default([{ name: "Review", chain: [...REVIEWER_CHAIN], endsDaysBefore: null, advance: "all_handed_in" }]),
  strategy: z.enum(STRATEGIES).default("last_round"),
  /** Days before the due date at which those with open items are reminded. */
  remindDaysBefore: z.array(z.int().min(0).max(90)).max(6).default([7, 2, 0]),
  /** Days before the due date at which what nobody touched is handed up the chain; null: silence hands nothing on. */
  escalateDaysBefore: days.nullable().default(1),
  /** by_risk: the table of silence.ts decides what nobody answered. unanswered: it stays without an answer, and nothing follows. */
  silence: z.enum(["by_risk", "unanswered"]).default("by_risk"),
  /** Unchanged and low risk: attested as one bundle, at most this many cycles in a row; 0: each is an item like any other. */
  carryCycles: z.int().min(0).max(8).default(0),
});

export type CampaignPlan = z.infer<typeof campaignPlan>;
export type CampaignPlanInput = z.input<typeof campaignPlan>;
export type Round = CampaignPlan["rounds"][number];
export type Strategy = CampaignPlan["strategy"];
