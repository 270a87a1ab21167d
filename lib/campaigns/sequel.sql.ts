import "server-only";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DEFAULT_RISK_PARAMETERS, policyDigest } from "#lib/policy/risk.ts";
import { type CampaignRecord, campaignSubject, lockCampaign, moveCampaign } from "./campaign.sql.ts";
import { launchGuards, unmet } from "./lifecycle.ts";
import { campaignScope } from "./schema.ts";
import { stageLocked } from "./staging.sql.ts";
import { countStanding, launchFacts } from "./standing.sql.ts";

export type Sequel = {
  parent: CampaignRecord;
  name: string;
  /** Which final item each live grant follows. */
  follows: readonly { sourceId: string; grantId: string; itemId: string }[];
  /** regrown, not_effective, exception_expired, undecided, corrected and the like */
  cause: string;
  dueAt: string;
};
export type FollowUp = {
  campaignId: string;
  state: "ACTIVE" | "STAGED" | "NOT_APPLICABLE";
  items: { itemId: string; followsItemId: string; grantId: string }[];
};

/**
 * A campaign over named grants, each the sequel of a final item: frozen, signed and launched in one go where somebody may review it, by the
 * owner, instructions and fallback of the campaign that it follows, in one round: the last of its plan, whose reviewer is independent.
 */
export async function startSequel(tx: Tx, ctx: Ctx, { parent, name, follows, cause, dueAt }: Sequel): Promise<FollowUp> {
  const scope = campaignScope.parse({
    sourceIds: [...new Set(follows.map(({ sourceId }) => sourceId))].sort(),
    grantIds: follows.map(({ grantId }) => grantId),
  });
  const plan = { ...parent.plan, rounds: parent.plan.rounds.slice(-1), carryCycles: 0 };
  const [made] = await tx.rows<{ id: string; name: string }>(
    `INSERT INTO campaigns (name, state, scope, instructions, instructions_version, zone, owner_user_id, fallback_person_id, due_at, watch_days, parent_id,
       policy_digest, created_at, plan, cause)
     VALUES ($1::text, 'COLLECTING', $2::jsonb, $3::text, $4::int, $5::text, $6::uuid, $7::uuid, $8::timestamptz, $9::int, $10::uuid, $11::text, $12::timestamptz,
       $13::jsonb, $14::text)
     RETURNING id, name`,
    [
      name,
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
      JSON.stringify(plan),
      cause,
    ],
  );
  if (!made) throw new Error("The follow-up was not written.");
  await recordAudit(tx, ctx, {
    type: "campaign.created",
    subject: campaignSubject(made),
    data: { scopeDigest: Buffer.from(canonicalDigest(scope)).toString("hex"), dueAt: new Date(dueAt).toISOString() },
  });
  const campaign = await lockCampaign(tx, made.id);
  const sequels = follows.map(({ grantId, itemId }) => ({ grantId, itemId, campaignId: parent.id }));
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
      data: { campaignId: made.id, followsCampaignId: parent.id, followsItemId: item.followsItemId, cause },
    });
  const followed = items.map(({ itemId, followsItemId, grantId }) => ({ itemId, followsItemId, grantId }));
  if (staged.state !== "STAGED") return { campaignId: made.id, state: "NOT_APPLICABLE", items: followed };
  const counts = await countStanding(tx, made.id);
  // Nobody may review it yet: it waits, staged, for its owner to name somebody.
  if (unmet(launchGuards(launchFacts(counts, campaign.dueAt, ctx.now))).length > 0)
    return { campaignId: made.id, state: "STAGED", items: followed };
  await moveCampaign(tx, { id: made.id, state: "STAGED" }, "ACTIVE", { sql: "launched_at = $4::timestamptz", values: [ctx.now] });
  await recordAudit(tx, ctx, {
    type: "campaign.launched",
    subject: campaignSubject(made),
    data: { items: counts.items, reviewers: counts.reviewers, dueAt: campaign.dueAt.toISOString() },
  });
  return { campaignId: made.id, state: "ACTIVE", items: followed };
}
