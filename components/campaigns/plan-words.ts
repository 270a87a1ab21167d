import type { Strategy } from "#lib/campaigns/plan.ts";

export const STRATEGY_WORDS: Readonly<Record<Strategy, string>> = {
  last_round: "The last round's answer counts; an earlier revoke stands where the last round is silent.",
  one_revoke_wins: "One revoke in any round counts; else the last round's answer.",
  all_must_keep: "Access stays only if every round keeps it.",
};

/** RING_RULE of reviewer-pools.sql.ts, for whoever chooses a group. */
export const RING_WORDS =
  "Who of them gets which item: members stand in a ring in the order of their ids. Whose access it is has a fixed place in it, the first seven hex digits of the MD5 of that id modulo the number of members. The first from there who is in office and independent is asked, so one subject goes to one member. Nothing of it is random, and the manifest prints rule and members.";
