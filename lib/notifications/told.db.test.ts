import { afterAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/authz/actor.ts";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { inboxScope } from "#lib/authz/scope.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { reassignItems } from "#lib/campaigns/commands/reassign.ts";
import { reopenItem } from "#lib/campaigns/commands/reopen.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { remindByPlan, remindReviewers, settleTold, tellReviewers } from "#lib/campaigns/commands/tell.ts";
import { reader } from "#lib/db/transact.ts";
import { approveException } from "#lib/exceptions/commands/approve.ts";
import { exceptionsDue, turnClock } from "#lib/exceptions/commands/turn-clock.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { tellOfWork } from "#lib/remediation/commands/tell.ts";
import { confirmWrites, requestWrites } from "#lib/remediation/commands/writes.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { asked, inDays, makeApprovers } from "#lib/testing/exceptions.ts";
import * as make from "#lib/testing/factories.ts";
import { answer, launchReview, makeCompany, reviewed } from "#lib/testing/removals.ts";
import { itemNamed, launched, mine } from "#lib/testing/review-world.ts";
import { listInbox } from "./queries.ts";

ownTestDatabase();
afterAll(stopSender);

type User = Extract<Actor, { kind: "user" }>;
const DAY_MS = 86_400_000;
const job = (at = new Date()): Ctx => make.ctxOf(systemActor("test"), at);
/** Nine in the morning, so many days before an instant. */
const morningBefore = (dueAt: Date, days: number): Date => {
  const day = new Date(dueAt.getTime() - days * DAY_MS);
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), 9));
};
const told = async (user: User, show: "all" | "unread" = "all"): Promise<string[]> =>
  (await listInbox(inboxScope(user), show)).map(({ title }) => title).toReversed();
const dueOf = async (campaignId: string): Promise<Date> => {
  const [row] = await reader.rows<{ at: Date }>("SELECT due_at AS at FROM campaigns WHERE id = $1::uuid", [campaignId]);
  return row?.at ?? new Date();
};

describe("of a launch", () => {
  it("each reviewer is told once how many items wait, however often the worker looks, and nobody else", async () => {
    const { mia, rob, owner } = await launched();
    await Promise.all([tellReviewers(job()), tellReviewers(job())]);
    await tellReviewers(job());
    expect(await told(mia)).toEqual(["4 items wait for your answer: Quarterly"]);
    expect(await told(rob)).toEqual([expect.stringMatching(/wait/)]);
    expect(await told(owner)).toEqual([]);
  });

  it("what is handed over is told to its new reviewer, by whom, and nothing more to the old one", async () => {
    const { mia, rob, people, campaignId } = await launched();
    await tellReviewers(job());
    const items = await mine(mia, campaignId);
    const zed = items.filter(({ identityName }) => identityName === "zed").map(({ id }) => id);
    await reassignItems(make.ctxOf(mia), { campaignId, itemIds: zed, toPersonId: people.fay, reason: "She knows it." });
    const fay = await make.makeUser({ personId: people.fay, roles: ["reviewer"] });
    await tellReviewers(job());
    await tellReviewers(job());
    const [row] = await listInbox(inboxScope(fay), "all");
    expect(row?.title).toBe("1 item is yours to decide now: Quarterly");
    expect(row?.body).toContain(`${mia.label} passed it on to you`);
    expect(await told(mia)).toHaveLength(1);
    expect(await told(rob)).toHaveLength(1);
  });

  it("what is reopened is told to its reviewer", async () => {
    const { mia, owner, campaignId } = await launched();
    const { id: itemId } = await itemNamed(mia, campaignId, "zed", "read");
    await tellReviewers(job());
    await handIn(mia, campaignId);
    await reopenItem(make.confirmed(owner), { campaignId, itemId, reason: "Look once more." });
    await tellReviewers(job());
    expect((await told(mia)).at(-1)).toBe("1 item was reopened for you: Quarterly");
  });
});

