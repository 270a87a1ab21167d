import { createHash, createPublicKey, verify } from "node:crypto";
import { expect, it } from "vitest";
import { publicKeyObject } from "#lib/audit/checkpoint.ts";
import { instanceSigner } from "#lib/audit/signing-key.ts";
import type { Actor } from "#lib/authz/actor.ts";
import { systemActor } from "#lib/authz/actor.ts";
import { campaignScope, reviewerScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { confirmCancel, requestCancel } from "./commands/cancel.ts";
import { closeDecisions } from "./commands/close.ts";
import { createCampaign } from "./commands/create.ts";
import { decideItem, withdrawAnswer } from "./commands/decide.ts";
import { decideItems } from "./commands/decide-many.ts";
import { campaignsToFollow, followInventory, moveStranded } from "./commands/follow.ts";
import { discardPopulation, launchCampaign } from "./commands/launch.ts";
import { confirmBlockOverride, requestBlockOverride } from "./commands/override.ts";
import { pauseCampaign, resumeCampaign } from "./commands/pause.ts";
import { reassignItems } from "./commands/reassign.ts";
import { reopenItem } from "./commands/reopen.ts";
import { signOff } from "./commands/sign-off.ts";
import { stageCampaign } from "./commands/stage.ts";
import { submitDecisions } from "./commands/submit.ts";
import { readCompact } from "./compact.ts";
import { digestItems } from "./digest.sql.ts";
import { getCampaign, getItem, listCampaigns, listMyReviews, listReviewItems, previewScope, reviewItemsJson } from "./queries.ts";
import { campaignListParams, itemListParams } from "./schema.ts";

ownTestDatabase();

type User = Extract<Actor, { kind: "user" }>;
type World = {
  source: make.TestSource;
  people: Record<"boss" | "mia" | "sam" | "rob" | "fay" | "zed", string>;
  owner: User;
  mia: User;
  rob: User;
  second: User;
  campaignId: string;
};

const DUE = () => new Date(Date.now() + 14 * 86_400_000).toISOString();
const WORDS = { attestation: "I looked at each of these and answer for them." };

/** sam and zed report to mia, mia to boss. Six items: sam's three, zed's one, mia's one (goes to boss), a machine's one (goes to rob). */
async function world(): Promise<World> {
  const source = await make.makeSource();
  const boss = await make.makePerson(source, { name: "Boss" });
  const mia = await make.makePerson(source, { name: "Mia", managerId: boss });
  const sam = await make.makePerson(source, { name: "Sam", managerId: mia });
  const zed = await make.makePerson(source, { name: "Zed", managerId: mia });
  const rob = await make.makePerson(source, { name: "Rob" });
  const fay = await make.makePerson(source, { name: "Fay" });
  const [read, write, admin] = await Promise.all([
    make.makeEntitlement(source, { name: "read", resourceOwnerId: rob }),
    make.makeEntitlement(source, { name: "write", resourceOwnerId: rob }),
    make.makeEntitlement(source, {
      name: "admin",
      resourceOwnerId: rob,
      privileged: "yes",
      environment: "prod",
      sensitivity: "restricted",
    }),
  ]);
  await make.makeReach(admin, write, admin, 1);
  await make.makeReach(admin, read, write, 2);
  const samId = await make.makeIdentity(source, { name: "sam", personId: sam });
  for (const entitlement of [read, write, admin]) await make.makeGrant(source, samId, entitlement);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "zed", personId: zed }), read);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "mia", personId: mia }), read);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "robot", class: "service", ownerId: sam }), write);
  const owner = await make.makeUser({ roles: ["campaign_manager"], label: "Owner" });
  const second = await make.makeUser({ roles: ["security_analyst", "campaign_manager"], label: "Second" });
  const miaUser = await make.makeUser({ personId: mia, roles: ["reviewer"] });
  const robUser = await make.makeUser({ personId: rob, roles: ["reviewer"] });
  const scope = { sourceIds: [source.id] };
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "Quarterly",
    scope,
    dueAt: DUE(),
    instructions: "Keep what is needed.",
    fallbackPersonId: fay,
  });
  return { source, people: { boss, mia, sam, rob, fay, zed }, owner, mia: miaUser, rob: robUser, second, campaignId };
}

