import { expect, it } from "vitest";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { answerAll, clock, inDays, itemsBy, launchedRounds, type RoundWorld } from "#lib/testing/round-world.ts";
import { advanceRound } from "./commands/advance.ts";
import { closeDecisions } from "./commands/close.ts";
import { reopenItem } from "./commands/reopen.ts";
import { getCampaign } from "./queries.ts";

ownTestDatabase();

const TWO = {
  rounds: [
    { name: "Owners", chain: ["identity_owner" as const, "manager" as const, "fallback" as const], endsDaysBefore: 7 },
    { name: "Independent", chain: ["manager" as const, "resource_owner" as const, "fallback" as const] },
  ],
};
type Row = { reviewer: string; round: number; state: string; outcome: string | null; decided: boolean };
const ROW = `(SELECT name FROM people WHERE id = i.reviewer_id) AS reviewer, i.round, i.state, i.outcome, i.decision_id IS NOT NULL AS decided`;
const rows = ({ campaignId }: RoundWorld) => itemsBy<Row>(campaignId, ROW);

it("asks a machine's owner first, and somebody else about everything in the last round", async () => {
  const all = await launchedRounds(TWO);
  expect(await rows(all)).toMatchObject({ "robot admin": { reviewer: "oli", round: 1 }, "sam admin": { reviewer: "mia", round: 1 } });
  await expect(advanceRound(make.ctxOf(all.owner), { campaignId: all.campaignId })).rejects.toMatchObject({
    details: { refusals: ["round_open"] },
  });
  await expect(closeDecisions(make.ctxOf(all.owner, inDays(15)), { campaignId: all.campaignId })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
  for (const name of ["mia", "oli"] as const) await answerAll(all.users[name], all.campaignId, "keep");
  const advanced = await advanceRound(clock(new Date()), { campaignId: all.campaignId });
  expect(advanced).toMatchObject({ round: 2, decided: 0, handedOn: 7, nobody: 0 });
  const after = await rows(all);
  expect(after["robot admin"]).toMatchObject({ reviewer: "rob", round: 2, state: "ASSIGNED", outcome: null });
  expect(after["sam admin"]).toMatchObject({ reviewer: "rob", round: 2 });
  const page = await getCampaign(campaignScope(all.owner), all.campaignId);
  expect(page?.rounds.map(({ answered, open }) => [answered, open])).toEqual([
    [7, 0],
    [0, 7],
  ]);
  expect(await advanceRound(clock(inDays(30)), { campaignId: all.campaignId })).toBeNull();
  await answerAll(all.users.rob, all.campaignId, "keep");
  await closeDecisions(make.ctxOf(all.owner), { campaignId: all.campaignId });
  expect(new Set(Object.values(await rows(all)).map(({ outcome }) => outcome))).toEqual(new Set(["KEEP"]));
});

it("goes on by itself at the round's date with what is open, and not before", async () => {
  const all = await launchedRounds(TWO);
  expect(await advanceRound(clock(inDays(6)), { campaignId: all.campaignId })).toBeNull();
  expect(await advanceRound(clock(inDays(7.1)), { campaignId: all.campaignId })).toMatchObject({ round: 2, handedOn: 7 });
  expect((await make.auditOf("campaign.advanced")).at(-1)).toMatchObject({ data: { round: 2, unanswered: 7 } });
});

it("lets one revoke win at high risk: it is asked no more, and stands whatever comes", async () => {
  const all = await launchedRounds(TWO);
  await answerAll(all.users.mia, all.campaignId, "revoke");
  await answerAll(all.users.oli, all.campaignId, "keep");
  expect(await advanceRound(clock(new Date()), { campaignId: all.campaignId })).toMatchObject({ decided: 1, handedOn: 6 });
  expect(await rows(all)).toMatchObject({
    "sam admin": { state: "DECIDED", outcome: "REVOKE", round: 1, reviewer: "mia" },
    "sam write": { state: "ASSIGNED", outcome: null, round: 2 },
  });
  await answerAll(all.users.rob, all.campaignId, "keep");
  await closeDecisions(make.ctxOf(all.owner), { campaignId: all.campaignId });
  // At ordinary and low risk the last round's answer follows the first one's.
  expect(await rows(all)).toMatchObject({ "sam admin": { outcome: "REVOKE" }, "sam write": { outcome: "KEEP", round: 2 } });
});

it("keeps a revoke of an earlier round where the last one is silent, and no keep", async () => {
  const all = await launchedRounds({ ...TWO, silence: "unanswered" });
  await answerAll(all.users.mia, all.campaignId, "revoke");
  await answerAll(all.users.oli, all.campaignId, "keep");
  await advanceRound(clock(new Date()), { campaignId: all.campaignId });
  expect(await closeDecisions(make.ctxOf(all.owner, inDays(15)), { campaignId: all.campaignId })).toMatchObject({
    decided: 3,
    unanswered: 3,
  });
  expect(await rows(all)).toMatchObject({
    "sam write": { outcome: "REVOKE", decided: true },
    "robot admin": { outcome: "UNANSWERED", decided: false },
  });
});

it("under all_must_keep takes the first thing that was not a keep, and silence where a round was silent", async () => {
  const all = await launchedRounds({ ...TWO, strategy: "all_must_keep", silence: "unanswered" });
  await answerAll(all.users.mia, all.campaignId, "keep");
  await advanceRound(make.ctxOf(all.owner, inDays(8)), { campaignId: all.campaignId });
  await answerAll(all.users.rob, all.campaignId, "keep");
  await closeDecisions(make.ctxOf(all.owner), { campaignId: all.campaignId });
  expect(await rows(all)).toMatchObject({ "sam write": { outcome: "KEEP" }, "robot admin": { outcome: "UNANSWERED" } });
});

it("asks what an earlier round decided again in the present one, of somebody who never had it", async () => {
  const all = await launchedRounds(TWO);
  await answerAll(all.users.mia, all.campaignId, "revoke");
  await answerAll(all.users.oli, all.campaignId, "keep");
  await advanceRound(clock(new Date()), { campaignId: all.campaignId });
  const [item] = await reader.rows<{ id: string }>(`SELECT id FROM items WHERE campaign_id = $1::uuid AND state = 'DECIDED'`, [
    all.campaignId,
  ]);
  await reopenItem(make.confirmed(all.owner), { campaignId: all.campaignId, itemId: item?.id ?? "", reason: "Looked at it again." });
  expect((await rows(all))["sam admin"]).toMatchObject({ state: "ASSIGNED", round: 2, reviewer: "rob" });
  expect(await reader.rows(`SELECT answer FROM round_answers WHERE item_id = $1::uuid`, [item?.id])).toEqual([{ answer: "revoke" }]);
});

it("keeps one answer an item and round, unchangeable", async () => {
  const all = await launchedRounds(TWO);
  await answerAll(all.users.mia, all.campaignId, "keep");
  await answerAll(all.users.oli, all.campaignId, "keep");
  await Promise.allSettled(Array.from({ length: 4 }, () => advanceRound(make.ctxOf(all.owner), { campaignId: all.campaignId })));
  const [counts] = await reader.rows(
    `SELECT count(*)::int AS answers, count(DISTINCT item_id)::int AS items, (SELECT round FROM campaigns WHERE id = $1::uuid) AS round
     FROM round_answers WHERE campaign_id = $1::uuid`,
    [all.campaignId],
  );
  expect(counts).toEqual({ answers: 7, items: 7, round: 2 });
  await expect(reader.rows(`UPDATE round_answers SET answer = 'revoke' WHERE campaign_id = $1::uuid`, [all.campaignId])).rejects.toThrow();
});
