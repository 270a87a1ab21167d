import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { transactPg } from "#lib/db/transact.ts";
import { campaignSubject, lockCampaign, lockDecisions, moveCampaign, requireState } from "../campaign.sql.ts";
import { BEFORE_SIGN_OFF } from "../lifecycle.ts";
import { type CampaignReasonInput, type ConfirmRequestInput, campaignReasonInput, confirmRequestInput } from "../schema.ts";
import { askSecondPerson, confirmSecondPerson } from "../second-person.sql.ts";

const ACTION = "campaign.cancel";

export async function requestCancel(ctx: Ctx, input: CampaignReasonInput): Promise<{ requestId: string }> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, reason } = campaignReasonInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, BEFORE_SIGN_OFF, "Cancelling");
    const { requestId, event } = await askSecondPerson(tx, ctx, {
      action: ACTION,
      subject: campaignSubject(campaign),
      input: { campaignId },
      reason,
    });
    await recordAudit(tx, ctx, event);
    return { requestId };
  });
}

/** Ends a campaign before its sign-off. Everything recorded so far stays. */
export async function confirmCancel(ctx: Ctx, input: ConfirmRequestInput): Promise<void> {
  authorize(ctx.actor, "campaign.override");
  requireStepUp(ctx.actor);
  const { requestId } = confirmRequestInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const asked = await confirmSecondPerson(tx, ctx, ACTION, requestId);
    await recordAudit(tx, ctx, asked.event);
    const campaign = await lockCampaign(tx, asked.subjectId);
    await lockDecisions(tx, campaign.id, "alone");
    await moveCampaign(tx, campaign, "CANCELLED", { sql: "ended_at = $4::timestamptz", values: [ctx.now] });
    await recordAudit(tx, ctx, {
      type: "campaign.cancelled",
      subject: campaignSubject(campaign),
      data: { requestId },
      reason: asked.reason,
    });
  });
}
