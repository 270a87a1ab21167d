import { afterAll, describe, expect, it } from "vitest";
import { remediationScope } from "#lib/authz/scope.ts";
import { reopenItem } from "#lib/campaigns/commands/reopen.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import {
  answer,
  campaignState,
  enableWrites,
  job,
  launchReview,
  makeCompany,
  reviewed,
  signOffReview,
  stepsOf,
  taskOf,
} from "#lib/testing/removals.ts";
import { approveRemediation } from "./commands/approve.ts";
import { planRemediations } from "./commands/plan.ts";
import { getRemediation, listRemediations, remediationTotals } from "./queries.ts";
import { remediationListParams } from "./schema.ts";

ownTestDatabase();
afterAll(stopSender);

const tasks = (campaignId: string) =>
  reader.rows<{ entitlement: string; state: string; risk: string; hours: number }>(
    `SELECT i.entitlement_name AS entitlement, r.state::text AS state, r.risk_class AS risk,
       round(extract(epoch FROM r.sla_due_at - coalesce(s.signed_at, now())) / 3600)::int AS hours
     FROM remediations r JOIN items i ON i.campaign_id = r.campaign_id AND i.id = r.item_id LEFT JOIN sign_offs s ON s.campaign_id = r.campaign_id
     WHERE r.campaign_id = $1::uuid ORDER BY 1, 2`,
    [campaignId],
  );

describe("the plan", () => {
  it("starts what is critical at submit and the rest at sign-off, however often it runs", async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await launchReview(company);
    await answer(company, campaignId, { read: "revoke", admin: "revoke" });
    const results = [];
    for (let time = 0; time < 3; time += 1) results.push(await planRemediations(job(), { campaignId }));
    expect(results.map(({ planned }) => planned)).toEqual([1, 0, 0]);
    expect(await tasks(campaignId)).toMatchObject([{ entitlement: "admin", state: "PLANNED", risk: "critical", hours: 24 }]);
    expect(await campaignState(campaignId)).toBe("ACTIVE");

    await signOffReview(company, campaignId);
    const after = await Promise.all([1, 2, 3].map(() => planRemediations(job(), { campaignId })));
    expect(after.map(({ planned }) => planned).sort()).toEqual([0, 0, 1]);
    expect(await tasks(campaignId)).toMatchObject([
      { entitlement: "admin", state: "PLANNED" },
      { entitlement: "read", state: "APPROVED", risk: "low", hours: 720 },
    ]);
    expect(await campaignState(campaignId)).toBe("REMEDIATING");
    expect(await stepsOf((await taskOf(campaignId, "read")).id)).toEqual(["PLANNED", "APPROVED"]);
    const events = (await make.auditOf("remediations.planned")).filter(({ data }) => data.campaignId === campaignId);
    expect(events.map(({ data }) => [data.count, data.approved, data.manual])).toEqual([
      [1, 0, 0],
      [1, 1, 0],
    ]);
  });

  it("hands everything to people where writes are off, or nothing can write", async () => {
    for (const [kind, cause] of [
      ["postgres", "writes_off"],
      ["files", "writes_unsupported"],
    ] as const) {
      const company = await makeCompany({ kind });
      const campaignId = await reviewed(company, { read: "revoke", admin: "revoke" });
      expect((await tasks(campaignId)).map(({ state }) => state)).toEqual(["MANUAL_REQUIRED", "MANUAL_REQUIRED"]);
      const { id } = await taskOf(campaignId, "admin");
      const [last] = await reader.rows<{ cause: string }>(
        `SELECT detail ->> 'cause' AS cause FROM remediation_events WHERE remediation_id = $1::uuid AND kind = 'MANUAL_REQUIRED'`,
        [id],
      );
      expect(last?.cause).toBe(cause);
    }
  });

  it("brings a campaign without a removal straight to verifying", async () => {
    const campaignId = await reviewed(await makeCompany(), {});
    expect(await tasks(campaignId)).toEqual([]);
    expect(await campaignState(campaignId)).toBe("VERIFYING");
  });

  it("lets a reopened decision take its task along, and plans the next one anew", async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await launchReview(company);
    await answer(company, campaignId, { admin: "revoke" });
    await planRemediations(job(), { campaignId });
    const first = await taskOf(campaignId, "admin");
    const [item] = await reader.rows<{ id: string }>("SELECT item_id AS id FROM remediations WHERE id = $1::uuid", [first.id]);
    await approveRemediation(make.ctxOf(company.rob), { remediationId: first.id });
    await reopenItem(make.confirmed(company.owner), { campaignId, itemId: item?.id ?? "", reason: "New facts." });
    await planRemediations(job(), { campaignId });
    expect((await taskOf(campaignId, "admin")).state).toBe("SUPERSEDED");
    await answer(company, campaignId, { admin: "revoke" });
    await planRemediations(job(), { campaignId });
    const second = await taskOf(campaignId, "admin");
    expect(second).toMatchObject({ state: "PLANNED" });
    expect(second.id).not.toBe(first.id);
    expect((await make.auditOf("remediation.superseded")).map(({ subject }) => subject.id)).toContain(first.id);
  });

  it("supersedes the task when the later decision is to keep", async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await launchReview(company);
    await answer(company, campaignId, { admin: "revoke" });
    await planRemediations(job(), { campaignId });
    const { id } = await taskOf(campaignId, "admin");
    const [item] = await reader.rows<{ id: string }>("SELECT item_id AS id FROM remediations WHERE id = $1::uuid", [id]);
    await reopenItem(make.confirmed(company.owner), { campaignId, itemId: item?.id ?? "", reason: "New facts." });
    await answer(company, campaignId, { admin: "keep" });
    await signOffReview(company, campaignId);
    await planRemediations(job(), { campaignId });
    expect(await tasks(campaignId)).toMatchObject([{ entitlement: "admin", state: "SUPERSEDED" }]);
    expect(await campaignState(campaignId)).toBe("VERIFYING");
  });
});