async function launched(): Promise<World> {
  const all = await world();
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  await launchCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  return all;
}

const mine = async (user: User, campaignId: string) =>
  (await listReviewItems(reviewerScope(user), campaignId, itemListParams.parse({}))).rows;
const itemNamed = async (user: User, campaignId: string, identity: string, entitlement: string) => {
  const found = (await mine(user, campaignId)).find((row) => row.identityName === identity && row.entitlementName === entitlement);
  if (!found) throw new Error(`No item ${identity} ${entitlement}`);
  return found;
};
const stateOf = async (campaignId: string) =>
  (await reader.rows<{ state: string }>(`SELECT state::text AS state FROM campaigns WHERE id = $1::uuid`, [campaignId]))[0]?.state;

/** Every item answered, handed in, closed. */
async function closing(answers: Partial<Record<string, "keep" | "revoke">> = {}): Promise<World> {
  const all = await launched();
  const boss = await make.makeUser({ personId: all.people.boss, roles: ["reviewer"] });
  for (const user of [all.mia, all.rob, boss]) {
    for (const row of await mine(user, all.campaignId)) {
      const answer = answers[`${row.identityName} ${row.entitlementName}`] ?? "keep";
      await decideItem(make.ctxOf(user), {
        campaignId: all.campaignId,
        itemId: row.id,
        answer,
        rationale: "Looked at it.",
        version: row.version,
      });
    }
    await submitDecisions(make.confirmed(user), { campaignId: all.campaignId, instructionsVersion: 1, ...WORDS });
  }
  await closeDecisions(make.ctxOf(all.owner), { campaignId: all.campaignId });
  return all;
}

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

it("takes one answer, undoes it, and refuses a stale one", async () => {
  const { campaignId, mia } = await launched();
  const item = await itemNamed(mia, campaignId, "zed", "read");
  const ctx = make.ctxOf(mia);
  const answered = await decideItem(ctx, { campaignId, itemId: item.id, answer: "keep", version: 0, seconds: 4 });
  expect(answered).toMatchObject({ version: 1, isLate: false });
  await expect(decideItem(ctx, { campaignId, itemId: item.id, answer: "revoke", rationale: "no", version: 0 })).rejects.toMatchObject({
    code: "CONFLICT",
    details: { version: 1, answer: "keep" },
  });
  await decideItem(ctx, { campaignId, itemId: item.id, answer: "revoke", rationale: "Has moved teams.", version: 1 });
  expect(await withdrawAnswer(ctx, { campaignId, itemId: item.id, version: 2 })).toEqual({ version: 3 });
  const detail = await getItem(reviewerScope(mia), campaignId, item.id);
  expect(detail).toMatchObject({ state: "ASSIGNED", answer: null, version: 3 });
  expect(detail?.decisions.map(({ answer }) => answer)).toEqual(["withdrawn", "revoke", "keep"]);
  expect((await make.auditOf("campaign_item.revoked")).at(-1)).toMatchObject({ subject: { id: item.id }, data: { version: 2 } });
});

it("asks for a reason for every revoke, every abstention and the keep of anything privileged", async () => {
  const { campaignId, mia } = await launched();
  const plain = await itemNamed(mia, campaignId, "zed", "read");
  const privileged = await itemNamed(mia, campaignId, "sam", "admin");
  const attempt = (itemId: string, answer: "keep" | "revoke" | "abstain", rationale: string | null) =>
    decideItem(make.ctxOf(mia), { campaignId, itemId, answer, rationale, version: 0 });
  await expect(attempt(plain.id, "revoke", "  ")).rejects.toMatchObject({ code: "INVALID", fields: { rationale: expect.anything() } });
  await expect(attempt(plain.id, "abstain", null)).rejects.toMatchObject({ code: "INVALID" });
  await expect(attempt(privileged.id, "keep", null)).rejects.toMatchObject({ code: "INVALID" });
  await expect(attempt(plain.id, "keep", null)).resolves.toMatchObject({ version: 1 });
});