describe("a reminder", () => {
  it("goes at its day to those with open items only, once, and its count to the owner", async () => {
    const { mia, rob, owner, campaignId } = await launched();
    await handIn(rob, campaignId);
    const dueAt = await dueOf(campaignId);
    await remindByPlan(job(morningBefore(dueAt, 8)));
    expect(await told(mia)).toEqual([]);
    const day = job(morningBefore(dueAt, 7));
    await Promise.all([remindByPlan(day), remindByPlan(day)]);
    await remindByPlan(day);
    expect(await told(mia)).toEqual(["Due in 7 days: 4 open items in Quarterly"]);
    expect(await told(rob)).toEqual([]);
    expect(await told(owner)).toEqual([expect.stringMatching(/^Quarterly is due in 7 days: \d open$/)]);
    await remindByPlan(job(morningBefore(dueAt, 2)));
    expect((await told(mia)).at(-1)).toBe("Due in 2 days: 4 open items in Quarterly");
    const audited = (await make.auditOf("campaign.reminded")).filter(({ subject }) => subject.id === campaignId);
    expect(audited.map(({ data }) => data.days)).toEqual([7, 2]);
  });

  it("comes again before the new date of a campaign that was extended", async () => {
    const { mia, campaignId } = await launched();
    const dueAt = await dueOf(campaignId);
    await remindByPlan(job(morningBefore(dueAt, 7)));
    await reader.rows("UPDATE campaigns SET due_at = due_at + interval '10 days' WHERE id = $1::uuid", [campaignId]);
    await remindByPlan(job(morningBefore(await dueOf(campaignId), 7)));
    expect(await told(mia)).toHaveLength(2);
  });

  it("by hand goes at most once a day to each, from whoever runs the campaign", async () => {
    const { mia, owner, campaignId } = await launched();
    const { told: first } = await remindReviewers(make.ctxOf(owner), { campaignId });
    expect(first).toBeGreaterThan(0);
    expect(await remindReviewers(make.ctxOf(owner), { campaignId })).toEqual({ told: 0 });
    const one = { campaignId, personId: mia.personId };
    expect(await remindReviewers(make.ctxOf(await make.makeUser({ roles: ["campaign_manager"] })), one)).toEqual({ told: 1 });
    await handIn(mia, campaignId);
    await expect(remindReviewers(make.ctxOf(owner), one)).rejects.toMatchObject({ code: "PRECONDITION" });
    await expect(remindReviewers(make.ctxOf(mia), { campaignId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

it("what was handed in is not unread any more, and so not mailed", async () => {
  const { mia, rob, campaignId } = await launched();
  await tellReviewers(job());
  await handIn(mia, campaignId);
  await settleTold(job());
  expect(await told(mia, "unread")).toEqual([]);
  expect(await told(rob, "unread")).toHaveLength(1);
});

it("an exception is told to each approver in turn, to whoever asked once it is decided, and before its end", async () => {
  const company = await makeApprovers();
  const { mia, rob, apa, sec } = company;
  const { exceptionId } = await asked(company, "write");
  expect(await told(rob)).toEqual([expect.stringContaining("An exception waits for your approval")]);
  expect(await told(apa)).toEqual([]);
  await approveException(make.confirmed(rob), { exceptionId, revision: 1 });
  expect(await told(rob, "unread")).toEqual([]);
  expect(await told(apa)).toEqual([expect.stringContaining("An exception waits for your approval")]);
  await approveException(make.confirmed(apa), { exceptionId, revision: 1 });
  expect(await told(apa, "unread")).toEqual([]);
  expect(await told(mia)).toEqual([expect.stringContaining("Your exception was approved")]);
  const soon = job(inDays(8));
  await reader.rows("UPDATE exceptions SET control_due_at = expires_at - interval '1 hour' WHERE id = $1::uuid", [exceptionId]);
  for (const id of await exceptionsDue(soon.now)) if (id === exceptionId) await turnClock(soon, { exceptionId: id });
  expect((await told(mia)).at(-1)).toContain("An exception ends in 14 days");
  expect((await told(sec)).at(-1)).toContain("An exception ends in 14 days");
});

it("a second person is asked for among those who may confirm, urgently, and nobody once it is confirmed", async () => {
  const { source, sec, second } = await makeCompany();
  const request = { sourceId: source.id, config: { user: "writer" }, secret: "writer-secret", reason: "The review is under way." };
  const { requestId } = await requestWrites(make.confirmed(sec), request);
  await tellOfWork(job());
  await tellOfWork(job());
  const [row] = await listInbox(inboxScope(second), "all");
  expect(row).toMatchObject({ urgency: "urgent", path: `/sources/${source.id}` });
  expect(row?.title).toBe(`A second person is needed: Switch a source's writes on, ${source.name}`);
  expect(await told(sec)).not.toContainEqual(expect.stringContaining(source.name));
  await confirmWrites(make.confirmed(second), { requestId });
  await tellOfWork(job());
  expect((await told(second, "unread")).filter((title) => title.includes(source.name))).toEqual([]);
});

it("removals are told to those who approve them, to those who do them, and once a day when they are overdue", async () => {
  const company = await makeCompany();
  const campaignId = await reviewed(company, { admin: "revoke", write: "revoke" });
  await tellOfWork(job());
  await tellOfWork(job());
  const about = async (user: User) => (await told(user)).filter((title) => title.includes(company.source.name));
  const tasks = await reader.rows<{ state: string }>("SELECT state::text AS state FROM remediations WHERE campaign_id = $1::uuid", [
    campaignId,
  ]);
  expect(tasks.every(({ state }) => state === "MANUAL_REQUIRED")).toBe(true);
  expect(await about(company.pat)).toEqual([expect.stringContaining("2 removals wait for somebody's hands")]);
  const late = new Date(Date.now() + 90 * DAY_MS);
  await tellOfWork(job(late));
  await tellOfWork(job(late));
  await tellOfWork(job(new Date(late.getTime() + DAY_MS)));
  expect((await about(company.pat)).filter((title) => title.includes("overdue"))).toHaveLength(2);
  expect((await about(company.owner)).filter((title) => title.includes("overdue"))).toHaveLength(2);
});

it("nobody is told of a campaign that was launched and is over before the worker looked", async () => {
  const company = await makeCompany();
  const campaignId = await launchReview(company);
  await answer(company, campaignId, {});
  await reader.rows("UPDATE campaigns SET state = 'CLOSING', closing_at = now() WHERE id = $1::uuid", [campaignId]);
  await tellReviewers(job());
  expect((await told(company.mia)).filter((title) => title.includes(company.source.name))).toEqual([]);
});

/** Every open item of a reviewer, kept and handed in. */
async function handIn(user: User, campaignId: string): Promise<void> {
  for (const { id: itemId, version } of await mine(user, campaignId))
    await decideItem(make.ctxOf(user), { campaignId, itemId, version, answer: "keep", rationale: "Needed for the work." });
  const attestation = "I looked at each of these and answer for them.";
  await submitDecisions(make.confirmed(user), { campaignId, instructionsVersion: 1, attestation });
}
