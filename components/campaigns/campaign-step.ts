import type { CampaignPage } from "#lib/campaigns/campaign-types.ts";
import type { CampaignPowers } from "#lib/campaigns/loaders.ts";
import type { CampaignStep } from "./campaign-actions.tsx";
import { isSignedOff } from "./campaign-words.ts";

/** Lines of the checklist that no step waits for. */
const TOLD_ONLY: readonly string[] = ["every_reviewer_can_sign_in"];

/** What the buttons of a campaign's page need to know, from the page and from who looks at it. */
export function stepOf(campaign: CampaignPage, powers: CampaignPowers): CampaignStep {
  const { riskRows, requests, checklist } = campaign;
  const sum = (of: "items" | "keep" | "revoke" | "abstain" | "exceptionRequested" | "open") =>
    riskRows.reduce((total, row) => total + row[of], 0);
  const isAsked = (action: string) => requests.some((request) => request.action === action);
  const voided = campaign.voided.reduce((total, { items }) => total + items, 0);
  return {
    campaignId: campaign.id,
    state: campaign.state,
    name: campaign.name,
    dueAt: campaign.dueAt,
    zone: campaign.zone,
    roundsLeft: campaign.rounds.length - campaign.round,
    roundName: campaign.rounds[campaign.round]?.name ?? null,
    silence: campaign.silence,
    items: campaign.items ?? 0,
    reviewers: campaign.reviewers,
    open: isSignedOff(campaign.state) ? 0 : Math.max(0, (campaign.items ?? 0) - campaign.submitted - voided),
    totals: { keep: sum("keep"), revoke: sum("revoke"), abstain: sum("abstain"), exceptionRequested: sum("exceptionRequested") },
    isOwner: powers.userId !== null && powers.userId === campaign.ownerUserId,
    isReady: checklist.every(({ code, isMet }) => isMet || TOLD_ONLY.includes(code)),
    canManage: powers.canManage,
    canOverride: powers.canOverride,
    canSignOff: powers.canSignOff,
    isCancelAsked: isAsked("campaign.cancel"),
    isExtensionAsked: isAsked("campaign.extend"),
    isOverrideAsked: isAsked("campaign.override_block"),
  };
}
