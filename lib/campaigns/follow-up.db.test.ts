import { expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { closeDecisions } from "./commands/close.ts";
import { createCampaign } from "./commands/create.ts";
import { startFollowUp } from "./commands/follow-up.ts";
import { launchCampaign } from "./commands/launch.ts";
import { signOff } from "./commands/sign-off.ts";
import { stageCampaign } from "./commands/stage.ts";
import { getItem, listReviewItems } from "./queries.ts";
import { itemListParams } from "./schema.ts";

ownTestDatabase();

const LATE = new Date(Date.now() + 30 * 86_400_000);
const dueAt = new Date(Date.now() + 10 * 86_400_000).toISOString();
const WORDS = { attestation: "I looked at each of these and answer for them." };

async function signedOff() {
  const source = await make.makeSource();
  const manager = await make.makePerson(source, { name: "Mia" });
  const sam = await make.makePerson(source, { name: "Sam", managerId: manager });
  const identity = await make.makeIdentity(source, { name: "sam", personId: sam });
  const [read, write, drop] = await Promise.all(["read", "write", "drop"].map((name) => make.makeEntitlement(source, { name })));
  if (!read || !write || !drop) throw new Error("no entitlements");
  const grants = await Promise.all([read, write, drop].map((entitlement) => make.makeGrant(source, identity, entitlement)));
  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "First",
    scope: { sourceIds: [source.id] },
    dueAt,
    instructions: "Look.",
  });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await launchCampaign(make.ctxOf(owner), { campaignId });
  await closeDecisions(make.ctxOf(owner, LATE), { campaignId });
  await signOff(make.confirmed(owner), { campaignId, ...WORDS });
  return { source, owner, campaignId, identity, entitlements: { read, write, drop }, grants, manager };
}

it("tells of each item what changed since the last signed-off review, and what was decided there", async () => {
  const { source, owner, identity, entitlements, grants } = await signedOff();
  await reader.rows(`UPDATE entitlements SET digest = repeat('1', 64) WHERE id = $1::uuid`, [entitlements.write]);
  const run = await make.makeRun(source.id);
  await make.endGrant(grants[2] ?? "", run);
  await make.makeGrant(source, identity, entitlements.drop, { runId: run });
  const other = await make.makeSource();
  const stranger = await make.makeIdentity(other, { personId: await make.makePerson(other, { managerId: await make.makePerson(other) }) });
  await make.makeGrant(other, stranger, await make.makeEntitlement(other, { name: "elsewhere" }));
  const scope = { sourceIds: [source.id, other.id] };
  const { campaignId } = await createCampaign(make.ctxOf(owner), { name: "Second", scope, dueAt, instructions: "Look." });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  const { rows } = await listReviewItems(campaignScope(owner), campaignId, itemListParams.parse({}));
  expect(Object.fromEntries(rows.map((row) => [row.entitlementName, [row.change, row.lastOutcome]]))).toEqual({
    write: ["changed", "UNANSWERED"],
    drop: ["new", null],
    read: ["unchanged", "UNANSWERED"],
    elsewhere: ["first_review", null],
  });
  expect(rows.map((row) => row.entitlementName).slice(0, 2)).toEqual(["write", "drop"]);
});

it("puts what grew back under review again, as a linked item of a campaign of its own, launched at once", async () => {
  const { source, campaignId: parentId, identity, entitlements, grants, manager, owner } = await signedOff();
  const run = await make.makeRun(source.id);
  await make.endGrant(grants[2] ?? "", run);
  const grantId = await make.makeGrant(source, identity, entitlements.drop, { runId: run });
  const [item] = await reader.rows<{ id: string }>(`SELECT id FROM items WHERE campaign_id = $1::uuid AND grant_id = $2::uuid`, [
    parentId,
    grants[2],
  ]);
  const itemId = item?.id ?? "";
  const ctx = make.ctxOf(systemActor("inventory.published"));
  const followed = await startFollowUp(ctx, {
    parentId,
    sourceId: source.id,
    follows: [{ kind: "grant", id: grantId, itemId }],
    cause: "regrown",
    dueAt,
  });
  expect(followed).toMatchObject({ state: "ACTIVE", items: [{ followsItemId: itemId, kind: "grant", id: grantId }] });
  const sequel = await getItem(campaignScope(owner), followed.campaignId, followed.items[0]?.itemId ?? "");
  expect(sequel).toMatchObject({
    followsItemId: itemId,
    followsCampaignId: parentId,
    reviewerId: manager,
    state: "ASSIGNED",
    entitlementName: "drop",
  });
  const [row] = await reader.rows<{ manifest: string; parent: string }>(
    `SELECT p.manifest, c.parent_id AS parent FROM populations p JOIN campaigns c ON c.id = p.campaign_id WHERE c.id = $1::uuid`,
    [followed.campaignId],
  );
  expect(row?.parent).toBe(parentId);
  expect(JSON.parse(row?.manifest ?? "{}")).toMatchObject({
    population: { items: 1 },
    follows: [{ grant_id: grantId, item_id: itemId, campaign_id: parentId }],
  });
  expect(await make.auditOf("campaign_item.followed_up")).toMatchObject([
    { data: { followsCampaignId: parentId, followsItemId: itemId, cause: "regrown" } },
  ]);
  await expect(
    startFollowUp(make.ctxOf(owner), {
      parentId,
      sourceId: source.id,
      follows: [{ kind: "grant", id: grantId, itemId }],
      cause: "regrown",
      dueAt,
    }),
  ).rejects.toMatchObject({ code: "FORBIDDEN" });
});
