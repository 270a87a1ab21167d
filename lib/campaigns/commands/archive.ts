import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { campaignSubject, lockCampaign, moveCampaign } from "../campaign.sql.ts";
import { type CampaignReasonInput, campaignReasonInput } from "../schema.ts";

/** CLOSED -> ARCHIVED: from here on the database itself refuses every change of the campaign. What is undecided can still be asked in a child. */
export async function archiveCampaign(ctx: Ctx, input: CampaignReasonInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, reason } = campaignReasonInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    const [counts] = await tx.rows<{ items: number }>(`SELECT count(*)::int AS items FROM items WHERE campaign_id = $1::uuid`, [
      campaignId,
    ]);
    await moveCampaign(tx, campaign, "ARCHIVED", { sql: "archived_at = $4::timestamptz", values: [ctx.now] });
    const data = { items: counts?.items ?? 0 };
    await recordAudit(tx, ctx, { type: "campaign.archived", subject: campaignSubject(campaign), data, reason });
  });
}
