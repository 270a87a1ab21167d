import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { type CampaignRecord, campaignSubject, lockCampaign, moveCampaign } from "#lib/campaigns/campaign.sql.ts";
import type { Tx } from "#lib/db/tx.ts";
import { campaignStateOf, UNDONE_STATES } from "./lifecycle.ts";

/** Campaigns before their tasks, and both in order of id: whoever moves tasks takes the locks in this order. */
export async function lockCampaigns(tx: Tx, campaignIds: readonly string[]): Promise<CampaignRecord[]> {
  const locked: CampaignRecord[] = [];
  for (const id of [...new Set(campaignIds)].sort()) locked.push(await lockCampaign(tx, id));
  return locked;
}

/** Brings a signed-off campaign to where its tasks are; one that is still under review, or closed, stays. The campaign is locked. */
export async function settleCampaign(tx: Tx, ctx: Ctx, campaign: CampaignRecord): Promise<CampaignRecord> {
  if (!["SIGNED_OFF", "REMEDIATING", "VERIFYING"].includes(campaign.state)) return campaign;
  const [count] = await tx.rows<{ all: number; undone: number }>(
    `SELECT count(*)::int AS all, count(*) FILTER (WHERE state::text = ANY ($2::text[]))::int AS undone FROM remediations
     WHERE campaign_id = $1::uuid AND state <> 'SUPERSEDED'`,
    [campaign.id, UNDONE_STATES],
  );
  const subject = campaignSubject(campaign);
  let settled = campaign;
  if (settled.state === "SIGNED_OFF") {
    await moveCampaign(tx, settled, "REMEDIATING");
    await recordAudit(tx, ctx, { type: "campaign.remediating", subject, data: { remediations: count?.all ?? 0 } });
    settled = { ...settled, state: "REMEDIATING" };
  }
  const state = campaignStateOf(count?.undone ?? 0);
  if (settled.state === state) return settled;
  await moveCampaign(tx, settled, state);
  if (state === "VERIFYING") await recordAudit(tx, ctx, { type: "campaign.verifying", subject, data: {} });
  else await recordAudit(tx, ctx, { type: "campaign.remediating", subject, data: { remediations: count?.undone ?? 0 } });
  return { ...settled, state };
}