it("refuses a self-review by any identity of the same person, whatever the frozen facts say, and records the attempt", async () => {
  const { campaignId, people } = await launched();
  const sam = await make.makeUser({ personId: people.sam, roles: ["reviewer"] });
  const [robot] = await reader.rows<{ id: string; identityId: string }>(
    `UPDATE items SET reviewer_id = $2::uuid WHERE campaign_id = $1::uuid AND identity_name = 'robot' RETURNING id, identity_id AS "identityId"`,
    [campaignId, people.sam],
  );
  if (!robot) throw new Error("no robot");
  await reader.rows(`UPDATE identities SET person_id = $2::uuid WHERE id = $1::uuid`, [robot.identityId, people.sam]);
  const attempt = { campaignId, itemId: robot.id, answer: "keep" as const, version: 0 };
  await expect(decideItem(make.ctxOf(sam), attempt)).rejects.toMatchObject({ code: "FORBIDDEN", details: { refusals: ["self"] } });
  await expect(
    decideItems(make.ctxOf(sam), { campaignId, items: [{ itemId: robot.id, version: 0 }], answer: "keep" }),
  ).rejects.toMatchObject({ code: "FORBIDDEN" });
  const refused = (await make.auditOf("campaign_item.self_review_refused")).filter(({ data }) => data.campaignId === campaignId);
  expect(refused.map(({ subject, actor }) => [subject.id, actor.id])).toEqual([
    [robot.id, sam.userId],
    [robot.id, sam.userId],
  ]);
  expect(await reader.rows(`SELECT 1 FROM decisions WHERE item_id = $1::uuid`, [robot.id])).toEqual([]);
  expect(await moveStranded(make.ctxOf(systemActor("test")), { campaignId })).toEqual({ items: 1 });
  expect(await getItem(campaignScope(systemActor("test")), campaignId, robot.id)).toMatchObject({
    reviewerId: people.mia,
    assignments: [{ cause: "reviewer_left" }],
  });
});

