import { expect, it } from "vitest";
import { campaignScope, reviewerScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { mine } from "#lib/testing/review-world.ts";
import { answerAll, clock, inDays, itemsBy, launchedRounds, type RoundWorld } from "#lib/testing/round-world.ts";
import { decideItem } from "./commands/decide.ts";
import { followDelegations, revokeDelegation, setDelegation } from "./commands/delegate.ts";
import { getCampaign } from "./queries.ts";
import { previewSubmission } from "./submission.sql.ts";

ownTestDatabase();

const away = (toPersonId: string, from = -0.01, until = 5) => ({
  toPersonId,
  startsAt: inDays(from).toISOString(),
  endsAt: inDays(until).toISOString(),
  reason: "On leave.",
});
const reviewers = async ({ campaignId }: RoundWorld) =>
  Object.fromEntries(
    Object.entries(await itemsBy<{ name: string }>(campaignId, "(SELECT p.name FROM people p WHERE p.id = i.reviewer_id) AS name")).map(
      ([key, row]) => [key, row.name],
    ),
  );
const follow = ({ campaignId }: RoundWorld, at = new Date()) => followDelegations(clock(at), { campaignId });

it("hands what the absent have open to who stands in, from its start, and records on whose behalf they decide", async () => {
  const all = await launchedRounds();
  await setDelegation(make.ctxOf(all.users.mia), away(all.people.ann, 1));
  expect(await follow(all)).toEqual({ items: 0 });
  expect(await follow(all, inDays(1.1))).toEqual({ items: 4 });
  expect(await reviewers(all)).toMatchObject({ "sam write": "ann", "robot admin": "rob" });
  expect(await follow(all, inDays(1.2))).toEqual({ items: 0 });
  expect(await answerAll(all.users.ann, all.campaignId, "keep")).toBe(4);
  expect(
    await reader.rows(`SELECT DISTINCT reviewer_id AS reviewer, on_behalf_of AS behalf FROM decisions WHERE campaign_id = $1::uuid`, [
      all.campaignId,
    ]),
  ).toEqual([{ reviewer: all.people.ann, behalf: all.people.mia }]);
  expect((await getCampaign(campaignScope(all.owner), all.campaignId))?.delegations).toMatchObject([{ personName: "mia", toName: "ann" }]);
});

it("tells who stands in whose each item is, on its row and as it is handed in", async () => {
  const all = await launchedRounds();
  await setDelegation(make.ctxOf(all.users.mia), away(all.people.ann));
  await follow(all);
  const rows = await mine(all.users.ann, all.campaignId);
  expect(rows.filter(({ onBehalfOf }) => onBehalfOf === "mia")).toHaveLength(4);
  expect((await mine(all.users.rob, all.campaignId)).every(({ onBehalfOf }) => onBehalfOf === null)).toBe(true);
  const [first] = rows;
  if (!first) throw new Error("nothing was handed over");
  const answer = { itemId: first.id, version: first.version, answer: "keep", rationale: "Needed." } as const;
  await decideItem(make.ctxOf(all.users.ann), { campaignId: all.campaignId, ...answer });
  expect((await previewSubmission(reviewerScope(all.users.ann), all.campaignId)).onBehalfOf).toEqual([{ name: "mia", items: 1 }]);
});

it("hands nobody their own access, nor what they are not independent of", async () => {
  const all = await launchedRounds();
  await setDelegation(make.ctxOf(all.users.mia), away(all.people.sam));
  await setDelegation(make.ctxOf(all.users.rob), away(all.people.oli));
  expect(await follow(all)).toEqual({ items: 1 });
  expect(await reviewers(all)).toMatchObject({ "sam write": "mia", "zed write": "sam", "robot admin": "rob" });
});

it("goes on to who stands in for the one who stands in, and never round", async () => {
  const all = await launchedRounds();
  await setDelegation(make.ctxOf(all.users.mia), away(all.people.ann));
  await setDelegation(make.ctxOf(all.users.ann), away(all.people.fay));
  await setDelegation(make.ctxOf(all.users.fay), away(all.people.mia));
  for (let times = 0; times < 5; times += 1) await follow(all);
  expect(await reviewers(all)).toMatchObject({ "sam write": "fay", "zed write": "fay" });
});

it("ends when it is taken back, by nobody else, and leaves what was handed over where it is", async () => {
  const all = await launchedRounds();
  const { delegationId } = await setDelegation(make.ctxOf(all.users.mia), away(all.people.ann));
  await follow(all);
  await expect(revokeDelegation(make.ctxOf(all.users.rob), { delegationId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await revokeDelegation(make.ctxOf(all.users.mia), { delegationId });
  await expect(revokeDelegation(make.ctxOf(all.users.mia), { delegationId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await follow(all);
  expect(await reviewers(all)).toMatchObject({ "sam write": "ann" });
  await expect(reader.rows(`UPDATE delegations SET ends_at = now() WHERE id = $1::uuid`, [delegationId])).rejects.toThrow();
});

it("is set once at a time, with dates, to somebody in office", async () => {
  const all = await launchedRounds();
  const set = (input: ReturnType<typeof away>) => setDelegation(make.ctxOf(all.users.mia), input);
  await expect(set(away(all.people.mia))).rejects.toMatchObject({ fields: { toPersonId: expect.anything() } });
  await expect(set(away(all.people.ann, 5, 1))).rejects.toMatchObject({ fields: { endsAt: expect.anything() } });
  const gone = await make.makePerson(all.source, { status: "left" });
  await expect(set(away(gone))).rejects.toMatchObject({ fields: { toPersonId: expect.anything() } });
  const results = await Promise.allSettled([set(away(all.people.ann)), set(away(all.people.fay)), set(away(all.people.rob))]);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});
