import type { Strategy } from "#lib/campaigns/plan.ts";

export const STRATEGY_WORDS: Readonly<Record<Strategy, string>> = {
  last_round: "The last round's answer counts; an earlier revoke stands where the last round is silent.",
  one_revoke_wins: "One revoke in any round counts; else the last round's answer.",
  all_must_keep: "Access stays only if every round keeps it.",
};
