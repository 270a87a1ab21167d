import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import { campaignScope, reviewerScope } from "#lib/authz/scope.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { closing, itemNamed, launched, mine, type User, WORDS } from "#lib/testing/review-world.ts";
import { closeDecisions } from "./commands/close.ts";
import { decideItem, withdrawAnswer } from "./commands/decide.ts";
import { decideItems } from "./commands/decide-many.ts";
import { moveStranded } from "./commands/follow.ts";
import { reassignItems } from "./commands/reassign.ts";
import { reopenItem } from "./commands/reopen.ts";
import { signOff } from "./commands/sign-off.ts";
import { submitDecisions } from "./commands/submit.ts";
import { readCompact } from "./compact.ts";
import { getCampaign, getItem, listCampaigns, listMyReviews, reviewItemsJson } from "./queries.ts";
import { campaignListParams } from "./schema.ts";

ownTestDatabase();

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
  // Each call's own transaction holds a connection while its refusal is recorded: more at once than there are must not wait for each other.
  const many = Array.from({ length: 30 }, () => transactPg(make.ctxOf(sam), (_tx, inner) => decideItem(inner, attempt)));
  const codes = (await Promise.allSettled(many)).map((result) => (result.status === "rejected" ? result.reason.code : "ok"));
  expect(codes).toEqual(Array(30).fill("FORBIDDEN"));
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
  expect(await reader.rows(`SELECT reviewer FROM submissions WHERE campaign_id = $1::uuid`, [campaignId])).toEqual([
    { reviewer: { name: "Mia", title: "Engineer", department: "Platform", managerId: people.boss, managerName: "Boss", status: "active" } },
  ]);
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
  expect(await closeDecisions(make.ctxOf(owner, late), { campaignId })).toMatchObject({
    decided: 0,
    unanswered: 5,
    bySilence: { suspend: 1 },
  });
  expect(await signOff(make.confirmed(owner), { campaignId, ...WORDS })).toMatchObject({ counts: { items: 6, unanswered: 5, suspend: 1 } });
});

it("reopens one item before the sign-off, and takes its new answer though the campaign is closing", async () => {
  const { campaignId, owner, mia } = await closing({ "zed read": "revoke" });
  const item = await itemNamed(mia, campaignId, "zed", "read");
  await expect(decideItem(make.ctxOf(mia), { campaignId, itemId: item.id, answer: "keep", version: item.version })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
  await reopenItem(make.confirmed(owner), { campaignId, itemId: item.id, reason: "The transfer was called off." });
  await expect(signOff(make.confirmed(owner), { campaignId, ...WORDS })).rejects.toThrow(/1 item, reopened/);
  await decideItem(make.ctxOf(mia), { campaignId, itemId: item.id, answer: "keep", version: item.version + 1 });
  await submitDecisions(make.confirmed(mia), { campaignId, instructionsVersion: 1, ...WORDS });
  expect(await getItem(campaignScope(owner), campaignId, item.id)).toMatchObject({
    state: "DECIDED",
    outcome: "KEEP",
    decisions: [{ answer: "keep" }, { answer: "revoke" }],
  });
});
