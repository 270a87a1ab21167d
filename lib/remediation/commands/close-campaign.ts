import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { campaignSubject, lockCampaign, moveCampaign, requireState } from "#lib/campaigns/campaign.sql.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { settleCampaign } from "../campaign-state.sql.ts";
import { isOpen } from "../lifecycle.ts";
import { type CloseRefusal, closeRefusals, type OpenTask } from "../rules.ts";
import { type CloseCampaignInput, closeCampaignInput } from "../schema.ts";

/** The end of a campaign. Open work of high or critical risk is named one by one, with the reason, by the campaign's owner; it stays open. */
export async function closeCampaign(ctx: Ctx, input: CloseCampaignInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, openRemediationIds, reason } = closeCampaignInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const found = await lockCampaign(tx, campaignId);
    requireState(found, ["SIGNED_OFF", "REMEDIATING", "VERIFYING"], "Closing");
    if (ctx.actor.kind === "user" && userIdOf(ctx.actor) !== found.ownerUserId)
      throw precondition("Only the campaign's owner closes it.", { refusals: ["not_campaign_owner"] });
    const campaign = await settleCampaign(tx, ctx, found);
    const tasks = await tx.rows<OpenTask>(
      `SELECT id, risk_class AS "riskClass", state::text AS state FROM remediations WHERE campaign_id = $1::uuid ORDER BY id FOR SHARE`,
      [campaignId],
    );
    const refusals = closeRefusals(tasks, openRemediationIds, reason);
    if (refusals.length > 0) throw precondition(refusals.map(closeText).join(" "), { refusals });
    if (campaign.state === "REMEDIATING") {
      await moveCampaign(tx, campaign, "VERIFYING");
      await recordAudit(tx, ctx, { type: "campaign.verifying", subject: campaignSubject(campaign), data: {} });
    }
    await moveCampaign(tx, { id: campaign.id, state: "VERIFYING" }, "CLOSED", { sql: "ended_at = $4::timestamptz", values: [ctx.now] });
    const data = { open: tasks.filter(({ state }) => isOpen(state)).length, listed: [...openRemediationIds].sort() };
    await recordAudit(tx, ctx, { type: "campaign.closed", subject: campaignSubject(campaign), data, reason });
  });
}

function closeText(refusal: CloseRefusal): string {
  switch (refusal.kind) {
    case "open_not_listed":
      return `${refusal.ids.length} open remediation${refusal.ids.length === 1 ? "" : "s"} of high or critical risk: name each one to close in spite of it.`;
    case "listed_not_open":
      return `${refusal.ids.length} of those named ${refusal.ids.length === 1 ? "is" : "are"} not open work of high or critical risk of this campaign: load it again.`;
    case "no_reason":
      return "Say why the campaign is closed while work is open.";
  }
}
