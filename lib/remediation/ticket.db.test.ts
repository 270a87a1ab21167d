import http from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { inboxScope, remediationScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { addEndpoint, removeEndpoint } from "#lib/notifications/commands/endpoints.ts";
import { sendDue } from "#lib/notifications/commands/send.ts";
import { openFor } from "#lib/notifications/endpoints.sql.ts";
import { listInbox } from "#lib/notifications/queries.ts";
import { webhookCarrier } from "#lib/notifications/webhook.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { type Company, job, laterRun, makeCompany, reviewed, stepsOf, taskOf } from "#lib/testing/removals.ts";
import { claimDone } from "./commands/claim.ts";
import { tellOfWork } from "./commands/tell.ts";
import { ticketRemediation } from "./commands/ticket.ts";
import { verifyRemediations } from "./commands/verify.ts";
import { getRemediation, listRemediations } from "./queries.ts";
import { remediationListParams } from "./schema.ts";

ownTestDatabase();
afterAll(stopSender);

const PROOF = "Taken out of the group in the console, ticket OPS-12.";
const TICKET = { reference: "OPS-12", link: "https://tickets.example.test/OPS-12" };

async function byHand() {
  const company = await makeCompany({ kind: "files" });
  const campaignId = await reviewed(company, { write: "revoke" });
  const { id: remediationId } = await taskOf(campaignId, "write");
  return { company, campaignId, remediationId };
}
const eventsOf = async (remediationId: string) =>
  (await make.auditOf("remediation.ticketed")).filter(({ subject }) => subject.id === remediationId);

describe("a ticket", () => {
  it("is told by somebody who may claim, once however often it is told, and shown where the task is", async () => {
    const { company, campaignId, remediationId } = await byHand();
    const { pat, mia, rob, sec } = company;
    await expect(ticketRemediation(make.ctxOf(rob), { remediationId, ...TICKET })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(ticketRemediation(make.ctxOf(mia), { remediationId, ...TICKET })).rejects.toMatchObject({
      details: { refusals: ["decider"] },
    });
    for (let times = 0; times < 3; times += 1)
      expect(await ticketRemediation(make.ctxOf(pat), { remediationId, ...TICKET })).toEqual({ state: "TICKETED", ticket: TICKET });
    const [event, ...more] = await eventsOf(remediationId);
    expect(more).toEqual([]);
    expect(event?.data).toEqual({ campaignId, ticketDigest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(JSON.stringify(event)).not.toContain("OPS-12"); // committed to, and kept apart
    expect(await getRemediation(remediationScope(sec), sec, remediationId)).toMatchObject({ state: "TICKETED", ticket: TICKET });
    const rows = await listRemediations(remediationScope(sec), remediationListParams.parse({ campaignId }));
    expect(rows).toMatchObject([{ id: remediationId, ticket: TICKET, state: "TICKETED" }]);
  });

  it("that is another takes the first one's place, and the history tells both", async () => {
    const { company, remediationId } = await byHand();
    await ticketRemediation(make.ctxOf(company.pat), { remediationId, ...TICKET });
    await ticketRemediation(make.ctxOf(company.pat), { remediationId, reference: "OPS-13" });
    const detail = await getRemediation(remediationScope(company.sec), company.sec, remediationId);
    expect(detail?.ticket).toEqual({ reference: "OPS-13", link: null });
    expect(detail?.events.map(({ kind, detail: { reference } }) => [kind, reference]).slice(0, 2)).toEqual([
      ["ticket_changed", "OPS-13"],
      ["TICKETED", "OPS-12"],
    ]);
    expect(await eventsOf(remediationId)).toHaveLength(2);
  });

  it("leads to a claim, stays known when the claim was not true, and is then told anew", async () => {
    const { company, campaignId, remediationId } = await byHand();
    const ticket = () => ticketRemediation(make.ctxOf(company.pat), { remediationId, ...TICKET });
    await ticket();
    await claimDone(make.ctxOf(company.pat), { remediationId, proof: PROOF });
    expect(await ticket()).toMatchObject({ state: "CLAIMED_DONE" }); // a late retry
    await expect(ticketRemediation(make.ctxOf(company.pat), { remediationId, reference: "OPS-13" })).rejects.toMatchObject({
      details: { refusals: ["wrong_state"] },
    });
    await verifyRemediations(job(), { sourceId: company.source.id, runId: await laterRun(company.source) });
    expect((await taskOf(campaignId, "write")).state).toBe("MANUAL_REQUIRED");
    expect(await ticket()).toMatchObject({ state: "TICKETED" });
    expect((await stepsOf(remediationId)).slice(-5)).toEqual(["TICKETED", "CLAIMED_DONE", "NOT_EFFECTIVE", "MANUAL_REQUIRED", "TICKETED"]);
  });

  it.each(["http://tickets.example.test/1", "javascript:alert(1)", "https://me:secret@tickets.example.test/1", "OPS-12"])(
    "does not link to %s",
    async (link) => {
      const { company, remediationId } = await byHand();
      await expect(ticketRemediation(make.ctxOf(company.pat), { remediationId, reference: "OPS-12", link })).rejects.toMatchObject({
        name: "ZodError",
      });
    },
  );
});

const servers: http.Server[] = [];
async function receiver() {
  const calls: { headers: Record<string, string>; body: string }[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      calls.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks` };
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  const admin = await make.makeUser({ roles: ["administrator"] });
  for (const { id } of await reader.rows<{ id: string }>("SELECT id FROM webhook_endpoints WHERE state = 'active'"))
    await removeEndpoint(make.ctxOf(admin), { endpointId: id });
});

const ORIGIN = "https://countersign.example.test";
const drain = () => sendDue(job(), webhookCarrier(ORIGIN, openFor));
/** Other tests' tasks wait in the same database: those of one campaign. */
const ownTasks = (calls: { body: string }[], campaignId: string) =>
  calls.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.data.campaign?.id === campaignId);

describe("a task by hand", () => {
  it("goes out as one signed webhook of its own type, with what to do, the proof, and where to report the ticket and the claim", async () => {
    const { company, campaignId, remediationId } = await byHand();
    const { calls, url } = await receiver();
    const admin = await make.makeUser({ roles: ["administrator"] });
    const { secret } = await addEndpoint(make.confirmed(admin), { name: "Tickets", url, kinds: ["remediation_task"] });
    await tellOfWork(job());
    await tellOfWork(job());
    await drain();
    const [task, ...more] = ownTasks(calls, campaignId);
    expect(more).toEqual([]); // one task, one call, whoever was told besides
    expect(task).toMatchObject({
      type: "remediation.task",
      data: {
        title: "Revoke: sam: write",
        url: `${ORIGIN}/remediations/${remediationId}`,
        about: { kind: "remediation", id: remediationId },
        dueAt: expect.stringMatching(/^\d{4}-.*Z$/),
        data: {
          decision: "revoke",
          todo: "Take the access away, whichever way it comes.",
          proof: "The identity no longer holds it, directly or by any path.",
          identity: { id: company.identityId, name: "sam" },
          access: { id: company.entitlements.write, name: "write" },
          source: { id: company.source.id, kind: "files" },
        },
        answerTo: {
          ticket: { method: "POST", url: `${ORIGIN}/api/v1/remediations/${remediationId}/ticket` },
          claim: { method: "POST", url: `${ORIGIN}/api/v1/remediations/${remediationId}/claim` },
        },
      },
    });
    const call = calls.find(({ body }) => body.includes(remediationId));
    expect(new Webhook(secret).verify(call?.body ?? "", call?.headers ?? {})).toMatchObject({ type: "remediation.task" });
  });

  it("that came back is told again, and one that is done is not", async () => {
    const { company, campaignId, remediationId } = await byHand();
    const { calls, url } = await receiver();
    const admin = await make.makeUser({ roles: ["administrator"] });
    await addEndpoint(make.confirmed(admin), { name: "Tickets", url, kinds: ["remediation_task"] });
    await tellOfWork(job());
    await claimDone(make.ctxOf(company.pat), { remediationId, proof: PROOF });
    await tellOfWork(job());
    await verifyRemediations(job(), { sourceId: company.source.id, runId: await laterRun(company.source) });
    await tellOfWork(job());
    await drain();
    expect(ownTasks(calls, campaignId)).toHaveLength(2);
  });

  it("is told by name to the owner who may say that it was done, and only what has no such owner to everybody who may", async () => {
    const company = await makeCompany({ kind: "files" });
    const { pat, rob, entitlements, people } = company;
    await reader.rows("UPDATE resources SET owner_id = $2::uuid WHERE id = (SELECT resource_id FROM entitlements WHERE id = $1::uuid)", [
      entitlements.write,
      people.pat,
    ]);
    const campaignId = await reviewed(company, { write: "revoke", read: "revoke" });
    const { id: remediationId } = await taskOf(campaignId, "write");
    for (let times = 0; times < 2; times += 1) await tellOfWork(job());
    const told = async (user: Company["pat"]) =>
      (await listInbox(inboxScope(user), "unread")).filter(({ path }) => path.includes(remediationId) || path.includes(campaignId));
    expect((await told(pat)).map(({ title }) => title).sort()).toEqual([
      `1 removal waits for somebody's hands: Review of ${company.source.name}`,
      "Revoke: sam: write",
    ]);
    expect((await told(pat)).find(({ title }) => title.startsWith("Revoke"))?.body).toContain("Take the access away");
    expect(await told(rob)).toEqual([]); // who owns the other one, and may not say that it was done
    await claimDone(make.ctxOf(pat), { remediationId, proof: PROOF });
    await tellOfWork(job());
    expect((await told(pat)).map(({ title }) => title)).toEqual([expect.stringContaining("waits for somebody's hands")]);
  });

  it("of which one person has many is told to them by their number", async () => {
    const company = await makeCompany({ kind: "files" });
    const names = Array.from({ length: 11 }, (_, n) => `thing-${n}`);
    for (const name of names)
      await make.makeGrant(
        company.source,
        company.identityId,
        await make.makeEntitlement(company.source, { name, resourceOwnerId: company.people.pat }),
      );
    const campaignId = await reviewed(company, Object.fromEntries(names.map((name) => [name, "revoke"])));
    for (let times = 0; times < 2; times += 1) await tellOfWork(job());
    const { id: remediationId } = await taskOf(campaignId, "thing-3");
    await claimDone(make.ctxOf(company.pat), { remediationId, proof: PROOF });
    await tellOfWork(job()); // ten are left, and known already
    const titles = (await listInbox(inboxScope(company.pat), "all")).map(({ title }) => title);
    expect(titles.filter((title) => title.endsWith(company.source.name))).toEqual([
      `11 removals wait for somebody's hands: Review of ${company.source.name}`,
    ]);
  });
});

it("an identity's owner is told of what was decided about it, and sees the tasks", async () => {
  const company = await makeCompany({ kind: "files" });
  const olga = await make.makePerson(company.source, { name: "Olga" });
  const owner = await make.makeUser({ personId: olga, roles: ["reviewer"] });
  const stranger = await make.makeUser({ personId: await make.makePerson(company.source, { name: "Stan" }), roles: ["reviewer"] });
  await reader.rows("UPDATE identities SET owner_id = $2::uuid WHERE id = $1::uuid", [company.identityId, olga]);
  const campaignId = await reviewed(company, { write: "revoke" });
  const { id } = await taskOf(campaignId, "write");
  const seenBy = (user: Company["pat"]) => listRemediations(remediationScope(user), remediationListParams.parse({ campaignId }));
  expect((await seenBy(owner)).map((row) => row.id)).toEqual([id]);
  expect(await getRemediation(remediationScope(owner), owner, id)).toMatchObject({ id });
  expect(await seenBy(stranger)).toEqual([]);
  for (let times = 0; times < 2; times += 1) await tellOfWork(job());
  expect((await listInbox(inboxScope(owner), "all")).map(({ title }) => title)).toEqual([
    `1 change to what you answer for: Review of ${company.source.name}`,
  ]);
});
