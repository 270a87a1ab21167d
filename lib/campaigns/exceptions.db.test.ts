import { describe, expect, it } from "vitest";
import { campaignScope, reviewerScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { rejectException } from "#lib/exceptions/commands/answer.ts";
import { approveException } from "#lib/exceptions/commands/approve.ts";
import { recordTest } from "#lib/exceptions/commands/record-test.ts";
import { revokeException } from "#lib/exceptions/commands/revoke.ts";
import { turnClock } from "#lib/exceptions/commands/turn-clock.ts";
import { withdrawException } from "#lib/exceptions/commands/withdraw.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import {
  type Approvers,
  asked,
  askIn,
  closeAndSignOff,
  exceptionOf,
  historyOf,
  inDays,
  jobsOf,
  makeApprovers,
  termsFor,
} from "#lib/testing/exceptions.ts";
import * as make from "#lib/testing/factories.ts";
import { job, launchReview } from "#lib/testing/removals.ts";
import { decideItem, withdrawAnswer } from "./commands/decide.ts";
import { reopenItem } from "./commands/reopen.ts";
import { reopenCovered } from "./commands/reopen-covered.ts";
import { requestItemException } from "./commands/request-exception.ts";
import { getExceptionImpact, getItem, listReviewItems } from "./queries.ts";
import { itemListParams } from "./schema.ts";

ownTestDatabase();

async function activate(company: Approvers, exceptionId: string): Promise<void> {
  for (const user of [company.rob, company.apa]) await approveException(make.confirmed(user), { exceptionId, revision: 1 });
}

/** The newest job of the exception, delivered three times as a queue may. */
async function deliver(exceptionId: string) {
  const given = (await jobsOf(exceptionId)).at(-1);
  if (!given) throw new Error("no job");
  const results = [];
  for (let times = 0; times < 3; times += 1) results.push(await reopenCovered(job(), given));
  return results;
}

const itemOf = (company: Approvers, campaignId: string, itemId: string) => getItem(campaignScope(company.owner), campaignId, itemId);

describe("asking for an exception as a decision", () => {
  it("is a draft like any other until it is handed in, and undone like any other", async () => {
    const company = await makeApprovers();
    const campaignId = await launchReview(company);
    const { rows } = await listReviewItems(reviewerScope(company.mia), campaignId, itemListParams.parse({}));
    const item = rows.find(({ entitlementName }) => entitlementName === "admin");
    const itemId = item?.id ?? "";
    const decide = (more: object) =>
      decideItem(make.ctxOf(company.mia), { campaignId, itemId, version: 0, answer: "exception_requested", exception: null, ...more });
    await expect(decide({})).rejects.toMatchObject({ code: "INVALID", fields: { exception: expect.anything() } });
    await expect(decide({ answer: "keep", rationale: "Needed.", exception: termsFor(company) })).rejects.toMatchObject({ code: "INVALID" });
    const { version } = await decide({ exception: termsFor(company) });
    expect(await itemOf(company, campaignId, itemId)).toMatchObject({ state: "DRAFTED", answer: "exception_requested", exception: null });
    expect(await reader.rows("SELECT FROM exceptions WHERE campaign_id = $1::uuid", [campaignId])).toEqual([]);
    await withdrawAnswer(make.ctxOf(company.mia), { campaignId, itemId, version });
    expect(await itemOf(company, campaignId, itemId)).toMatchObject({ state: "ASSIGNED", answer: null });
    expect((await make.auditOf("campaign_item.exception_requested")).at(-1)).toMatchObject({ subject: { id: itemId } });
  });

  it("shows before it is sent what stays, what it covers and who is asked", async () => {
    const company = await makeApprovers();
    const { campaignId, itemId } = await asked(company, "team");
    await launchReview(company);
    const impact = await getExceptionImpact(campaignScope(company.owner), company.mia, campaignId, itemId);
    expect(impact).toMatchObject({
      label: "sam: team",
      reachNames: ["read"],
      chain: ["resource_owner", "exception_approver"],
      resourceOwnerName: "Rob",
      hiddenItems: 0,
      existing: { state: "IN_APPROVAL" },
    });
    expect(impact?.items).toHaveLength(2);
    expect(await getExceptionImpact(reviewerScope(company.rob), company.rob, campaignId, itemId)).toBeNull();
  });

  it("rests a second request on the exception that is there", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await asked(company, "read");
    const second = await askIn(company, await launchReview(company), "read");
    expect(second.exceptionId).toBe(exceptionId);
    expect(await historyOf(exceptionId)).toEqual(["SUBMITTED", "IN_APPROVAL"]);
  });

  it("is asked from an item's page too, once, by whoever sees the item", async () => {
    const company = await makeApprovers();
    const campaignId = await launchReview(company);
    const [item] = await reader.rows<{ id: string }>("SELECT id FROM items WHERE campaign_id = $1::uuid AND grant_id = $2::uuid", [
      campaignId,
      company.grants.write,
    ]);
    const input = { campaignId, itemId: item?.id ?? "", exception: termsFor(company) };
    const { exceptionId } = await requestItemException(make.ctxOf(company.sec), input);
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "IN_APPROVAL" });
    await expect(requestItemException(make.ctxOf(company.sec), input)).rejects.toMatchObject({ code: "PRECONDITION" });
    await expect(requestItemException(make.ctxOf(company.rob), input)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await itemOf(company, campaignId, input.itemId)).toMatchObject({ state: "ASSIGNED", answer: null });
  });
});

