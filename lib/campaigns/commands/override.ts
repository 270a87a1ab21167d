import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { transactPg } from "#lib/db/transact.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { DEFAULT_RISK_PARAMETERS, policyDigest } from "#lib/policy/risk.ts";
import { campaignSubject, lockCampaign, moveCampaign, requireState } from "../campaign.sql.ts";
import { type CampaignReasonInput, type ConfirmRequestInput, campaignReasonInput, confirmRequestInput } from "../schema.ts";
import { askSecondPerson, confirmSecondPerson } from "../second-person.sql.ts";

const ACTION = "campaign.override_block";

/** The first of two people asks to freeze in spite of what blocks the campaign. */
export async function requestBlockOverride(ctx: Ctx, input: CampaignReasonInput): Promise<{ requestId: string }> {
  authorize(ctx.actor, "campaign.override");
  const { campaignId, reason } = campaignReasonInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["BLOCKED"], "An override");
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

/** The second confirms: the freeze runs as a job, and its manifest prints who let what through, and why. */
export async function confirmBlockOverride(ctx: Ctx, input: ConfirmRequestInput): Promise<{ campaignId: string; state: "COLLECTING" }> {
  authorize(ctx.actor, "campaign.override");
  requireStepUp(ctx.actor);
  const { requestId } = confirmRequestInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const asked = await confirmSecondPerson(tx, ctx, ACTION, requestId);
    await recordAudit(tx, ctx, asked.event);
    const campaign = await lockCampaign(tx, asked.subjectId);
    requireState(campaign, ["BLOCKED"], "An override");
    const digest = policyDigest(DEFAULT_RISK_PARAMETERS);
    await moveCampaign(tx, campaign, "COLLECTING", { sql: "policy_digest = $4::text", values: [digest] });
    const override = { requestId, requestedBy: asked.requestedBy, confirmedBy: userIdOf(ctx.actor), reason: asked.reason };
    await enqueue(tx, "campaign.stage", { campaignId: campaign.id, override }, { key: campaign.id });
    await recordAudit(tx, ctx, {
      type: "campaign.collecting",
      subject: campaignSubject(campaign),
      data: { policyDigest: digest },
      reason: asked.reason,
    });
    return { campaignId: campaign.id, state: "COLLECTING" as const };
  });
}
