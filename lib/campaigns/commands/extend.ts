import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { type CampaignRecord, campaignSubject, lockCampaign, lockDecisions, requireState } from "../campaign.sql.ts";
import { type ConfirmRequestInput, confirmRequestInput, type ExtendCampaignInput, extendCampaignInput } from "../schema.ts";
import { askSecondPerson, confirmSecondPerson } from "../second-person.sql.ts";

const ACTION = "campaign.extend";

/** The first of two people asks for a later due date. */
export async function requestExtension(ctx: Ctx, input: ExtendCampaignInput): Promise<{ requestId: string }> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, dueAt, reason } = extendCampaignInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireExtendable(ctx, campaign, dueAt);
    const subject = campaignSubject(campaign);
    const { requestId, event } = await askSecondPerson(tx, ctx, { action: ACTION, subject, input: { campaignId, dueAt }, reason });
    await recordAudit(tx, ctx, event);
    return { requestId };
  });
}

/** The second confirms: every due date of the campaign moves by as much, and silence is asked upwards anew before the later one. */
export async function confirmExtension(ctx: Ctx, input: ConfirmRequestInput): Promise<{ dueAt: string }> {
  authorize(ctx.actor, "campaign.override");
  requireStepUp(ctx.actor);
  const { requestId } = confirmRequestInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const asked = await confirmSecondPerson(tx, ctx, ACTION, requestId);
    await recordAudit(tx, ctx, asked.event);
    const { campaignId, dueAt } = extendCampaignInput.omit({ reason: true }).parse(asked.input);
    const campaign = await lockCampaign(tx, campaignId);
    requireExtendable(ctx, campaign, dueAt);
    await lockDecisions(tx, campaignId, "alone");
    const to = new Date(dueAt);
    await tx.rows(`UPDATE campaigns SET due_at = $2::timestamptz, escalated_at = NULL WHERE id = $1::uuid`, [campaignId, to]);
    await tx.rows(
      `UPDATE items SET due_at = due_at + make_interval(secs => $2::float8) WHERE campaign_id = $1::uuid AND due_at IS NOT NULL AND state <> 'FINAL'`,
      [campaignId, (to.getTime() - campaign.dueAt.getTime()) / 1000],
    );
    const data = { requestId, from: campaign.dueAt.toISOString(), to: to.toISOString() };
    await recordAudit(tx, ctx, { type: "campaign.extended", subject: campaignSubject(campaign), data, reason: asked.reason });
    return { dueAt: data.to };
  });
}

function requireExtendable(ctx: Ctx, campaign: CampaignRecord, dueAt: string): void {
  requireState(campaign, ["STAGED", "ACTIVE", "PAUSED"], "An extension");
  const to = new Date(dueAt);
  if (to <= campaign.dueAt || to <= ctx.now)
    throw invalid("The new due date must be later than the present one.", { dueAt: "Choose a later date." });
}