it("shows a reviewer nothing of anybody else's", async () => {
  const { campaignId, mia, rob } = await launched();
  const item = await itemNamed(mia, campaignId, "sam", "read");
  expect(await getItem(reviewerScope(rob), campaignId, item.id)).toBeNull();
  await expect(decideItem(make.ctxOf(rob), { campaignId, itemId: item.id, answer: "keep", version: 0 })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect((await mine(rob, campaignId)).map(({ identityName }) => identityName)).toEqual(["robot"]);
  expect(readCompact(JSON.parse(await reviewItemsJson(reviewerScope(mia), campaignId)))).toEqual(await mine(mia, campaignId));
  expect(await listMyReviews(reviewerScope(rob))).toMatchObject([{ campaignId, items: 1, open: 1, drafted: 0 }]);
  expect(await getCampaign(reviewerScope(rob), campaignId)).toMatchObject({ id: campaignId, reviewerRows: [{ items: 1 }], ledger: [] });
  expect(await listCampaigns(reviewerScope(rob), campaignListParams.parse({}))).toHaveLength(1);
});

it("decides many at once only where they are alike, all or none, with one audit event of their digest", async () => {
  const { campaignId, mia } = await launched();
  const sam = await itemNamed(mia, campaignId, "zed", "read");
  const other = await itemNamed(mia, campaignId, "sam", "write");
  const items = [
    { itemId: sam.id, version: 0 },
    { itemId: other.id, version: 0 },
  ];
  await expect(decideItems(make.ctxOf(mia), { campaignId, items, answer: "keep" })).rejects.toMatchObject({
    code: "PRECONDITION",
    details: { refusals: ["not_alike"] },
  });
  await expect(decideItems(make.ctxOf(mia), { campaignId, items: [{ itemId: sam.id, version: 7 }], answer: "keep" })).rejects.toMatchObject(
    { code: "CONFLICT" },
  );
  const done = await decideItems(make.ctxOf(mia), { campaignId, items: [{ itemId: sam.id, version: 0 }], answer: "keep" });
  const [row] = await reader.rows<{ line: string }>(
    `SELECT item_id::text || ',' || id::text || E'\\n' AS line FROM decisions WHERE item_id = $1::uuid`,
    [sam.id],
  );
  expect(done).toMatchObject({
    items: 1,
    digest: createHash("sha256")
      .update(row?.line ?? "")
      .digest("hex"),
    versions: [{ itemId: sam.id, version: 1 }],
  });
  expect((await make.auditOf("campaign_items.decided")).at(-1)).toMatchObject({ data: { items: 1, digest: done.digest } });
});

it("hands in with a fresh confirmation and the instructions as read; an abstention goes on to the next in the chain", async () => {
  const { campaignId, mia, people } = await launched();
  const abstained = await itemNamed(mia, campaignId, "zed", "read");
  const kept = await itemNamed(mia, campaignId, "sam", "read");
  await decideItem(make.ctxOf(mia), {
    campaignId,
    itemId: abstained.id,
    answer: "abstain",
    rationale: "I do not know the system.",
    version: 0,
  });
  await decideItem(make.ctxOf(mia), { campaignId, itemId: kept.id, answer: "keep", version: 0 });
  await expect(submitDecisions(make.ctxOf(mia), { campaignId, instructionsVersion: 1, ...WORDS })).rejects.toMatchObject({
    code: "STEP_UP_REQUIRED",
  });
  await expect(submitDecisions(make.confirmed(mia), { campaignId, instructionsVersion: 2, ...WORDS })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
  expect(await submitDecisions(make.confirmed(mia), { campaignId, instructionsVersion: 1, ...WORDS })).toMatchObject({
    items: 2,
    returned: 1,
  });
  expect(await getItem(campaignScope(systemActor("test")), campaignId, abstained.id)).toMatchObject({
    state: "ASSIGNED",
    reviewerId: people.boss,
    answer: null,
    assignments: [{ cause: "abstained" }],
  });
  expect(await getItem(campaignScope(systemActor("test")), campaignId, kept.id)).toMatchObject({ state: "SUBMITTED", answer: "keep" });
  await expect(
    decideItem(make.ctxOf(mia), { campaignId, itemId: kept.id, answer: "revoke", rationale: "x y z", version: 2 }),
  ).rejects.toMatchObject({ details: { refusals: ["item_closed"] } });
  await expect(submitDecisions(make.confirmed(mia), { campaignId, instructionsVersion: 1, ...WORDS })).rejects.toThrow(/nothing to submit/);
});

it("lets a reviewer pass an item on three times in all, never back, never to its subject", async () => {
  const { campaignId, mia, people, source } = await launched();
  const item = await itemNamed(mia, campaignId, "zed", "read");
  const move = (user: User, toPersonId: string) =>
    reassignItems(make.ctxOf(user), { campaignId, itemIds: [item.id], toPersonId, reason: "They know it better." });
  await expect(move(mia, people.zed)).rejects.toMatchObject({ details: { refusals: ["self"] } });
  const others = [people.rob, people.fay, people.boss];
  const users = await Promise.all(others.map((personId) => make.makeUser({ personId, roles: ["reviewer"] })));
  await move(mia, people.rob);
  await expect(move(users[0] ?? mia, people.mia)).rejects.toMatchObject({ details: { refusals: ["held_before"] } });
  await expect(move(mia, people.fay)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await move(users[0] ?? mia, people.fay);
  await move(users[1] ?? mia, people.boss);
  const last = await make.makePerson(source);
  await expect(move(users[2] ?? mia, last)).rejects.toMatchObject({ details: { refusals: ["too_many_hops"] } });
});

it("signs off a closed set by its owner, whose items never change again", async () => {
  const { campaignId, owner, second } = await closing({ "sam admin": "revoke" });
  await expect(signOff(make.confirmed(second), { campaignId, ...WORDS })).rejects.toMatchObject({ details: { refusals: ["not_owner"] } });
  await expect(signOff(make.ctxOf(owner), { campaignId, ...WORDS })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
  const signed = await signOff(make.confirmed(owner), { campaignId, ...WORDS });
  expect(signed.counts).toEqual({ items: 6, keep: 5, revoke: 1 });
  const rows = await reader.rows<{ line: string }>(
    `SELECT id::text || ',' || outcome || ',' || decision_id::text || E'\\n' AS line FROM items WHERE campaign_id = $1::uuid ORDER BY id`,
    [campaignId],
  );
  expect(
    createHash("sha256")
      .update(rows.map(({ line }) => line).join(""))
      .digest("hex"),
  ).toBe(signed.digest);
  await expect(reader.rows(`UPDATE items SET outcome = 'KEEP' WHERE campaign_id = $1::uuid`, [campaignId])).rejects.toThrow(/append-only/);
  await expect(reader.rows(`DELETE FROM items WHERE campaign_id = $1::uuid`, [campaignId])).rejects.toThrow(
    /permission denied|append-only/,
  );
  await expect(signOff(make.confirmed(owner), { campaignId, ...WORDS })).rejects.toMatchObject({ code: "PRECONDITION" });
  const jobs = await reader.rows(`SELECT 1 FROM jobs.job WHERE name = 'remediation.plan' AND data ->> 'campaignId' = $1::text`, [
    campaignId,
  ]);
  expect(jobs.length).toBeGreaterThan(0);
});

it("refuses every change of a frozen fact", async () => {
  const { campaignId } = await launched();
  for (const set of [
    "risk_class = 'low'",
    "identity_name = 'x'",
    "change = 'new'",
    "order_key = 1",
    "first_reviewer_id = NULL",
    "last_outcome = 'KEEP'",
  ])
    await expect(reader.rows(`UPDATE items SET ${set} WHERE campaign_id = $1::uuid`, [campaignId])).rejects.toThrow(/append-only/);
  await expect(reader.rows(`UPDATE population_reaches SET reaches = '[]'`)).rejects.toThrow(/permission denied|append-only/);
});

it("counts what was never handed in as unanswered, drafts included, and does not close before the due date", async () => {
  const { campaignId, owner, mia } = await launched();
  const item = await itemNamed(mia, campaignId, "zed", "read");
  await decideItem(make.ctxOf(mia), { campaignId, itemId: item.id, answer: "keep", version: 0 });
  await expect(closeDecisions(make.ctxOf(owner), { campaignId })).rejects.toThrow(/6 items not handed in yet/);
  const late = new Date(Date.now() + 20 * 86_400_000);
  expect(await decideItem(make.ctxOf(mia, late), { campaignId, itemId: item.id, answer: "keep", version: 1 })).toMatchObject({
    isLate: true,
  });
  expect(await closeDecisions(make.ctxOf(owner, late), { campaignId })).toEqual({ decided: 0, unanswered: 6 });
  expect(await signOff(make.confirmed(owner), { campaignId, ...WORDS })).toMatchObject({ counts: { items: 6, unanswered: 6 } });
});

it("reopens one item before the sign-off, and takes its new answer though the campaign is closing", async () => {
  const { campaignId, owner, mia } = await closing({ "zed read": "revoke" });
  const item = await itemNamed(mia, campaignId, "zed", "read");
  await expect(decideItem(make.ctxOf(mia), { campaignId, itemId: item.id, answer: "keep", version: item.version })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
  await reopenItem(make.confirmed(owner), { campaignId, itemId: item.id, reason: "The transfer was called off." });
  await expect(signOff(make.confirmed(owner), { campaignId, ...WORDS })).rejects.toThrow(/1 reopened item/);
  await decideItem(make.ctxOf(mia), { campaignId, itemId: item.id, answer: "keep", version: item.version + 1 });
  await submitDecisions(make.confirmed(mia), { campaignId, instructionsVersion: 1, ...WORDS });
  expect(await getItem(campaignScope(owner), campaignId, item.id)).toMatchObject({
    state: "DECIDED",
    outcome: "KEEP",
    decisions: [{ answer: "keep" }, { answer: "revoke" }],
  });
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
