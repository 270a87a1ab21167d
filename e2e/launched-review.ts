import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { reader } from "#lib/db/transact.ts";
import { expect, operatorCtx } from "./fixtures.ts";

export type Held = { member: string; groups: readonly string[] };
export type LaunchedReview = { campaignId: string; sourceId: string; name: string; itemIds: string[] };

/** A campaign over one member's memberships in the demo's database and nothing else, frozen and launched by the operator: for tests that begin later. */
export async function launchedReview(ownerUserId: string, { member, groups }: Held): Promise<LaunchedReview> {
  const grants = await reader.rows<{ id: string; sourceId: string }>(
    `SELECT g.id, g.source_id AS "sourceId" FROM grants g JOIN sources s ON s.id = g.source_id
       JOIN identities i ON i.id = g.holder_id JOIN entitlements e ON e.id = g.entitlement_id
     WHERE s.name = 'Demo corp database' AND g.ended_run_id IS NULL AND i.name = $1::text AND e.name = ANY ($2::text[])`,
    [member, groups.map((group) => `Member of ${group}`)],
  );
  expect(grants).toHaveLength(groups.length);
  const sourceId = grants[0]?.sourceId ?? "";
  const ctx = operatorCtx();
  const name = `Access of ${member} ${ctx.requestId.slice(-8)}`;
  const { campaignId } = await createCampaign(ctx, {
    name,
    scope: { sourceIds: [sourceId], grantIds: grants.map(({ id }) => id) },
    dueAt: new Date(ctx.now.getTime() + 86_400_000).toISOString(),
    instructions: "Keep what is needed for the work of today, revoke the rest.",
    ownerUserId,
  });
  await stageCampaign(ctx, { campaignId });
  await launchCampaign(ctx, { campaignId });
  const items = await reader.rows<{ id: string }>("SELECT id FROM items WHERE campaign_id = $1::uuid ORDER BY id", [campaignId]);
  return { campaignId, sourceId, name, itemIds: items.map(({ id }) => id) };
}
