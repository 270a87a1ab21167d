import { afterAll, describe, expect, it } from "vitest";
import { remediationScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { type Company, campaignState, enableWrites, job, laterRun, makeCompany, reviewed, stepsOf, taskOf } from "#lib/testing/removals.ts";
import { claimDone, requireManual } from "./commands/claim.ts";
import { closeCampaign } from "./commands/close-campaign.ts";
import { verifyRemediations } from "./commands/verify.ts";
import { handlers } from "./jobs.ts";
import { getRemediation } from "./queries.ts";

ownTestDatabase();
afterAll(stopSender);

const PROOF = "Taken out of the group in the console, ticket OPS-12, 20 November.";
type Name = "read" | "write" | "admin";
type Claimed = { company: Company; campaignId: string; remediationId: string };

/** A removal that somebody claims to have made by hand. */
async function claimed(name: Name = "write"): Promise<Claimed> {
  const company = await makeCompany({ kind: "files" });
  const campaignId = await reviewed(company, { [name]: "revoke" });
  const { id: remediationId } = await taskOf(campaignId, name);
  await claimDone(make.ctxOf(company.pat), { remediationId, proof: PROOF });
  return { company, campaignId, remediationId };
}

const publish = (company: Company, runId: string) => verifyRemediations(job(), { sourceId: company.source.id, runId });
const published = async (company: Company, runId: string) => {
  for (const handler of handlers["inventory.published"] ?? [])
    await handler(job(), { sourceId: company.source.id, runId }, new AbortController().signal);
};

describe("a claim", () => {
  it("is somebody else's than the decider's, with proof, and waits for the syncs", async () => {
    const company = await makeCompany({ kind: "files" });
    const campaignId = await reviewed(company, { write: "revoke" });
    const { id: remediationId } = await taskOf(campaignId, "write");
    await expect(claimDone(make.ctxOf(company.mia), { remediationId, proof: PROOF })).rejects.toMatchObject({
      details: { refusals: ["decider"] },
    });
    await expect(claimDone(make.ctxOf(company.pat), { remediationId, proof: "done" })).rejects.toThrow();
    await claimDone(make.ctxOf(company.pat), { remediationId, proof: PROOF });
    expect(await taskOf(campaignId, "write")).toMatchObject({ state: "CLAIMED_DONE", appliedAt: expect.any(Date) });
    expect(await campaignState(campaignId)).toBe("VERIFYING");
    const [event] = (await make.auditOf("remediation.claimed_done")).filter(({ subject }) => subject.id === remediationId);
    expect(event?.data.proofDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(event)).not.toContain("OPS-12"); // the words are personal: committed to, and kept apart
  });
});

describe("a removal", () => {
  it("is verified by two later complete runs, and watched from then on", async () => {
    const { company, campaignId, remediationId } = await claimed();
    const first = await laterRun(company.source, { endGrants: [company.grants.write] });
    expect(await publish(company, first)).toEqual({ verified: 0, absent: 1, present: 0 });
    expect(await publish(company, first)).toEqual({ verified: 0, absent: 0, present: 0 }); // told twice
    expect(await taskOf(campaignId, "write")).toMatchObject({ state: "CLAIMED_DONE", firstRun: first, secondRun: null });
    const second = await laterRun(company.source);
    expect(await publish(company, second)).toEqual({ verified: 1, absent: 0, present: 0 });
    const task = await taskOf(campaignId, "write");
    expect(task).toMatchObject({ state: "VERIFIED", firstRun: first, secondRun: second });
    const [times] = await reader.rows<{ days: number }>(
      "SELECT extract(day FROM watch_until - verified_at)::int AS days FROM remediations WHERE id = $1::uuid",
      [remediationId],
    );
    expect(times?.days).toBe(30);
    const [event] = (await make.auditOf("remediation.verified")).filter(({ subject }) => subject.id === remediationId);
    expect(event?.data).toEqual({ campaignId, firstRunId: first, secondRunId: second });
    expect(await getRemediation(remediationScope(company.sec), company.sec, remediationId)).toMatchObject({
      absences: 2,
      firstAbsentRun: { id: first },
      secondAbsentRun: { id: second },
    });
  });

  it.each<[string, Parameters<typeof laterRun>[1]]>([
    ["that was partial", { isComplete: false }],
    ["that found the bytes of last time", { isFullRead: false }],
    ["that is held", { state: "HELD" }],
    ["that began before it was done", { startedAt: new Date(Date.now() - 60_000) }],
  ])("is not proven by a run %s", async (_name, options) => {
    const { company, campaignId } = await claimed();
    const first = await laterRun(company.source, { endGrants: [company.grants.write] });
    await publish(company, first);
    expect(await publish(company, await laterRun(company.source, options))).toEqual({ verified: 0, absent: 0, present: 0 });
    expect(await taskOf(campaignId, "write")).toMatchObject({ state: "CLAIMED_DONE", firstRun: first });
    await publish(company, await laterRun(company.source));
    expect((await taskOf(campaignId, "write")).state).toBe("VERIFIED");
  });

  it("is not proven by a run whose source spoke of an earlier instant", async () => {
    const { company, campaignId } = await claimed();
    const run = await laterRun(company.source, { endGrants: [company.grants.write] });
    await reader.rows("UPDATE sync_runs SET observed_at = now() - interval '1 hour' WHERE id = $1::uuid", [run]);
    await publish(company, run);
    expect((await taskOf(campaignId, "write")).firstRun).toBeNull();
  });

  it("is judged by the newest run alone: one told late, after another was applied, says nothing", async () => {
    const { company, campaignId } = await claimed();
    const older = await laterRun(company.source);
    const newer = await laterRun(company.source, { endGrants: [company.grants.write] });
    expect(await publish(company, older)).toEqual({ verified: 0, absent: 0, present: 0 });
    expect(await publish(company, newer)).toMatchObject({ absent: 1 });
    expect(await publish(company, older)).toEqual({ verified: 0, absent: 0, present: 0 });
    expect((await taskOf(campaignId, "write")).firstRun).toBe(newer);
  });

  it("has not happened while the access is still there: back to people, and the count starts anew", async () => {
    const { company, campaignId, remediationId } = await claimed();
    await publish(company, await laterRun(company.source, { endGrants: [company.grants.write] }));
    const back = await make.makeGrant(company.source, company.identityId, company.entitlements.write);
    const run = await laterRun(company.source);
    expect(await publish(company, run)).toEqual({ verified: 0, absent: 0, present: 1 });
    expect(await taskOf(campaignId, "write")).toMatchObject({ state: "MANUAL_REQUIRED", appliedAt: null, firstRun: null });
    expect((await stepsOf(remediationId)).slice(-3)).toEqual(["CLAIMED_DONE", "NOT_EFFECTIVE", "MANUAL_REQUIRED"]);
    expect(await campaignState(campaignId)).toBe("REMEDIATING");
    await claimDone(make.ctxOf(company.pat), { remediationId, proof: PROOF });
    await publish(company, await laterRun(company.source, { endGrants: [back] }));
    expect((await taskOf(campaignId, "write")).state).toBe("CLAIMED_DONE"); // one absence from before counts no more
    await publish(company, await laterRun(company.source));
    expect((await taskOf(campaignId, "write")).state).toBe("VERIFIED");
  });

  it("has not happened while any path still reaches it, and the path is named", async () => {
    const { company, campaignId, remediationId } = await claimed("read"); // team reaches read
    await publish(company, await laterRun(company.source, { endGrants: [company.grants.read] }));
    expect((await taskOf(campaignId, "read")).state).toBe("MANUAL_REQUIRED");
    const [event] = await reader.rows<{ reason: string }>(
      "SELECT detail ->> 'reason' AS reason FROM remediation_events WHERE remediation_id = $1::uuid AND kind = 'MANUAL_REQUIRED' ORDER BY at DESC LIMIT 1",
      [remediationId],
    );
    expect(event?.reason).toBe("It is still held through team.");
  });

  it("has not happened while a path through another source reaches it", async () => {
    const { company, campaignId } = await claimed();
    const other = await make.makeSource();
    const group = await make.makeEntitlement(other, { name: "everyone in the directory" });
    await make.makeReach(group, company.entitlements.write, group, 1);
    await make.makeGrant(other, company.identityId, group);
    await publish(company, await laterRun(company.source, { endGrants: [company.grants.write] }));
    expect((await taskOf(campaignId, "write")).state).toBe("MANUAL_REQUIRED");
  });

  it("is proven once when two workers are told of the same run", async () => {
    const { company, campaignId, remediationId } = await claimed();
    await publish(company, await laterRun(company.source, { endGrants: [company.grants.write] }));
    const second = await laterRun(company.source);
    const both = await Promise.all([1, 2, 3].map(() => publish(company, second)));
    expect(both.map(({ verified }) => verified).sort()).toEqual([0, 0, 1]);
    expect((await stepsOf(remediationId)).filter((kind) => kind === "VERIFIED")).toHaveLength(1);
    expect((await taskOf(campaignId, "write")).state).toBe("VERIFIED");
  });
});

describe("what grows back", () => {
  async function verified(name: Name = "write"): Promise<Claimed> {
    const all = await claimed(name);
    const ends = name === "read" ? [all.company.grants.read, all.company.grants.team] : [all.company.grants[name]];
    await published(all.company, await laterRun(all.company.source, { endGrants: ends }));
    await published(all.company, await laterRun(all.company.source));
    expect((await taskOf(all.campaignId, name)).state).toBe("VERIFIED");
    return all;
  }
  type Item = { id: string; entitlement: string; follows: string; followsCampaign: string; state: string; grant: string };
  const itemsOf = (campaignId: string | null) =>
    reader.rows<Item>(
      `SELECT id, entitlement_name AS entitlement, follows_item_id AS follows, follows_campaign_id AS "followsCampaign", state::text AS state, grant_id AS grant
       FROM items WHERE campaign_id = $1::uuid`,
      [campaignId],
    );

  it("comes under review again as a linked item, once, and the old campaign says so", async () => {
    const { company, campaignId, remediationId } = await verified();
    const grant = await make.makeGrant(company.source, company.identityId, company.entitlements.write);
    const run = await laterRun(company.source);
    await Promise.all([published(company, run), published(company, run)]);
    await published(company, run);
    const task = await taskOf(campaignId, "write");
    expect(task).toMatchObject({ state: "VERIFIED", regrownItemId: expect.any(String) });
    const [old] = await reader.rows<{ itemId: string }>(`SELECT item_id AS "itemId" FROM remediations WHERE id = $1::uuid`, [
      remediationId,
    ]);
    expect(await itemsOf(task.regrownCampaignId)).toEqual([
      { id: task.regrownItemId, entitlement: "write", follows: old?.itemId, followsCampaign: campaignId, state: "ASSIGNED", grant },
    ]);
    const children = await reader.rows<{ id: string }>("SELECT id FROM campaigns WHERE parent_id = $1::uuid", [campaignId]);
    expect(children).toEqual([{ id: task.regrownCampaignId }]);
    expect(["STAGED", "ACTIVE"]).toContain(await campaignState(task.regrownCampaignId ?? ""));
    const [event] = (await make.auditOf("remediation.regrown")).filter(({ subject }) => subject.id === remediationId);
    expect(event?.data).toEqual({ campaignId, runId: run, grantId: grant });
    expect(await getRemediation(remediationScope(company.sec), company.sec, remediationId)).toMatchObject({
      hasRegrown: true,
      regrown: { campaignId: task.regrownCampaignId, itemId: task.regrownItemId },
    });
  });

  it("by another path is found as well: the item is the grant that brings it", async () => {
    const { company, campaignId } = await verified("read");
    const grant = await make.makeGrant(company.source, company.identityId, company.entitlements.team);
    await published(company, await laterRun(company.source));
    const task = await taskOf(campaignId, "read");
    expect(await itemsOf(task.regrownCampaignId)).toMatchObject([{ entitlement: "team", grant }]);
  });

  it("after the watch period is for the next review", async () => {
    const { company, campaignId, remediationId } = await verified();
    await reader.rows("UPDATE remediations SET watch_until = now() - interval '1 second' WHERE id = $1::uuid", [remediationId]);
    await make.makeGrant(company.source, company.identityId, company.entitlements.write);
    await published(company, await laterRun(company.source));
    expect((await taskOf(campaignId, "write")).regrownItemId).toBeNull();
  });

  it("in a closed campaign is found too", async () => {
    const { company, campaignId } = await verified();
    await closeCampaign(make.ctxOf(company.owner), { campaignId });
    await make.makeGrant(company.source, company.identityId, company.entitlements.write);
    await published(company, await laterRun(company.source));
    expect((await taskOf(campaignId, "write")).regrownItemId).not.toBeNull();
    expect(await campaignState(campaignId)).toBe("CLOSED");
  });
});

describe("closing", () => {
  it("names open work of high or critical risk one by one, with a reason, by the owner", async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await reviewed(company, { admin: "revoke", write: "revoke" });
    const { id: critical } = await taskOf(campaignId, "admin");
    const { id: low } = await taskOf(campaignId, "write");
    const close = (openRemediationIds: string[], reason?: string, actor = company.owner) =>
      closeCampaign(make.ctxOf(actor), { campaignId, openRemediationIds, ...(reason ? { reason } : {}) });
    await expect(close([])).rejects.toMatchObject({ details: { refusals: [{ kind: "open_not_listed", ids: [critical] }] } });
    await expect(close([critical])).rejects.toMatchObject({ details: { refusals: [{ kind: "no_reason" }] } });
    await expect(close([critical, low], "It takes months.")).rejects.toMatchObject({
      details: { refusals: [{ kind: "listed_not_open" }] },
    });
    const other = await make.makeUser({ roles: ["campaign_manager"] });
    await expect(close([critical], "It takes months.", other)).rejects.toMatchObject({ details: { refusals: ["not_campaign_owner"] } });
    expect(await campaignState(campaignId)).toBe("REMEDIATING");
    await close([critical], "It takes months.");
    expect(await campaignState(campaignId)).toBe("CLOSED");
    const [event] = (await make.auditOf("campaign.closed")).filter(({ subject }) => subject.id === campaignId);
    expect(event?.data).toEqual({ open: 2, listed: [critical] });
    // What is open goes on in a closed campaign.
    await requireManual(make.ctxOf(company.pat), { remediationId: low, reason: "By hand then." });
    expect((await taskOf(campaignId, "write")).state).toBe("MANUAL_REQUIRED");
  });
});
