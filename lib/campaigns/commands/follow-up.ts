import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { lockCampaign } from "../campaign.sql.ts";
import { openMicroCampaign } from "../micro-campaign.sql.ts";
import { type FollowUpInput, followUpInput } from "../schema.ts";
import { oneInventory } from "../staging.sql.ts";

export type FollowUp = {
  campaignId: string;
  state: "ACTIVE" | "STAGED" | "NOT_APPLICABLE";
  items: { itemId: string; followsItemId: string; grantId: string }[];
};

/**
 * A micro-campaign over named grants of one source, each the sequel of a final item (it grew back, or its removal failed): frozen, signed and
 * launched in one go where somebody may review it, by the owner, instructions and fallback of the campaign that it follows.
 */
export async function startFollowUp(ctx: Ctx, input: FollowUpInput): Promise<FollowUp> {
  authorize(ctx.actor, "campaign.follow_up");
  const { parentId, sourceId, follows, cause, dueAt } = followUpInput.parse(input);
  return transactPg(ctx, async (tx) => {
    await oneInventory(tx, ctx);
    const parent = await lockCampaign(tx, parentId);
    const opened = await openMicroCampaign(tx, ctx, {
      name: `Follow-up of ${parent.name}`,
      cause,
      sourceIds: [sourceId],
      grantIds: follows.map(({ grantId }) => grantId),
      instructions: parent.instructions,
      instructionsVersion: parent.instructionsVersion,
      zone: parent.zone,
      ownerUserId: parent.ownerUserId,
      fallbackPersonId: parent.fallbackPersonId,
      dueAt: new Date(dueAt),
      watchDays: parent.watchDays,
      parentId,
      follows: follows.map(({ grantId, itemId }) => ({ grantId, itemId, campaignId: parentId })),
    });
    const items = await tx.rows<{ itemId: string; followsItemId: string; grantId: string; label: string }>(
      `SELECT id AS "itemId", follows_item_id AS "followsItemId", grant_id AS "grantId", identity_name || ': ' || entitlement_name AS label
       FROM items WHERE campaign_id = $1::uuid ORDER BY id`,
      [opened.campaignId],
    );
    for (const item of items)
      await recordAudit(tx, ctx, {
        type: "campaign_item.followed_up",
        subject: { kind: "campaign_item", id: item.itemId, label: item.label },
        data: { campaignId: opened.campaignId, followsCampaignId: parentId, followsItemId: item.followsItemId, cause },
      });
    const followed = items.map(({ itemId, followsItemId, grantId }) => ({ itemId, followsItemId, grantId }));
    return { ...opened, items: followed };
  });
}
