import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { campaignSubject, lockCampaign, lockDecisions, moveCampaign } from "../campaign.sql.ts";
import { type CampaignReasonInput, campaignReasonInput } from "../schema.ts";

/** ACTIVE -> PAUSED: answers stop, and so does the clock. */
export async function pauseCampaign(ctx: Ctx, input: CampaignReasonInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, reason } = campaignReasonInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    await lockDecisions(tx, campaignId, "alone");
    await moveCampaign(tx, campaign, "PAUSED", { sql: "paused_at = $4::timestamptz", values: [ctx.now] });
    await recordAudit(tx, ctx, { type: "campaign.paused", subject: campaignSubject(campaign), data: {}, reason });
  });
}

/** PAUSED -> ACTIVE: every due date moves by as long as the pause took. */
export async function resumeCampaign(ctx: Ctx, input: CampaignReasonInput): Promise<{ shiftedSeconds: number }> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, reason } = campaignReasonInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    const paused = campaign.pausedAt ? ctx.now.getTime() - campaign.pausedAt.getTime() : 0;
    const shiftedSeconds = Math.max(0, Math.floor(paused / 1000));
    await moveCampaign(tx, campaign, "ACTIVE", {
      sql: "paused_at = NULL, due_at = due_at + make_interval(secs => $4::int)",
      values: [shiftedSeconds],
    });
    await tx.rows(
      `UPDATE items SET due_at = due_at + make_interval(secs => $2::int) WHERE campaign_id = $1::uuid AND due_at IS NOT NULL AND state <> 'FINAL'`,
      [campaignId, shiftedSeconds],
    );
    await recordAudit(tx, ctx, { type: "campaign.resumed", subject: campaignSubject(campaign), data: { shiftedSeconds }, reason });
    return { shiftedSeconds };
  });
}
