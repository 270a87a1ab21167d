import { createHash, createPublicKey, verify } from "node:crypto";
import { expect, it } from "vitest";
import { publicKeyObject } from "#lib/audit/checkpoint.ts";
import { instanceSigner } from "#lib/audit/signing-key.ts";
import { systemActor } from "#lib/authz/actor.ts";
import { campaignScope, reviewerScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { DUE, itemNamed, launched, world } from "#lib/testing/review-world.ts";
import { confirmCancel, requestCancel } from "./commands/cancel.ts";
import { createCampaign } from "./commands/create.ts";
import { decideItem } from "./commands/decide.ts";
import { campaignsToFollow, followInventory, moveStranded } from "./commands/follow.ts";
import { discardPopulation, launchCampaign } from "./commands/launch.ts";
import { confirmBlockOverride, requestBlockOverride } from "./commands/override.ts";
import { pauseCampaign, resumeCampaign } from "./commands/pause.ts";
import { stageCampaign } from "./commands/stage.ts";
import { digestItems } from "./digest.sql.ts";
import { getCampaign, getItem, listReviewItems, previewScope } from "./queries.ts";
import { itemListParams } from "./schema.ts";

ownTestDatabase();

const stateOf = async (campaignId: string) =>
  (await reader.rows<{ state: string }>(`SELECT state::text AS state FROM campaigns WHERE id = $1::uuid`, [campaignId]))[0]?.state;

it("freezes every live direct grant in scope with its facts, its reviewer by the first rule that holds, and a signed account of it", async () => {
  const { campaignId, owner, people, source } = await world();
  expect(await stageCampaign(make.ctxOf(owner), { campaignId })).toEqual({ state: "STAGED", items: 6, blocks: [] });
  const { rows } = await listReviewItems(campaignScope(owner), campaignId, itemListParams.parse({}));
  const frozen = await reader.rows<{ identity: string; entitlement: string; reviewer: string; rule: string; passed: { why: string }[] }>(
    `SELECT identity_name AS identity, entitlement_name AS entitlement, reviewer_id AS reviewer, reviewer_rule AS rule, passed_over AS passed FROM items WHERE campaign_id = $1::uuid`,
    [campaignId],
  );
  const by = (identity: string, entitlement: string) => frozen.find((row) => row.identity === identity && row.entitlement === entitlement);
  expect(by("sam", "admin")).toMatchObject({ reviewer: people.mia, rule: "manager", passed: [] });
  expect(by("mia", "read")).toMatchObject({ reviewer: people.boss, rule: "manager" });
  expect(by("robot", "write")).toMatchObject({
    reviewer: people.rob,
    rule: "resource_owner",
    passed: [{ rule: "manager", why: "nobody" }],
  });
  expect(rows[0]).toMatchObject({
    identityName: "sam",
    entitlementName: "admin",
    riskClass: "critical",
    privileged: "yes",
    reachCount: 2,
    reachNames: ["write", "read"],
    change: "first_review",
  });
  expect(rows[0]?.riskReasons).toEqual(["privileged", "production", "restricted", "factors_unknown"]);
  expect(rows.find((row) => row.identityName === "sam" && row.entitlementName === "write")?.alsoHeldBy).toEqual(["admin"]);
  expect(rows.find((row) => row.identityName === "sam" && row.entitlementName === "read")?.alsoHeldBy).toEqual(["admin"]);
  const [population] = await reader.rows<{ manifest: string; digest: string; signature: string; keyId: string }>(
    `SELECT manifest, manifest_digest AS digest, signature, key_id AS "keyId" FROM populations WHERE campaign_id = $1::uuid`,
    [campaignId],
  );
  if (!population) throw new Error("no population");
  expect(createHash("sha256").update(population.manifest).digest("hex")).toBe(population.digest);
  const { publicKey } = await instanceSigner(reader);
  expect(
    verify(
      null,
      Buffer.from(population.manifest),
      createPublicKey(publicKeyObject(publicKey).export({ type: "spki", format: "pem" })),
      Buffer.from(population.signature, "base64"),
    ),
  ).toBe(true);
  const manifest = JSON.parse(population.manifest);
  expect(manifest).toMatchObject({
    population: { items: 6, digest: (await digestItems(reader, campaignId, "population")).digest },
    sources: [{ id: source.id, items: 6, run: { id: source.runId, account: "reader", is_complete: true } }],
    identities: { in_scope: 4, people: 3, by_class: { human: 3, service: 1 }, orphaned: 0, unowned: 0 },
    unknown: { factors_of_identities: 4, last_used: 6 },
    reviewers: { count: 3, by_rule: { manager: 5, resource_owner: 1 }, not_independent: 0 },
    override: null,
  });
  expect(await make.auditOf("campaign.staged")).toMatchObject([
    { subject: { id: campaignId }, data: { items: 6, manifestDigest: population.digest, overridden: false } },
  ]);
});

it("previews exactly what the freeze then holds", async () => {
  const { campaignId, owner, source, people } = await world();
  const preview = await previewScope(campaignScope(owner), { scope: { sourceIds: [source.id], privilegedOnly: true } });
  expect(preview).toMatchObject({
    items: 1,
    privileged: 1,
    excluded: [{ cause: "not_privileged", grants: 5 }],
    blocks: [],
    expectedMinutes: null,
  });
  const whole = await previewScope(campaignScope(owner), { scope: { sourceIds: [source.id] } });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  const page = await getCampaign(campaignScope(owner), campaignId);
  expect(whole.items).toBe(page?.items);
  expect(Object.fromEntries(whole.reviewers.map(({ personId, items }) => [personId, items]))).toEqual({
    [people.mia]: 4,
    [people.boss]: 1,
    [people.rob]: 1,
  });
  expect(Object.fromEntries((page?.reviewerRows ?? []).map(({ personId, items }) => [personId, items]))).toEqual({
    [people.mia]: 4,
    [people.boss]: 1,
    [people.rob]: 1,
  });
});

it("is not applicable, with a signed proof of zero, where nothing is in scope", async () => {
  const { owner, source } = await world();
  const scope = { sourceIds: [source.id], identityClasses: ["pipeline" as const] };
  const { campaignId } = await createCampaign(make.ctxOf(owner), { name: "Pipelines", scope, dueAt: DUE(), instructions: "Look." });
  expect(await stageCampaign(make.ctxOf(owner), { campaignId })).toMatchObject({ state: "NOT_APPLICABLE", items: 0 });
  const [row] = await reader.rows<{ manifest: string }>(`SELECT manifest FROM populations WHERE campaign_id = $1::uuid`, [campaignId]);
  expect(JSON.parse(row?.manifest ?? "{}")).toMatchObject({ population: { items: 0 }, excluded: [{ cause: "class", grants: 6 }] });
});

it("is blocked by a source that is stale, partial, empty, held or failed last, and let through by two people only, in print", async () => {
  const { campaignId, owner, second, source } = await world();
  await make.makeRun(source.id, { state: "FAILED" });
  const stale = await make.makeSource("an old one", { daysAgo: 9 });
  await reader.rows(`UPDATE campaigns SET scope = jsonb_build_object('sourceIds', $2::jsonb) WHERE id = $1::uuid`, [
    campaignId,
    JSON.stringify([source.id, stale.id]),
  ]);
  const result = await stageCampaign(make.ctxOf(owner), { campaignId });
  expect(result).toMatchObject({ state: "BLOCKED" });
  expect(result.blocks.map(({ sourceId, reason }) => [sourceId, reason])).toEqual(
    expect.arrayContaining([
      [source.id, "failed_last"],
      [stale.id, "stale"],
      [stale.id, "empty"],
    ]),
  );
  const { requestId } = await requestBlockOverride(make.ctxOf(owner), { campaignId, reason: "The failed one changed nothing." });
  await expect(confirmBlockOverride(make.confirmed(owner), { requestId })).rejects.toMatchObject({
    code: "PRECONDITION",
    details: { refusal: "same_user" },
  });
  await expect(confirmBlockOverride(make.ctxOf(second), { requestId })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
  await confirmBlockOverride(make.confirmed(second), { requestId });
  await expect(confirmBlockOverride(make.confirmed(second), { requestId })).rejects.toMatchObject({ code: "PRECONDITION" });
  await expect(
    stageCampaign(make.ctxOf(owner), { campaignId, override: { requestId, requestedBy: owner.userId, confirmedBy: null, reason: "x" } }),
  ).rejects.toMatchObject({ code: "PRECONDITION" });
  const [job] = await reader.rows<{ data: { campaignId: string; override: never } }>(
    `SELECT data FROM jobs.job WHERE name = 'campaign.stage' ORDER BY created_on DESC LIMIT 1`,
  );
  expect(await stageCampaign(make.ctxOf(systemActor("campaign.stage")), job?.data ?? { campaignId })).toMatchObject({
    state: "STAGED",
    items: 6,
  });
  const [row] = await reader.rows<{ manifest: string }>(`SELECT manifest FROM populations WHERE campaign_id = $1::uuid`, [campaignId]);
  expect(JSON.parse(row?.manifest ?? "{}").override).toMatchObject({
    request_id: requestId,
    requested_by: owner.userId,
    confirmed_by: second.userId,
    reason: "The failed one changed nothing.",
  });
});

it("refuses the same person under another user as the second", async () => {
  const { campaignId, source } = await world();
  const person = await make.makePerson(source);
  const one = await make.makeUser({ personId: person, roles: ["campaign_manager"] });
  const other = await make.makeUser({ personId: person, roles: ["security_analyst"] });
  const { requestId } = await requestCancel(make.ctxOf(one), { campaignId, reason: "Not needed." });
  await expect(confirmCancel(make.confirmed(other), { requestId })).rejects.toMatchObject({ details: { refusal: "same_person" } });
  expect(await stateOf(campaignId)).toBe("DRAFT");
});

it("does not launch while somebody's access has no eligible reviewer, or the due date has passed", async () => {
  const { campaignId, owner, people } = await world();
  await reader.rows(`UPDATE campaigns SET fallback_person_id = NULL WHERE id = $1::uuid`, [campaignId]);
  await reader.rows(`UPDATE people SET manager_id = NULL WHERE id = $1::uuid`, [people.mia]);
  await reader.rows(`UPDATE resources SET owner_id = $1::uuid`, [people.mia]);
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await expect(launchCampaign(make.ctxOf(owner), { campaignId })).rejects.toThrow(/1 item without anybody/);
  expect((await getCampaign(campaignScope(owner), campaignId))?.checklist).toContainEqual(
    expect.objectContaining({ code: "every_item_has_a_reviewer", isMet: false }),
  );
  const late = make.ctxOf(owner, new Date(Date.now() + 30 * 86_400_000));
  await expect(launchCampaign(late, { campaignId })).rejects.toThrow(/due date has passed/);
  await discardPopulation(make.ctxOf(owner), { campaignId, reason: "Owners were wrong." });
  expect(await stateOf(campaignId)).toBe("DRAFT");
  expect(await reader.rows(`SELECT 1 FROM items WHERE campaign_id = $1::uuid`, [campaignId])).toEqual([]);
  expect(await make.auditOf("campaign.population_discarded")).toMatchObject([{ data: { items: 6 } }]);
});

it("shifts the due date by as long as a pause took, and takes no answer in it", async () => {
  const { campaignId, owner, mia } = await launched();
  const item = await itemNamed(mia, campaignId, "zed", "read");
  const before = (await getCampaign(campaignScope(owner), campaignId))?.dueAt ?? "";
  const at = new Date();
  await pauseCampaign(make.ctxOf(owner, at), { campaignId, reason: "Holidays." });
  await expect(decideItem(make.ctxOf(mia), { campaignId, itemId: item.id, answer: "keep", version: 0 })).rejects.toMatchObject({
    details: { refusals: ["campaign_not_active"] },
  });
  await resumeCampaign(make.ctxOf(owner, new Date(at.getTime() + 3_600_000)), { campaignId, reason: "Back." });
  const after = (await getCampaign(campaignScope(owner), campaignId))?.dueAt ?? "";
  expect(new Date(after).getTime() - new Date(before).getTime()).toBe(3_600_000);
});

it("voids open items whose access two complete syncs no longer find, and assigns them again when it comes back", async () => {
  const { campaignId, mia, source } = await launched();
  const item = await itemNamed(mia, campaignId, "zed", "read");
  const [frozen] = await reader.rows<{ grantId: string; identityId: string; entitlementId: string }>(
    `SELECT grant_id AS "grantId", identity_id AS "identityId", entitlement_id AS "entitlementId" FROM items WHERE id = $1::uuid`,
    [item.id],
  );
  if (!frozen) throw new Error("no item");
  const ctx = make.ctxOf(systemActor("inventory.published"));
  const follow = (runId: string) => followInventory(ctx, { campaignId, sourceId: source.id, runId });
  expect(await campaignsToFollow(source.id)).toEqual([campaignId]);
  const first = await make.makeRun(source.id, { startedAt: new Date(Date.now() + 1000) });
  await make.endGrant(frozen.grantId, first);
  expect(await follow(first)).toEqual({ voided: 0, returned: 0 });
  expect(await follow(await make.makeRun(source.id, { startedAt: new Date(Date.now() + 2000), isComplete: false }))).toMatchObject({
    voided: 0,
  });
  expect(await follow(await make.makeRun(source.id, { startedAt: new Date(Date.now() + 2500), isFullRead: false }))).toMatchObject({
    voided: 0,
  });
  const second = await make.makeRun(source.id, { startedAt: new Date(Date.now() + 3000) });
  expect(await follow(second)).toEqual({ voided: 1, returned: 0 });
  expect(await getItem(reviewerScope(mia), campaignId, item.id)).toMatchObject({
    state: "VOIDED",
    voidReason: "ACCESS_GONE",
    voidRun: { id: second },
    goneRun: { id: first },
  });
  const third = await make.makeRun(source.id, { startedAt: new Date(Date.now() + 4000) });
  await make.makeGrant(source, frozen.identityId, frozen.entitlementId, { runId: third });
  expect(await follow(third)).toEqual({ voided: 0, returned: 1 });
  expect(await getItem(reviewerScope(mia), campaignId, item.id)).toMatchObject({ state: "ASSIGNED", voidReason: null });
});

it("moves the open items of a reviewer who left to the next in the chain", async () => {
  const { campaignId, mia, people, owner } = await launched();
  const item = await itemNamed(mia, campaignId, "zed", "read");
  await reader.rows(`UPDATE people SET status = 'left' WHERE id = $1::uuid`, [people.mia]);
  await expect(decideItem(make.ctxOf(mia), { campaignId, itemId: item.id, answer: "keep", version: 0 })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
  expect(await moveStranded(make.ctxOf(systemActor("test")), { campaignId })).toEqual({ items: 4 });
  expect(await getItem(campaignScope(owner), campaignId, item.id)).toMatchObject({ reviewerId: people.boss, state: "ASSIGNED" });
});
