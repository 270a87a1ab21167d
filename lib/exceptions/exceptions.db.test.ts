import { describe, expect, it } from "vitest";
import { campaignScope } from "#lib/authz/scope.ts";
import { getItem } from "#lib/campaigns/queries.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { type Approvers, asked, exceptionOf, historyOf, inDays, makeApprovers, termsFor } from "#lib/testing/exceptions.ts";
import * as make from "#lib/testing/factories.ts";
import { job, laterRun } from "#lib/testing/removals.ts";
import { rejectException, requestChanges } from "./commands/answer.ts";
import { approveException } from "./commands/approve.ts";
import { followInventory } from "./commands/follow-inventory.ts";
import { recordTest } from "./commands/record-test.ts";
import { requestRenewal } from "./commands/renew.ts";
import { changeException } from "./commands/request.ts";
import { revokeException } from "./commands/revoke.ts";
import { turnClock } from "./commands/turn-clock.ts";
import { withdrawException } from "./commands/withdraw.ts";

ownTestDatabase();

const codeOf = (result: PromiseSettledResult<unknown>) => (result.status === "fulfilled" ? "ok" : result.reason.code);
const approve = (user: Approvers["rob"], exceptionId: string, revision = 1) =>
  approveException(make.confirmed(user), { exceptionId, revision });

async function active(company: Approvers, entitlement: keyof Approvers["grants"] = "read") {
  const made = await asked(company, entitlement);
  await approve(company.rob, made.exceptionId);
  await approve(company.apa, made.exceptionId);
  return made;
}