describe("an approval", () => {
  it("is the resource owner's or security's, once, and never the decider's; attempts are kept", async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await reviewed(company, { admin: "revoke" });
    const { id: remediationId } = await taskOf(campaignId, "admin");
    const approve = (actor: (typeof company)["mia"]) => approveRemediation(make.ctxOf(actor), { remediationId });
    await expect(approve(company.mia)).rejects.toMatchObject({ code: "PRECONDITION", details: { refusals: ["decider"] } });
    const stranger = await make.makeUser({ personId: company.people.pat, roles: ["reviewer"] });
    await expect(approve(stranger)).rejects.toMatchObject({ details: { refusals: ["not_owner"] } });
    await expect(approve(company.pat)).rejects.toMatchObject({ code: "FORBIDDEN" });
    const refused = (await make.auditOf("remediation.refused")).filter(({ subject }) => subject.id === remediationId);
    expect(refused.map(({ data }) => data.reasons)).toEqual([["decider"], ["not_owner"]]);
    expect((await taskOf(campaignId, "admin")).state).toBe("PLANNED");

    const both = await Promise.allSettled([approve(company.rob), approve(company.sec)]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await taskOf(campaignId, "admin")).state).toBe("APPROVED");
    const approved = (await make.auditOf("remediation.approved")).filter(({ subject }) => subject.id === remediationId);
    expect(approved).toHaveLength(1);
  });
});

describe("what is read", () => {
  it("lists by what is due, and shows each what is theirs", async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await reviewed(company, { read: "revoke", admin: "revoke", write: "revoke" });
    const list = (actor: (typeof company)["mia"], more = {}) =>
      listRemediations(remediationScope(actor), remediationListParams.parse({ campaignId, ...more }));
    expect((await list(company.sec)).map(({ label, riskClass }) => `${label} ${riskClass}`)).toEqual([
      "sam: admin critical",
      expect.stringMatching(/^sam: (read|write) low$/),
      expect.stringMatching(/^sam: (read|write) low$/),
    ]);
    expect(await list(company.rob)).toHaveLength(3); // the owner of the resources
    const stranger = await make.makeUser({ personId: company.people.pat, roles: ["reviewer"] });
    expect(await list(stranger)).toEqual([]);
    expect(await list(company.sec, { q: "adm_n" })).toEqual([]);
    expect(await list(company.sec, { risk: "critical", state: "PLANNED" })).toHaveLength(1);
    expect(await remediationTotals(remediationScope(company.sec), campaignId)).toEqual({
      open: 3,
      overdue: 0,
      waitingForApproval: 1,
      unverified: 0,
      verified: 0,
      regrown: 0,
    });
    await reader.rows(
      "UPDATE remediations SET sla_due_at = now() - interval '1 hour' WHERE campaign_id = $1::uuid AND risk_class = 'critical'",
      [campaignId],
    );
    expect(await remediationTotals(remediationScope(company.sec), campaignId)).toMatchObject({ overdue: 1 });

    const { id } = await taskOf(campaignId, "admin");
    const seen = await getRemediation(remediationScope(company.mia), company.mia, id);
    expect(seen).toMatchObject({
      identityName: "sam",
      entitlementName: "admin",
      rationale: "Not needed.",
      decidedByName: "Mia",
      isOverdue: true,
      absences: 0,
      can: { approve: false, execute: false, claim: false, restore: false },
      events: [{ kind: "PLANNED" }],
    });
    expect(seen?.whyNot[0]).toMatch(/You decided this/);
    expect((await getRemediation(remediationScope(company.rob), company.rob, id))?.can).toEqual({
      approve: true,
      execute: false,
      claim: false,
      restore: false,
    });
    expect(await getRemediation(remediationScope(stranger), stranger, id)).toBeNull();
  });
});