describe("a request that is not granted", () => {
  it.each(["rejected", "withdrawn"] as const)("gives the item to the next eligible when it is %s", async (how) => {
    const company = await makeApprovers();
    const { campaignId, itemId, exceptionId } = await asked(company, "admin");
    if (how === "rejected") {
      await rejectException(make.ctxOf(company.rob), { exceptionId, revision: 1, reason: "Take it away instead." });
    } else await withdrawException(make.ctxOf(company.mia), { exceptionId, reason: "It is not needed." });
    expect(await deliver(exceptionId)).toEqual([{ items: 1, followUpCampaignId: null }, NOTHING, NOTHING]);
    expect(await itemOf(company, campaignId, itemId)).toMatchObject({
      state: "ASSIGNED",
      answer: null,
      reviewerId: company.people.rob,
      assignments: [{ cause: "exception_refused" }],
    });
    expect((await make.auditOf("campaign_item.exception_ended")).filter(({ subject }) => subject.id === itemId)).toMatchObject([
      { data: { exceptionId, cause: how, toPersonId: company.people.rob } },
    ]);
  });

  it("comes back as a micro-campaign where the item was signed off meanwhile", async () => {
    const company = await makeApprovers();
    const { campaignId, itemId, exceptionId } = await asked(company, "admin");
    await closeAndSignOff(company, campaignId);
    expect(await itemOf(company, campaignId, itemId)).toMatchObject({ state: "FINAL", outcome: "EXCEPTION_REQUESTED" });
    await rejectException(make.ctxOf(company.rob), { exceptionId, revision: 1, reason: "Take it away instead." });
    const [first, ...again] = await deliver(exceptionId);
    expect(again).toEqual([NOTHING, NOTHING]);
    expect(await sequelsOf(itemId)).toEqual([{ campaignId: first?.followUpCampaignId, state: "ACTIVE", grantId: company.grants.admin }]);
  });

  it("falls with the item that its owner reopens", async () => {
    const company = await makeApprovers();
    const { campaignId, itemId, exceptionId } = await asked(company, "read");
    await reopenItem(make.confirmed(company.owner), { campaignId, itemId, reason: "Asked for the wrong access." });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "WITHDRAWN" });
    expect(await deliver(exceptionId)).toEqual([{ items: 0, followUpCampaignId: null }, NOTHING, NOTHING]);
    expect(await itemOf(company, campaignId, itemId)).toMatchObject({ state: "ASSIGNED", reviewerId: company.people.mia });
  });
});

const NOTHING = { items: 0, followUpCampaignId: null };
const sequelsOf = (itemId: string) =>
  reader.rows(
    `SELECT i.campaign_id AS "campaignId", c.state::text AS state, i.grant_id AS "grantId" FROM items i JOIN campaigns c ON c.id = i.campaign_id
     WHERE i.follows_item_id = $1::uuid`,
    [itemId],
  );

