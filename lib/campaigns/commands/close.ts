import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { campaignSubject, lockCampaign, lockDecisions, moveCampaign, requireState } from "../campaign.sql.ts";
import { type Closed, settleItems } from "../closing.sql.ts";
import { closeGuards, unmet } from "../lifecycle.ts";
import { type CampaignInput, campaignInput } from "../schema.ts";
import { closeFacts, countStanding } from "../standing.sql.ts";

/**
 * ACTIVE -> CLOSING: answers stop. What was handed in is decided by the plan's strategy; what was not, drafts included, silence decides by risk
 * (silence.ts): such an outcome has no decision behind it. What silence may not decide waits, open, for security.
 */
export async function closeDecisions(ctx: Ctx, input: CampaignInput): Promise<Closed> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId } = campaignInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["ACTIVE"], "Closing");
    await lockDecisions(tx, campaignId, "alone");
    const refusals = unmet(closeGuards(closeFacts(await countStanding(tx, campaignId), campaign, ctx.now)));
    if (refusals.length > 0) throw precondition(`Cannot close yet. ${refusals.map(({ text }) => text).join(" ")}`, { refusals });
    await moveCampaign(tx, campaign, "CLOSING", { sql: "closing_at = $4::timestamptz", values: [ctx.now] });
    const closed = await settleItems(tx, campaign);
    await recordAudit(tx, ctx, { type: "campaign.closing", subject: campaignSubject(campaign), data: closed });
    return closed;
  });
}
