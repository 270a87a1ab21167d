import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict, precondition } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { DEFAULT_RISK_PARAMETERS, policyDigest } from "#lib/policy/risk.ts";
import { type CampaignRecord, campaignSubject, lockCampaign, moveCampaign, requireState } from "../campaign.sql.ts";
import { type CampaignInput, campaignInput, type StageInput, stageInput } from "../schema.ts";
import { oneInventory, type StageResult, stageLocked } from "../staging.sql.ts";

/** For the web: the freeze itself is a job. Asked again while COLLECTING it is queued again, should the first have died of something. */
export async function collectCampaign(ctx: Ctx, input: CampaignInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId } = campaignInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["DRAFT", "BLOCKED", "COLLECTING"], "Staging");
    const digest = policyDigest(DEFAULT_RISK_PARAMETERS);
    if (campaign.state !== "COLLECTING")
      await moveCampaign(tx, campaign, "COLLECTING", { sql: "policy_digest = $4::text, blocked_by = NULL", values: [digest] });
    await enqueue(tx, "campaign.stage", { campaignId }, { key: campaignId });
    await recordAudit(tx, ctx, { type: "campaign.collecting", subject: campaignSubject(campaign), data: { policyDigest: digest } });
  });
}

/** From DRAFT, BLOCKED or COLLECTING to the frozen population, or to what stands in its way. One transaction over one snapshot. */
export async function stageCampaign(ctx: Ctx, input: StageInput): Promise<StageResult> {
  authorize(ctx.actor, "campaign.stage");
  const { campaignId, override = null } = stageInput.parse(input);
  if (override && ctx.actor.kind !== "system") throw precondition("Two people let a blocked campaign through: ask for an override.");
  return transactPg(ctx, async (tx) => {
    await oneInventory(tx, ctx);
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["DRAFT", "COLLECTING", "BLOCKED"], "Staging");
    const collecting: CampaignRecord = { ...campaign, state: "COLLECTING" };
    if (campaign.state !== "COLLECTING") {
      const digest = policyDigest(DEFAULT_RISK_PARAMETERS);
      await moveCampaign(tx, campaign, "COLLECTING", { sql: "policy_digest = $4::text, blocked_by = NULL", values: [digest] });
      await recordAudit(tx, ctx, { type: "campaign.collecting", subject: campaignSubject(campaign), data: { policyDigest: digest } });
    }
    return stageLocked(tx, ctx, collecting, { override });
  }).catch((error: unknown) => {
    throw isOvertaken(error) ? conflict("Somebody else changed or staged this campaign at the same moment. Load it again.") : error;
  });
}

/** PostgreSQL's word for a snapshot that somebody else wrote past. */
const isOvertaken = (error: unknown): boolean => typeof error === "object" && error !== null && "code" in error && error.code === "40001";