describe("an exception", () => {
  it("is asked for when the reviewer hands in, and is active with the last of its chain's approvals", async () => {
    const company = await makeApprovers();
    const { campaignId, itemId, exceptionId } = await asked(company, "admin");
    expect(await getItem(campaignScope(company.owner), campaignId, itemId)).toMatchObject({
      state: "SUBMITTED",
      answer: "exception_requested",
      rationale: termsFor(company).rationale,
      exception: { id: exceptionId, state: "IN_APPROVAL", activeAt: null },
    });
    expect(await approve(company.rob, exceptionId)).toEqual({ step: "resource_owner", state: "IN_APPROVAL" });
    expect(await approve(company.apa, exceptionId)).toEqual({ step: "exception_approver", state: "ACTIVE" });
    expect(await historyOf(exceptionId)).toEqual(["SUBMITTED", "IN_APPROVAL", "APPROVAL", "APPROVAL", "APPROVED", "ACTIVE"]);
    expect((await make.auditOf("exception.step_approved")).map(({ data }) => data.stepUpMethod)).toContain("password");
    expect(await getItem(campaignScope(company.owner), campaignId, itemId)).toMatchObject({ exception: { state: "ACTIVE" } });
  });

  it("is never approved by who asked, holds or owns the access, by another user of theirs, or by somebody nobody knows", async () => {
    const company = await makeApprovers();
    await reader.rows("UPDATE identities SET owner_id = $2::uuid WHERE id = $1::uuid", [company.identityId, company.apa.personId]);
    const { exceptionId } = await asked(company, "read");
    const roles = ["exception_approver"] as const;
    const other = await make.makeUser({ personId: company.people.mia, roles });
    const holder = await make.makeUser({ personId: company.people.sam, roles });
    const nobody = await make.makeUser({ roles });
    for (const [user, refusal] of [
      [other, "requester"],
      [holder, "beneficiary"],
      [company.apa, "beneficiary"],
      [nobody, "nobody"],
    ] as const)
      await expect(approve(user, exceptionId)).rejects.toMatchObject({
        code: "PRECONDITION",
        details: { refusals: expect.arrayContaining([refusal]) },
      });
    await expect(approve(company.mia, exceptionId)).rejects.toMatchObject({ details: { refusals: expect.arrayContaining(["requester"]) } });
    expect((await make.auditOf("exception.refused")).filter(({ subject }) => subject.id === exceptionId)).toHaveLength(4);
    await expect(approveException(make.ctxOf(company.rob), { exceptionId, revision: 1 })).rejects.toMatchObject({
      code: "STEP_UP_REQUIRED",
    });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "IN_APPROVAL" });
  });

  it("takes two people at high and critical risk, whoever owns the resource", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await asked(company, "admin");
    const rob = await make.makeUser({ personId: company.people.rob, roles: ["exception_approver"] });
    await approve(rob, exceptionId);
    await expect(approve(rob, exceptionId)).rejects.toMatchObject({ details: { refusals: expect.arrayContaining(["already_approved"]) } });
    await approve(company.ben, exceptionId);
    const lower = await makeApprovers();
    const read = await asked(lower, "read");
    const owner = await make.makeUser({ personId: lower.people.rob, roles: ["exception_approver"] });
    await approve(owner, read.exceptionId);
    expect(await approve(owner, read.exceptionId)).toMatchObject({ state: "ACTIVE" });
  });

  it("goes back for other terms, which the chain reads from its beginning", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await asked(company, "read");
    await approve(company.rob, exceptionId);
    await requestChanges(make.ctxOf(company.apa), { exceptionId, revision: 1, reason: "Name a control that can be tested." });
    const terms = termsFor(company, { control: "Two people sign each use." });
    await expect(changeException(make.ctxOf(company.pat), { exceptionId, terms })).rejects.toMatchObject({ code: "PRECONDITION" });
    await changeException(make.ctxOf(company.mia), { exceptionId, terms });
    await expect(approve(company.rob, exceptionId, 1)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await approve(company.rob, exceptionId, 2)).toMatchObject({ step: "resource_owner" });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "IN_APPROVAL", revision: 2 });
    await rejectException(make.ctxOf(company.apa), { exceptionId, revision: 2, reason: "The risk is too high for it." });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "REJECTED" });
  });

  it("is held to the cap of its risk class, and to a control that is tested in its time", async () => {
    const company = await makeApprovers();
    await expect(asked(company, "admin", { expiresAt: inDays(31).toISOString() })).rejects.toMatchObject({
      code: "INVALID",
      fields: { expiresAt: "At critical risk an exception lasts 30 days at most." },
    });
    const late = { controlDueAt: inDays(25).toISOString() };
    await expect(asked(await makeApprovers(), "read", late)).rejects.toMatchObject({ fields: { controlDueAt: expect.anything() } });
  });

  it("is renewed by the whole chain, the third time by somebody new to it, and ends at its date whatever renewal is pending", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await active(company);
    const more = { exceptionId, expiresAt: inDays(30).toISOString(), rationale: "The close goes on." };
    await expect(requestRenewal(make.ctxOf(company.pat), more)).rejects.toMatchObject({ details: { refusals: ["not_concerned"] } });
    let revision = 1;
    for (const days of [30, 40]) {
      await requestRenewal(make.ctxOf(company.mia), {
        exceptionId,
        expiresAt: inDays(days).toISOString(),
        rationale: "The close goes on.",
      });
      revision += 1;
      await approve(company.rob, exceptionId, revision);
      await approve(company.apa, exceptionId, revision);
    }
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "ACTIVE", renewals: 2, revision: 3 });
    const third = { exceptionId, expiresAt: inDays(50).toISOString(), rationale: "The close goes on once more." };
    await requestRenewal(make.ctxOf(company.mia), third);
    await approve(company.rob, exceptionId, 4);
    await expect(approve(company.apa, exceptionId, 4)).rejects.toMatchObject({ details: { refusals: ["not_new"] } });
    await approve(company.ben, exceptionId, 4);
    await recordTest(make.ctxOf(company.sec, inDays(9)), {
      exceptionId,
      result: "passed",
      evidence: "Read the log of the week: nothing odd.",
      nextDueAt: inDays(49).toISOString(),
    });
    await requestRenewal(make.ctxOf(company.mia), { ...third, expiresAt: inDays(60).toISOString() });
    await turnClock(make.ctxOf(job().actor, inDays(51)), { exceptionId });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "EXPIRED", renewals: 3 });
    await expect(approve(company.rob, exceptionId, 5)).rejects.toMatchObject({ details: { refusals: ["over"] } });
  });

  it("is suspended by a failed test and by one that was not made in time, and lifted by nobody who benefits", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await active(company);
    const test = { exceptionId, evidence: "Read the log of the week.", nextDueAt: inDays(15).toISOString() };
    await expect(recordTest(make.ctxOf(company.rob), { ...test, result: "failed" })).rejects.toMatchObject({
      details: { refusals: ["not_control_owner"] },
    });
    await recordTest(make.ctxOf(company.sec), { ...test, result: "failed", nextDueAt: null });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "SUSPENDED" });
    // Mia asked, and is security besides.
    await expect(recordTest(make.ctxOf(company.mia), { ...test, result: "passed" })).rejects.toMatchObject({ code: "PRECONDITION" });
    await recordTest(make.ctxOf(company.sec), { ...test, result: "passed" });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "ACTIVE" });
    await turnClock(make.ctxOf(job().actor, inDays(16)), { exceptionId });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "SUSPENDED" });
    await revokeException(make.ctxOf(company.rob), { exceptionId, reason: "Nobody tests the control." });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "REVOKED" });
  });

  it("tells once at 30, 14 and 7 days that it runs out, however often the clock is turned", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await asked(company, "read", { expiresAt: inDays(60).toISOString(), controlDueAt: inDays(59.9).toISOString() });
    await approve(company.rob, exceptionId);
    await approve(company.apa, exceptionId);
    for (const at of [20, 31, 32, 47, 47, 54, 55]) await turnClock(make.ctxOf(job().actor, inDays(at)), { exceptionId });
    const told = (await make.auditOf("exception.expiring")).filter(({ subject }) => subject.id === exceptionId);
    expect(told.map(({ data }) => data.days)).toEqual([30, 14, 7]);
  });

  it("starts at the date that was asked for, and lapses where nobody decides before its end", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await asked(company, "read", { startsAt: inDays(5).toISOString() });
    await approve(company.rob, exceptionId);
    expect(await approve(company.apa, exceptionId)).toMatchObject({ state: "APPROVED" });
    expect(await turnClock(job(), { exceptionId })).toBe(0);
    await turnClock(make.ctxOf(job().actor, inDays(6)), { exceptionId });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "ACTIVE" });
    const other = await asked(await makeApprovers(), "read");
    await turnClock(make.ctxOf(job().actor, inDays(21)), { exceptionId: other.exceptionId });
    expect(await exceptionOf(other.exceptionId)).toMatchObject({ state: "WITHDRAWN" });
  });

  it("is resolved once two complete syncs no longer find the access, and void once its identity is gone", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await active(company, "write");
    const pending = await asked(company, "admin");
    const sourceId = company.source.id;
    await laterRun(company.source, { endGrants: [company.grants.write] });
    expect(await followInventory(job(), { sourceId })).toBe(0);
    const second = await laterRun(company.source);
    expect([await followInventory(job(), { sourceId }), await followInventory(job(), { sourceId })]).toEqual([1, 0]);
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "RESOLVED" });
    expect((await make.auditOf("exception.resolved")).at(-1)).toMatchObject({ data: { runId: second } });
    await reader.rows("UPDATE identities SET gone_at = now(), gone_run_id = $2::uuid WHERE id = $1::uuid", [company.identityId, second]);
    await followInventory(job(), { sourceId });
    expect(await exceptionOf(pending.exceptionId)).toMatchObject({ state: "WITHDRAWN" });
  });

  it("is taken back by who asked, while it is not in force, and by nobody else", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await asked(company, "read");
    const reason = "It is not needed after all.";
    await expect(withdrawException(make.ctxOf(company.pat), { exceptionId, reason })).rejects.toMatchObject({
      details: { refusals: ["not_requester"] },
    });
    await withdrawException(make.ctxOf(company.mia), { exceptionId, reason });
    expect(await exceptionOf(exceptionId)).toMatchObject({ state: "WITHDRAWN" });
    const { exceptionId: other } = await active(await makeApprovers());
    await expect(withdrawException(make.ctxOf(company.mia), { exceptionId: other, reason })).rejects.toMatchObject({
      code: "PRECONDITION",
    });
  });
});

