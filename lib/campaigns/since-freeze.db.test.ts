import { expect, it } from "vitest";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { grantedSince, launched, mine, world } from "#lib/testing/review-world.ts";
import { reviewSinceFreeze } from "./commands/since-freeze.ts";
import { getCampaign } from "./queries.ts";

ownTestDatabase();

const sinceOf = async ({ owner, campaignId }: Awaited<ReturnType<typeof world>>) =>
  (await getCampaign(campaignScope(owner), campaignId))?.sinceFreeze;

it("lists what came after the freeze one by one, and nothing that was frozen and only written anew", async () => {
  const all = await launched();
  expect(await sinceOf(all)).toEqual({ grants: 0, unreviewed: 0, rows: [] });
  const { runId, grantIds } = await grantedSince(all);
  const [frozen] = await reader.rows<{ id: string; holder: string; entitlement: string }>(
    `SELECT g.id, g.holder_id AS holder, g.entitlement_id AS entitlement FROM grants g JOIN identities i ON i.id = g.holder_id WHERE i.source_id = $1::uuid AND i.name = 'zed'`,
    [all.source.id],
  );
  await make.endGrant(frozen?.id ?? "", runId);
  await make.makeGrant(all.source, frozen?.holder ?? "", frozen?.entitlement ?? "", { runId });
  const since = await sinceOf(all);
  expect(since).toMatchObject({ grants: 2, unreviewed: 2 });
  expect(since?.rows.map(({ grantId }) => grantId).toSorted()).toEqual(grantIds.toSorted());
  expect(since?.rows[0]).toMatchObject({ entitlementName: "extra", runId, reviewedIn: null, personName: expect.stringMatching(/Sam|Zed/) });
});

it("puts it under review apart, by the parent's owner and the chain's reviewers, once, with an event on the parent", async () => {
  const all = await launched();
  await expect(reviewSinceFreeze(make.ctxOf(all.owner), { campaignId: all.campaignId })).rejects.toMatchObject({ code: "PRECONDITION" });
  const { grantIds } = await grantedSince(all);
  const micro = await reviewSinceFreeze(make.ctxOf(all.second), { campaignId: all.campaignId });
  expect(micro).toMatchObject({ state: "ACTIVE", items: 2 });
  expect(await getCampaign(campaignScope(all.owner), micro.campaignId)).toMatchObject({
    ownerUserId: all.owner.userId,
    parentId: all.campaignId,
  });
  expect((await mine(all.mia, micro.campaignId)).map(({ identityName }) => identityName).toSorted()).toEqual(["sam-2", "zed-2"]);
  expect(await sinceOf(all)).toMatchObject({
    grants: 2,
    unreviewed: 0,
    rows: [{ reviewedIn: micro.campaignId }, { reviewedIn: micro.campaignId }],
  });
  expect((await make.auditOf("campaign.since_freeze_reviewed")).at(-1)).toMatchObject({
    subject: { id: all.campaignId },
    data: { microCampaignId: micro.campaignId, grants: 2 },
  });
  await expect(reviewSinceFreeze(make.ctxOf(all.owner), { campaignId: all.campaignId, grantIds })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
  const [row] = await reader.rows(`SELECT cause FROM campaigns WHERE id = $1::uuid`, [micro.campaignId]);
  expect(row).toEqual({ cause: "since_freeze" });
});

it("takes only what came after the freeze of that campaign, and nothing before there is one", async () => {
  const all = await launched();
  const { grantIds } = await grantedSince(all);
  const micro = await reviewSinceFreeze(make.ctxOf(all.owner), { campaignId: all.campaignId, grantIds: grantIds.slice(0, 1) });
  expect(micro.items).toBe(1);
  expect(await sinceOf(all)).toMatchObject({ grants: 2, unreviewed: 1 });
  const draft = await world();
  expect(await sinceOf(draft)).toBeNull();
  await expect(reviewSinceFreeze(make.ctxOf(draft.owner), { campaignId: draft.campaignId })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
});
