import { expect, it } from "vitest";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { WORDS } from "#lib/testing/review-world.ts";
import { answerAll, clock, inDays, itemsBy, launchedRounds, type RoundWorld } from "#lib/testing/round-world.ts";
import { archiveCampaign } from "./commands/archive.ts";
import { closeDecisions } from "./commands/close.ts";
import { escalateItems } from "./commands/escalate.ts";
import { confirmExtension, requestExtension } from "./commands/extend.ts";
import { confirmCorrection, requestCorrection, startChildCampaign } from "./commands/follow-up.ts";
import { signOff } from "./commands/sign-off.ts";
import { getCampaign } from "./queries.ts";

ownTestDatabase();

const reason = "It has to be.";
const QUIET = { silence: "unanswered", escalateDaysBefore: null } as const;

/** mia kept her four; nobody answered the other three. */
async function closed(): Promise<RoundWorld> {
  const all = await launchedRounds(QUIET);
  await answerAll(all.users.mia, all.campaignId, "keep");
  await closeDecisions(make.ctxOf(all.owner, inDays(15)), { campaignId: all.campaignId });
  await signOff(make.confirmed(all.owner), { campaignId: all.campaignId, ...WORDS });
  await planRemediations(clock(new Date()), { campaignId: all.campaignId });
  await reader.rows(`UPDATE campaigns SET state = 'CLOSED' WHERE id = $1::uuid`, [all.campaignId]);
  return all;
}

it("moves every due date by an extension that two people agreed to, and asks upwards anew before the later one", async () => {
  const all = await launchedRounds({
    rounds: [
      { name: "One", chain: ["manager", "resource_owner"], endsDaysBefore: 7 },
      { name: "Two", chain: ["resource_owner", "fallback"] },
    ],
  });
  const later = inDays(20).toISOString();
  const ask = (dueAt: string) => requestExtension(make.ctxOf(all.owner), { campaignId: all.campaignId, dueAt, reason });
  await expect(ask(inDays(3).toISOString())).rejects.toMatchObject({ fields: { dueAt: expect.anything() } });
  const { requestId } = await ask(later);
  await expect(confirmExtension(make.confirmed(all.owner), { requestId })).rejects.toMatchObject({ details: { refusal: "same_user" } });
  await expect(confirmExtension(make.ctxOf(all.second), { requestId })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
  expect(await confirmExtension(make.confirmed(all.second), { requestId })).toEqual({ dueAt: later });
  const [dates] = await reader.rows<{ days: number }>(
    `SELECT round(extract(epoch FROM c.due_at - i.due_at) / 86400)::int AS days FROM campaigns c JOIN items i ON i.campaign_id = c.id WHERE c.id = $1::uuid LIMIT 1`,
    [all.campaignId],
  );
  expect(dates).toEqual({ days: 7 });
  expect((await make.auditOf("campaign.extended")).at(-1)).toMatchObject({ data: { requestId, to: later } });
  expect(await escalateItems(clock(inDays(14)), { campaignId: all.campaignId })).toBeNull();
});

it("locks an archived campaign against every change", async () => {
  const all = await closed();
  await archiveCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId, reason });
  await expect(archiveCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId, reason })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
  await expect(reader.rows(`UPDATE campaigns SET name = 'x' WHERE id = $1::uuid`, [all.campaignId])).rejects.toThrow();
  await expect(reader.rows(`UPDATE items SET state = 'ASSIGNED' WHERE campaign_id = $1::uuid`, [all.campaignId])).rejects.toThrow();
  expect(await getCampaign(campaignScope(all.owner), all.campaignId)).toMatchObject({ state: "ARCHIVED" });
});

it("asks again in a child what nobody decided, once, from an archived campaign too, and nothing that was decided", async () => {
  const all = await closed();
  await archiveCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId, reason });
  const ask = () => startChildCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId, dueAt: inDays(7).toISOString() });
  const child = await ask();
  expect(child).toMatchObject({ state: "ACTIVE" });
  const parents = await itemsBy<{ id: string }>(all.campaignId, "i.id");
  const children = await itemsBy<{ follows_item_id: string; state: string }>(child.campaignId, "i.follows_item_id, i.state");
  expect(children).toEqual(
    Object.fromEntries(
      ["glass admin", "robot admin", "spare admin"].map((key) => [key, { follows_item_id: parents[key]?.id, state: "ASSIGNED" }]),
    ),
  );
  await expect(ask()).rejects.toMatchObject({ details: { refusals: ["nothing_left"] } });
});

it("takes a final decision anew only as a new item, linked, that a second person agreed to", async () => {
  const all = await closed();
  const items = await itemsBy<{ id: string; outcome: string; version: number }>(all.campaignId, "i.id, i.outcome, i.version");
  const itemId = items["sam write"]?.id ?? "";
  const { requestId } = await requestCorrection(make.ctxOf(all.owner), { campaignId: all.campaignId, itemId, reason });
  expect((await getCampaign(campaignScope(all.second), all.campaignId))?.requests).toMatchObject([
    { id: requestId, action: "campaign_item.correct" },
  ]);
  await expect(confirmCorrection(make.confirmed(all.owner), { requestId })).rejects.toMatchObject({ details: { refusal: "same_user" } });
  const made = await confirmCorrection(make.confirmed(all.second), { requestId });
  expect(made).toMatchObject({ state: "ACTIVE", items: [{ followsItemId: itemId }] });
  expect((await itemsBy(all.campaignId, "i.id, i.outcome, i.version"))["sam write"]).toEqual(items["sam write"]);
  await answerAll(all.users.mia, made.campaignId, "revoke");
  expect(Object.values(await itemsBy(made.campaignId, "i.answer, i.state"))).toEqual([{ answer: "revoke", state: "SUBMITTED" }]);
  expect((await make.auditOf("campaign_item.correction_confirmed")).at(-1)).toMatchObject({
    data: { requestId, followUpCampaignId: made.campaignId },
  });
});
