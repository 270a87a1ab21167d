import { expect, it } from "vitest";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { reviewerScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { itemNamed, launched, mine, WORDS } from "#lib/testing/review-world.ts";
import { ANSWERS } from "./answers.ts";
import { closeDecisions } from "./commands/close.ts";
import { decideItem, withdrawAnswer } from "./commands/decide.ts";
import { decideItems } from "./commands/decide-many.ts";
import { reopenItem } from "./commands/reopen.ts";
import { submitDecisions } from "./commands/submit.ts";
import { outcomeOfAnswer, outcomeOfAnswerSql } from "./outcome.ts";
import { getItem } from "./queries.ts";

ownTestDatabase();

it("maps every answer to the same outcome in SQL and in the rule", async () => {
  const rows = await reader.rows<{ answer: string; outcome: string }>(
    `SELECT answer, ${outcomeOfAnswerSql("answer")} AS outcome FROM unnest($1::text[]) AS t(answer)`,
    [[...ANSWERS]],
  );
  expect(rows).toEqual(ANSWERS.map((answer) => ({ answer, outcome: outcomeOfAnswer(answer) })));
});

it("keeps what exactly is asked for with the item, the decision and, by its digest, in the log", async () => {
  const { campaignId, mia } = await launched();
  const admin = await itemNamed(mia, campaignId, "sam", "admin");
  const detail = await getItem(reviewerScope(mia), campaignId, admin.id);
  const read = detail?.reaches.find(({ name }) => name === "read")?.id;
  if (!detail || !read) throw new Error("The reach has no id.");
  const given = { campaignId, itemId: admin.id, answer: "reduce", rationale: "Only ever reads.", version: 0 } as const;
  await decideItem(make.ctxOf(mia), { ...given, terms: { answer: "reduce", stays: [read] } });
  const answered = await getItem(reviewerScope(mia), campaignId, admin.id);
  const terms = {
    answer: "reduce",
    stays: [{ id: read, name: "read" }],
    ends: [
      { id: detail.entitlementId, name: "admin" },
      { id: expect.any(String), name: "write" },
    ],
  };
  expect(answered).toMatchObject({ answer: "reduce", terms, decisions: [{ answer: "reduce", terms }] });
  const event = (await make.auditOf("campaign_item.reduced")).at(-1);
  expect(event).toMatchObject({ subject: { id: admin.id }, data: { version: 1, isLate: false } });
  expect(event?.data.termsDigest).toBe(Buffer.from(canonicalDigest(answered?.terms ?? null)).toString("hex"));
  await withdrawAnswer(make.ctxOf(mia), { campaignId, itemId: admin.id, version: 1 });
  expect(await getItem(reviewerScope(mia), campaignId, admin.id)).toMatchObject({ answer: null, terms: null });
});

it("refuses terms that do not go with the answer, an answer that does not fit, and both without touching the item", async () => {
  const { campaignId, mia, rob } = await launched();
  const robot = await itemNamed(rob, campaignId, "robot", "write");
  const zed = await itemNamed(mia, campaignId, "zed", "read");
  const given = { campaignId, itemId: robot.id, rationale: "Why not.", version: 0 };
  const decide = (more: Partial<Parameters<typeof decideItem>[1]> & Pick<Parameters<typeof decideItem>[1], "answer">) =>
    decideItem(make.ctxOf(rob), { ...given, ...more });
  await expect(decide({ answer: "retire" })).rejects.toMatchObject({ code: "INVALID", fields: { terms: expect.anything() } });
  await expect(decide({ answer: "retire", terms: { answer: "split" } })).rejects.toMatchObject({ code: "INVALID" });
  await expect(decide({ answer: "keep", terms: { answer: "split" } })).rejects.toMatchObject({ code: "INVALID" });
  await expect(decide({ answer: "rotate", terms: { answer: "rotate" } })).rejects.toMatchObject({ code: "INVALID" });
  await expect(decide({ answer: "reduce", terms: { answer: "reduce", stays: [robot.id] } })).rejects.toMatchObject({
    code: "PRECONDITION",
    details: { refusals: ["does_not_fit"] },
  });
  await expect(
    decideItem(make.ctxOf(mia), { ...given, itemId: zed.id, answer: "retire", terms: { answer: "retire" } }),
  ).rejects.toMatchObject({ code: "PRECONDITION", details: { refusals: ["does_not_fit"] } });
  await expect(decide({ answer: "retire", terms: { answer: "retire" }, rationale: "" })).rejects.toMatchObject({ code: "INVALID" });
  expect((await itemNamed(rob, campaignId, "robot", "write")).version).toBe(0);
  await decide({ answer: "retire", terms: { answer: "retire" } });
  expect((await make.auditOf("campaign_item.retirement_asked")).at(-1)).toMatchObject({ subject: { id: robot.id } });
});

it("hands terms in, decides by them at closing, and drops them when the item is opened again", async () => {
  const { campaignId, mia, rob, owner, people } = await launched();
  const robot = await itemNamed(rob, campaignId, "robot", "write");
  const terms = { answer: "re_own", ownerId: people.zed, backupOwnerId: people.fay } as const;
  await decideItem(make.ctxOf(rob), { campaignId, itemId: robot.id, answer: "re_own", terms, rationale: "Sam moved on.", version: 0 });
  await submitDecisions(make.confirmed(rob), { campaignId, instructionsVersion: 1, ...WORDS });
  for (const row of await mine(mia, campaignId))
    await decideItem(make.ctxOf(mia), { campaignId, itemId: row.id, answer: "keep", rationale: "Needed.", version: 0 });
  await submitDecisions(make.confirmed(mia), { campaignId, instructionsVersion: 1, ...WORDS });
  const read = async () =>
    (
      await reader.rows(`SELECT state::text AS state, answer, outcome, terms FROM items WHERE campaign_id = $1::uuid AND id = $2::uuid`, [
        campaignId,
        robot.id,
      ])
    )[0];
  const kept = { answer: "re_own", owner: { id: people.zed, name: "Zed" }, backupOwner: { id: people.fay, name: "Fay" } };
  await closeDecisions(make.ctxOf(owner, new Date(Date.now() + 30 * 86_400_000)), { campaignId });
  expect(await read()).toEqual({ state: "DECIDED", answer: "re_own", outcome: "MACHINE_ACTION", terms: kept });
  await reopenItem(make.confirmed(owner), { campaignId, itemId: robot.id, reason: "Ask once more." });
  expect(await read()).toEqual({ state: "ASSIGNED", answer: null, outcome: null, terms: null });
});

it("answers many at once only by what needs no terms", async () => {
  const { campaignId, rob } = await launched();
  const robot = await itemNamed(rob, campaignId, "robot", "write");
  const items = [{ itemId: robot.id, version: 0 }];
  await expect(decideItems(make.ctxOf(rob), { campaignId, items, answer: "retire" as "keep", rationale: "x" })).rejects.toThrow();
});