describe("cover that lapses", () => {
  const LAPSES: Record<string, (company: Approvers, exceptionId: string) => Promise<unknown>> = {
    expired: (_company, exceptionId) => turnClock(make.ctxOf(job().actor, inDays(21)), { exceptionId }),
    revoked: (company, exceptionId) => revokeException(make.ctxOf(company.rob), { exceptionId, reason: "The risk has grown." }),
    suspended: (company, exceptionId) =>
      recordTest(make.ctxOf(company.sec), { exceptionId, result: "failed", evidence: "Nobody had read the log." }),
  };

  it.each(Object.keys(LAPSES))("%s: gives a handed-in item back to its reviewer, once", async (how) => {
    const company = await makeApprovers();
    const { campaignId, itemId, exceptionId } = await asked(company, "admin");
    await activate(company, exceptionId);
    await LAPSES[how]?.(company, exceptionId);
    expect(await deliver(exceptionId)).toEqual([{ items: 1, followUpCampaignId: null }, NOTHING, NOTHING]);
    expect(await itemOf(company, campaignId, itemId)).toMatchObject({
      state: "ASSIGNED",
      answer: null,
      reviewerId: company.people.mia,
      assignments: [{ cause: "exception_lapsed" }],
    });
    expect((await historyOf(exceptionId)).filter((kind) => kind === "REOPENED")).toHaveLength(1);
  });

  it.each(Object.keys(LAPSES))("%s: puts what was signed off under review again, as one linked item", async (how) => {
    const company = await makeApprovers();
    const { campaignId, itemId, exceptionId } = await asked(company, "admin");
    await activate(company, exceptionId);
    await closeAndSignOff(company, campaignId);
    await LAPSES[how]?.(company, exceptionId);
    await deliver(exceptionId);
    expect(await sequelsOf(itemId)).toMatchObject([{ state: "ACTIVE", grantId: company.grants.admin }]);
    expect((await make.auditOf("campaign_item.followed_up")).at(-1)).toMatchObject({
      data: { followsItemId: itemId, cause: `exception_${how}` },
    });
  });

  it("asks again about what a later review kept under it, and is shown there while it lasts", async () => {
    const company = await makeApprovers();
    const { campaignId, exceptionId } = await asked(company, "read");
    await activate(company, exceptionId);
    await closeAndSignOff(company, campaignId);
    const later = await launchReview(company);
    const { rows } = await listReviewItems(reviewerScope(company.mia), later, itemListParams.parse({}));
    const item = rows.find(({ entitlementName }) => entitlementName === "read");
    expect(item?.exception).toMatchObject({
      id: exceptionId,
      state: "ACTIVE",
      activeAt: expect.any(String),
      expiresAt: expect.any(String),
    });
    expect(rows.filter(({ exception }) => exception)).toHaveLength(1);
    await revokeException(make.ctxOf(company.rob), { exceptionId, reason: "The risk has grown." });
    // Nobody has answered there yet: it is open already, and no other campaign asks the same.
    expect(await deliver(exceptionId)).toEqual([NOTHING, NOTHING, NOTHING]);
    expect(await itemOf(company, later, item?.id ?? "")).toMatchObject({ state: "ASSIGNED", exception: null });
  });

  it("reopens nothing where it is in force again before the job comes", async () => {
    const company = await makeApprovers();
    const { campaignId, itemId, exceptionId } = await asked(company, "admin");
    await activate(company, exceptionId);
    await LAPSES.suspended?.(company, exceptionId);
    const suspended = (await jobsOf(exceptionId)).at(-1);
    await recordTest(make.ctxOf(company.sec), {
      exceptionId,
      result: "passed",
      evidence: "Read the log of the week.",
      nextDueAt: inDays(12).toISOString(),
    });
    if (!suspended) throw new Error("no job");
    expect(await reopenCovered(job(), suspended)).toEqual(NOTHING);
    expect(await itemOf(company, campaignId, itemId)).toMatchObject({ state: "SUBMITTED" });
  });
});