describe("the database", () => {
  it.each<[string, string]>([
    [
      "an approval by who asked",
      "INSERT INTO exception_approvals (exception_id, revision, step, person_id, user_id, step_up_method) SELECT id, revision, 'exception_approver', requester_id, uuid7(), 'password' FROM exceptions WHERE id = $1::uuid",
    ],
    [
      "an approval by another user of who asked",
      "INSERT INTO exception_approvals (exception_id, revision, step, person_id, user_id, step_up_method) SELECT id, revision, 'exception_approver', uuid7(), requester_user_id, 'password' FROM exceptions WHERE id = $1::uuid",
    ],
    [
      "an approval by the holder",
      "INSERT INTO exception_approvals (exception_id, revision, step, person_id, user_id, step_up_method) SELECT x.id, revision, 'exception_approver', i.person_id, uuid7(), 'password' FROM exceptions x JOIN identities i ON i.id = x.identity_id WHERE x.id = $1::uuid",
    ],
    [
      "a second approval by one person",
      "INSERT INTO exception_approvals (exception_id, revision, step, person_id, user_id, step_up_method) SELECT exception_id, revision, 'exception_approver', person_id, uuid7(), 'password' FROM exception_approvals WHERE exception_id = $1::uuid",
    ],
    [
      "a step given twice",
      "INSERT INTO exception_approvals (exception_id, revision, step, person_id, user_id, step_up_method) SELECT id, revision, 'resource_owner', uuid7(), uuid7(), 'password' FROM exceptions WHERE id = $1::uuid",
    ],
    [
      "an approval of other terms",
      "INSERT INTO exception_approvals (exception_id, revision, step, person_id, user_id, step_up_method) SELECT id, 9, 'exception_approver', uuid7(), uuid7(), 'password' FROM exceptions WHERE id = $1::uuid",
    ],
    ["a changed approval", "UPDATE exception_approvals SET person_id = uuid7() WHERE exception_id = $1::uuid"],
    ["a deleted approval", "DELETE FROM exception_approvals WHERE exception_id = $1::uuid"],
    ["a changed history", "UPDATE exception_events SET detail = '{}' WHERE exception_id = $1::uuid"],
    ["another access", "UPDATE exceptions SET entitlement_id = uuid7() WHERE id = $1::uuid"],
    ["a lower risk", "UPDATE exceptions SET risk_class = 'low' WHERE id = $1::uuid"],
    ["another requester", "UPDATE exceptions SET requester_id = uuid7() WHERE id = $1::uuid"],
    ["an end without an instant", "UPDATE exceptions SET state = 'EXPIRED' WHERE id = $1::uuid"],
    ["a suspension without a cause", "UPDATE exceptions SET state = 'SUSPENDED', active_at = now() WHERE id = $1::uuid"],
    ["activity that never began", "UPDATE exceptions SET state = 'ACTIVE' WHERE id = $1::uuid"],
    [
      "a second one for the access",
      "INSERT INTO exceptions (source_id, identity_id, entitlement_id, label, risk_class, requester_user_id, rationale, control, control_owner_id, control_test, control_due_at, expires_at, rule_version) SELECT source_id, identity_id, entitlement_id, label, risk_class, requester_user_id, rationale, control, control_owner_id, control_test, control_due_at, expires_at, rule_version FROM exceptions WHERE id = $1::uuid",
    ],
    ["a deleted exception", "DELETE FROM exceptions WHERE id = $1::uuid"],
  ])("refuses %s", async (_name, attack) => {
    const company = await makeApprovers();
    const { exceptionId } = await asked(company, "admin");
    await approve(company.rob, exceptionId);
    await expect(reader.rows(attack, [exceptionId])).rejects.toThrow(/approve|append-only|permission denied|terms|constraint/);
  });

  it("changes nothing of an exception that has ended", async () => {
    const company = await makeApprovers();
    const { exceptionId } = await active(company);
    await revokeException(make.ctxOf(company.apa), { exceptionId, reason: "No longer needed." });
    await expect(reader.rows("UPDATE exceptions SET ended_at = NULL, state = 'ACTIVE' WHERE id = $1::uuid", [exceptionId])).rejects.toThrow(
      /append-only/,
    );
  });
});

