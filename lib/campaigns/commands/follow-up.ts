import "server-only";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { DEFAULT_RISK_PARAMETERS, policyDigest } from "#lib/policy/risk.ts";
import { campaignSubject, lockCampaign, moveCampaign } from "../campaign.sql.ts";
import { launchGuards, unmet } from "../lifecycle.ts";
import { type FollowUpInput, followUpInput } from "../schema.ts";
import { oneInventory, stageLocked } from "../staging.sql.ts";
import { countStanding, launchFacts } from "../standing.sql.ts";

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
    const scope = {
      sourceIds: [sourceId],
      identityClasses: [],
      environments: [],
      privilegedOnly: false,
      grantIds: follows.map(({ grantId }) => grantId),
    };
    const [made] = await tx.rows<{ id: string; name: string }>(
      `INSERT INTO campaigns (name, state, scope, instructions, instructions_version, zone, owner_user_id, fallback_person_id, due_at, watch_days, parent_id,
         policy_digest, created_at)
       VALUES ($1::text, 'COLLECTING', $2::jsonb, $3::text, $4::int, $5::text, $6::uuid, $7::uuid, $8::timestamptz, $9::int, $10::uuid, $11::text, $12::timestamptz)
       RETURNING id, name`,
      [
        `Follow-up of ${parent.name}`,
        JSON.stringify(scope),
        parent.instructions,
        parent.instructionsVersion,
        parent.zone,
        parent.ownerUserId,
        parent.fallbackPersonId,
        dueAt,
        parent.watchDays,
        parent.id,
        policyDigest(DEFAULT_RISK_PARAMETERS),
        ctx.now,
      ],
    );
    if (!made) throw new Error("The follow-up was not written.");
    await recordAudit(tx, ctx, {
      type: "campaign.created",
      subject: campaignSubject(made),
      data: { scopeDigest: Buffer.from(canonicalDigest(scope)).toString("hex"), dueAt: new Date(dueAt).toISOString() },
    });
    const campaign = await lockCampaign(tx, made.id);
    const sequels = follows.map(({ grantId, itemId }) => ({ grantId, itemId, campaignId: parentId }));
    const staged = await stageLocked(tx, ctx, campaign, { override: null, follows: sequels });
    const items = await tx.rows<{ itemId: string; followsItemId: string; grantId: string; label: string }>(
      `SELECT id AS "itemId", follows_item_id AS "followsItemId", grant_id AS "grantId", identity_name || ': ' || entitlement_name AS label
       FROM items WHERE campaign_id = $1::uuid ORDER BY id`,
      [made.id],
    );
    for (const item of items)
      await recordAudit(tx, ctx, {
        type: "campaign_item.followed_up",
        subject: { kind: "campaign_item", id: item.itemId, label: item.label },
        data: { campaignId: made.id, followsCampaignId: parentId, followsItemId: item.followsItemId, cause },
      });
    const followed = items.map(({ itemId, followsItemId, grantId }) => ({ itemId, followsItemId, grantId }));
    if (staged.state !== "STAGED") return { campaignId: made.id, state: "NOT_APPLICABLE" as const, items: followed };
    const counts = await countStanding(tx, made.id);
    // Nobody may review it yet: it waits, staged, for its owner to name somebody.
    if (unmet(launchGuards(launchFacts(counts, campaign.dueAt, ctx.now))).length > 0)
      return { campaignId: made.id, state: "STAGED" as const, items: followed };
    await moveCampaign(tx, { id: made.id, state: "STAGED" }, "ACTIVE", { sql: "launched_at = $4::timestamptz", values: [ctx.now] });
    await recordAudit(tx, ctx, {
      type: "campaign.launched",
      subject: campaignSubject(made),
      data: { items: counts.items, reviewers: counts.reviewers, dueAt: campaign.dueAt.toISOString() },
    });
    return { campaignId: made.id, state: "ACTIVE" as const, items: followed };
  });
}
