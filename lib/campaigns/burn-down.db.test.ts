import { expect, it } from "vitest";
import { campaignScope, reviewerScope } from "#lib/authz/scope.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { closing, launched, mine, WORDS, world } from "#lib/testing/review-world.ts";
import { burnDown } from "./burn-down.sql.ts";
import { listHolders, readCampaignHead } from "./campaign-head.sql.ts";
import { decideItem, withdrawAnswer } from "./commands/decide.ts";
import { submitDecisions } from "./commands/submit.ts";
import { burnDownPoints } from "./series.ts";

ownTestDatabase();

it("has no course before the launch, and none for a reviewer", async () => {
  const { campaignId, owner } = await world();
  expect(await burnDown(campaignScope(owner), campaignId)).toBeNull();
  const running = await launched();
  expect(await burnDown(reviewerScope(running.mia), running.campaignId)).toBeNull();
});

it("counts an item's first answer once, however often it was answered, and handing in apart from it", async () => {
  const { campaignId, owner, mia } = await launched();
  const [row] = await mine(mia, campaignId);
  if (!row) throw new Error("mia has no item");
  const answer = { campaignId, itemId: row.id, rationale: "Looked at it." };
  const { version } = await decideItem(make.ctxOf(mia), { ...answer, answer: "keep", version: row.version });
  const withdrawn = await withdrawAnswer(make.ctxOf(mia), { campaignId, itemId: row.id, version });
  await decideItem(make.ctxOf(mia), { ...answer, answer: "revoke", version: withdrawn.version });

  const before = await burnDown(campaignScope(owner), campaignId);
  expect(before).toMatchObject({ items: 6, zone: "UTC" });
  expect(before?.steps.map(({ answered, handedIn }) => [answered, handedIn])).toEqual([[1, 0]]);

  await submitDecisions(make.confirmed(mia), { campaignId, instructionsVersion: 1, ...WORDS });
  const after = await burnDown(campaignScope(owner), campaignId);
  const total = (of: "answered" | "handedIn") => after?.steps.reduce((sum, step) => sum + step[of], 0);
  expect([total("answered"), total("handedIn")]).toEqual([1, 1]);
});

it("comes down to nothing left once everything was handed in, and stops where decisions stopped", async () => {
  const { campaignId, owner } = await closing();
  const found = await burnDown(campaignScope(owner), campaignId);
  if (!found) throw new Error("no course");
  const last = burnDownPoints(found).findLast(({ open }) => open !== null);
  expect(last).toMatchObject({ open: 0, unanswered: 0, at: Date.parse(found.until) });
});

it("tells who holds items by name, and nothing of it to a reviewer", async () => {
  const { campaignId, owner, mia } = await launched();
  expect((await listHolders(campaignScope(owner), campaignId)).map(({ name }) => name)).toEqual(["Boss", "Mia", "Rob"]);
  expect(await listHolders(reviewerScope(mia), campaignId)).toEqual([]);
  expect(await readCampaignHead(campaignScope(owner), campaignId)).toMatchObject({
    name: "Quarterly",
    state: "ACTIVE",
    ownerUserId: owner.userId,
  });
  expect(await readCampaignHead(reviewerScope(mia), campaignId)).toBeNull();
});