it("counts one of fifty approvals at the same moment", async () => {
  const company = await makeApprovers();
  const { exceptionId } = await asked(company, "admin");
  await approve(company.rob, exceptionId);
  const approvers = await Promise.all(
    Array.from({ length: 50 }, async () =>
      make.makeUser({ personId: await make.makePerson(company.source), roles: ["exception_approver"] }),
    ),
  );
  const results = await Promise.allSettled(approvers.map((user) => approve(user, exceptionId)));
  expect(results.map(codeOf).filter((code) => code === "ok")).toHaveLength(1);
  expect(new Set(results.map(codeOf))).toEqual(
    new Set(["ok", "CONFLICT", "PRECONDITION"].filter((code) => results.map(codeOf).includes(code))),
  );
  const [counts] = await reader.rows(
    `SELECT (SELECT count(*)::int FROM exception_approvals WHERE exception_id = $1::uuid AND step = 'exception_approver') AS approvals,
       (SELECT count(*)::int FROM exception_events WHERE exception_id = $1::uuid AND kind = 'ACTIVE') AS activations,
       (SELECT count(*)::int FROM audit_events WHERE type = 'exception.approved' AND subject_id = $1::text) AS events`,
    [exceptionId],
  );
  expect(counts).toEqual({ approvals: 1, activations: 1, events: 1 });
});

it("counts fifty tries of one person once", async () => {
  const company = await makeApprovers();
  const { exceptionId } = await asked(company, "admin");
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => approve(company.rob, exceptionId)));
  expect(results.map(codeOf).filter((code) => code === "ok")).toHaveLength(1);
  expect(await exceptionOf(exceptionId)).toMatchObject({ state: "IN_APPROVAL", version: 3 });
});
