import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { CampaignRecord } from "./campaign.sql.ts";
import type { Reviewable } from "./item-kinds.ts";
import { openMicroCampaign } from "./micro-campaign.sql.ts";

export type Sequel = {
  parent: CampaignRecord;
  name: string;
  /** Which final item each of them, which are live, follows. */
  follows: readonly (Reviewable & { sourceId: string; itemId: string })[];
  /** regrown, not_effective, exception_expired, undecided, corrected and the like */
  cause: string;
  dueAt: string;
};
export type FollowUp = {
  campaignId: string;
  state: "ACTIVE" | "STAGED" | "NOT_APPLICABLE";
  items: (Reviewable & { itemId: string; followsItemId: string })[];
};

/**
 * A micro-campaign over what is named, each the sequel of a final item, by the owner, instructions and fallback of the campaign that it
 * follows, in one round: the last of its plan, whose reviewer is independent.
 */
export async function startSequel(tx: Tx, ctx: Ctx, { parent, name, follows, cause, dueAt }: Sequel): Promise<FollowUp> {
  const opened = await openMicroCampaign(tx, ctx, {
    name,
    cause,
    sourceIds: [...new Set(follows.map(({ sourceId }) => sourceId))].sort(),
    grantIds: follows.flatMap(({ kind, id }) => (kind === "grant" ? [id] : [])),
    subjects: follows.flatMap(({ kind, id }) => (kind === "grant" ? [] : [{ kind, id }])),
    instructions: parent.instructions,
    instructionsVersion: parent.instructionsVersion,
    zone: parent.zone,
    ownerUserId: parent.ownerUserId,
    fallbackPersonId: parent.fallbackPersonId,
    dueAt: new Date(dueAt),
    watchDays: parent.watchDays,
    parentId: parent.id,
    follows: follows.map(({ kind, id, itemId }) => ({ kind, id, itemId, campaignId: parent.id })),
    plan: { ...parent.plan, rounds: parent.plan.rounds.slice(-1), carryCycles: 0 },
  });
  const items = await tx.rows<FollowUp["items"][number] & { label: string }>(
    `SELECT id AS "itemId", follows_item_id AS "followsItemId", kind, coalesce(grant_id, subject_id) AS id, identity_name || ': ' || entitlement_name AS label
     FROM items WHERE campaign_id = $1::uuid ORDER BY id`,
    [opened.campaignId],
  );
  for (const item of items)
    await recordAudit(tx, ctx, {
      type: "campaign_item.followed_up",
      subject: { kind: "campaign_item", id: item.itemId, label: item.label },
      data: { campaignId: opened.campaignId, followsCampaignId: parent.id, followsItemId: item.followsItemId, cause },
    });
  return { campaignId: opened.campaignId, state: opened.state, items: items.map(({ label: _, ...item }) => item) };
}
