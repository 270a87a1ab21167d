import { afterAll, describe, expect, it } from "vitest";
import { remediationScope } from "#lib/authz/scope.ts";
import type { WriteResult } from "#lib/connectors/contract.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import {
  APPLIED,
  type Company,
  enableWrites,
  job,
  laterRun,
  makeCompany,
  reviewed,
  type Scripted,
  scriptedWriter,
  stepsOf,
  taskOf,
} from "#lib/testing/removals.ts";
import { checkBatch, startBatch, stopBatch } from "./commands/batch.ts";
import { addProof } from "./commands/prove.ts";
import { confirmRestore, requestBatchRestore, requestRestore, restoreRemediation } from "./commands/restore.ts";
import { runRemediation } from "./commands/run.ts";
import { verifyRemediations } from "./commands/verify.ts";
import { readProof } from "./queries.ts";

ownTestDatabase();
afterAll(stopSender);

const USED = "Not used in the last 7 days";
const reason = "It broke the nightly export.";

/** Twelve approved removals of ordinary risk in one source. */
async function twelve(): Promise<{ company: Company; campaignId: string; sourceId: string }> {
  const company = await makeCompany();
  await enableWrites(company);
  const names = Array.from({ length: 12 }, (_, at) => `queue-${at}`);
  for (const name of names)
    await make.makeGrant(
      company.source,
      company.identityId,
      await make.makeEntitlement(company.source, { name, resourceOwnerId: company.people.rob }),
    );
  const campaignId = await reviewed(company, Object.fromEntries(names.map((name) => [name, "revoke"] as const)));
  return { company, campaignId, sourceId: company.source.id };
}

type Member = { id: string; step: number; state: string };
const members = (batchId: string): Promise<Member[]> =>
  reader.rows("SELECT id, batch_step AS step, state::text AS state FROM remediations WHERE batch_id = $1::uuid ORDER BY batch_step, id", [
    batchId,
  ]);
const countOf = async (batchId: string) =>
  Object.entries(Object.groupBy(await members(batchId), ({ step, state }) => `${step} ${state}`))
    .map(([key, rows]) => `${key} ${rows?.length}`)
    .sort();
const stateOf = async (batchId: string) =>
  (
    await reader.rows<{ state: string; because: string | null }>(
      "SELECT state, stopped_because AS because FROM removal_batches WHERE id = $1::uuid",
      [batchId],
    )
  )[0];

/** What the worker does with everything that is queued of it. */
async function workOff(batchId: string, writer: Scripted): Promise<void> {
  for (const { id, state } of await members(batchId)) if (state === "QUEUED") await runRemediation(job(), { remediationId: id }, writer);
}

describe("removals in steps", () => {
  it("are one, then a tenth, then the rest, each after the step before has ended well", async () => {
    const { company, campaignId, sourceId } = await twelve();
    const writer = scriptedWriter(APPLIED);
    const checked = await checkBatch(make.ctxOf(company.pat), { campaignId, sourceId }, writer);
    expect(checked.tasks).toHaveLength(12);
    expect(new Set(checked.tasks.flatMap(({ warns }) => warns))).toEqual(new Set([USED]));
    const { batchId } = await startBatch(make.confirmed(company.pat), { campaignId, sourceId, confirmed: [USED] }, writer);
    expect(await countOf(batchId)).toEqual(["1 QUEUED 1", "2 APPROVED 2", "3 APPROVED 9"]);
    await workOff(batchId, writer);
    expect(await countOf(batchId)).toEqual(["1 APPLIED_UNVERIFIED 1", "2 QUEUED 2", "3 APPROVED 9"]);
    await workOff(batchId, writer);
    await workOff(batchId, writer);
    expect(await countOf(batchId)).toEqual(["1 APPLIED_UNVERIFIED 1", "2 APPLIED_UNVERIFIED 2", "3 APPLIED_UNVERIFIED 9"]);
    expect(await stateOf(batchId)).toMatchObject({ state: "DONE" });
    const started = (await make.auditOf("removal_batch.started")).filter(({ subject }) => subject.id === batchId);
    expect(started).toMatchObject([{ data: { campaignId, tasks: 12, steps: 3, stopAfter: 1, confirmed: [USED] } }]);
  });

  it("do not begin with a warning that nobody read, without a fresh confirmation, or by who decided", async () => {
    const { company, campaignId, sourceId } = await twelve();
    const writer = scriptedWriter(APPLIED);
    const start = (ctx = make.confirmed(company.pat), confirmed: string[] = [USED]) =>
      startBatch(ctx, { campaignId, sourceId, confirmed }, writer);
    await expect(start(make.ctxOf(company.pat))).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
    await expect(start(make.confirmed(company.pat), [])).rejects.toMatchObject({ details: { refusals: ["unconfirmed"] } });
    await expect(start(make.confirmed(company.mia))).rejects.toMatchObject({ details: { refusals: ["nothing_to_start"] } });
    expect(writer.calls).toEqual([]);
  });

  it("stop at the threshold: what has not begun is approved again, and can begin anew", async () => {
    const { company, campaignId, sourceId } = await twelve();
    const refused: WriteResult = { kind: "not_effective", detail: "Granted by somebody else." };
    const writer = scriptedWriter(() => (writer.calls.length === 2 ? refused : APPLIED));
    const { batchId } = await startBatch(make.confirmed(company.pat), { campaignId, sourceId, confirmed: [USED] }, writer);
    await workOff(batchId, writer);
    await workOff(batchId, writer);
    expect(await stateOf(batchId)).toEqual({ state: "STOPPED", because: "1 could not be taken back, or had to be put back." });
    const states = await reader.rows<{ state: string; count: number }>(
      "SELECT state::text AS state, count(*)::int AS count FROM remediations WHERE campaign_id = $1::uuid GROUP BY 1 ORDER BY 1",
      [campaignId],
    );
    expect(states).toEqual([
      { state: "APPLIED_UNVERIFIED", count: 1 },
      { state: "APPROVED", count: 10 },
      { state: "MANUAL_REQUIRED", count: 1 },
    ]);
    // The job of a removal that was held back finds nothing to do.
    const [left] = await reader.rows<{ id: string }>(
      "SELECT remediation_id AS id FROM remediation_events WHERE detail ->> 'cause' = 'batch_stopped' AND detail ->> 'batchId' = $1::text",
      [batchId],
    );
    if (!left) throw new Error("nothing was held back");
    expect(await runRemediation(job(), { remediationId: left.id }, writer)).toBe("APPROVED");
    const again = await startBatch(make.confirmed(company.pat), { campaignId, sourceId, confirmed: [USED] }, scriptedWriter(APPLIED));
    expect(again.tasks).toBe(10);
  });

  it("are stopped by a person, and only once; a second batch waits for the first", async () => {
    const { company, campaignId, sourceId } = await twelve();
    const writer = scriptedWriter(APPLIED);
    const start = () => startBatch(make.confirmed(company.pat), { campaignId, sourceId, confirmed: [USED] }, writer);
    const starts = await Promise.allSettled([start(), start(), start()]);
    const begun = starts.flatMap((each) => (each.status === "fulfilled" ? [each.value.batchId] : []));
    expect(begun).toHaveLength(1);
    const [batchId = ""] = begun;
    await stopBatch(make.ctxOf(company.sec), { batchId, reason });
    expect(await stateOf(batchId)).toEqual({ state: "STOPPED", because: reason });
    expect(await members(batchId)).toEqual([]);
    await expect(stopBatch(make.ctxOf(company.sec), { batchId, reason })).rejects.toMatchObject({ code: "PRECONDITION" });
    expect(writer.calls).toEqual([]);
  });

  it("whose tasks are handed to several workers at once take each step once", async () => {
    const { company, campaignId, sourceId } = await twelve();
    const writer = scriptedWriter(APPLIED);
    const { batchId } = await startBatch(make.confirmed(company.pat), { campaignId, sourceId, confirmed: [USED] }, writer);
    for (let turn = 0; turn < 3; turn += 1) {
      const queued = (await members(batchId)).filter(({ state }) => state === "QUEUED");
      for (const { id } of queued) await Promise.all([1, 2, 3].map(() => runRemediation(job(), { remediationId: id }, writer)));
    }
    expect(await stateOf(batchId)).toMatchObject({ state: "DONE" });
    expect(writer.calls).toHaveLength(12);
    const begun = (await make.auditOf("removal_batch.step_begun")).filter(({ subject }) => subject.id === batchId);
    expect(begun.map(({ data }) => (data as { step: number }).step)).toEqual([1, 2, 3]);
  });
});

describe("putting back", () => {
  async function takenBack() {
    const all = await twelve();
    const writer = scriptedWriter(APPLIED);
    const { campaignId, sourceId, company } = all;
    const { batchId } = await startBatch(make.confirmed(company.pat), { campaignId, sourceId, confirmed: [USED] }, writer);
    await workOff(batchId, writer);
    await workOff(batchId, writer);
    const [first] = await members(batchId);
    if (!first) throw new Error("nothing was taken back");
    return { ...all, writer, batchId, remediationId: first.id };
  }

  it("takes two people, runs what was kept to undo it, once, and stops the batch", async () => {
    const { company, writer, batchId, remediationId } = await takenBack();
    const { requestId } = await requestRestore(make.ctxOf(company.pat), { remediationId, reason });
    await restoreRemediation(job(), { remediationId, requestId }, writer);
    expect((await members(batchId))[0]?.state).toBe("APPLIED_UNVERIFIED");
    await expect(confirmRestore(make.confirmed(company.pat), { requestId })).rejects.toMatchObject({ details: { refusal: "same_user" } });
    await expect(confirmRestore(make.ctxOf(company.sec), { requestId })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
    await confirmRestore(make.confirmed(company.sec), { requestId });
    for (let delivery = 0; delivery < 3; delivery += 1) await restoreRemediation(job(), { remediationId, requestId }, writer);
    expect((await stepsOf(remediationId)).at(-1)).toBe("RESTORED");
    expect(writer.calls.filter((call) => call.startsWith("restore"))).toHaveLength(1);
    expect(await stateOf(batchId)).toMatchObject({ state: "STOPPED" });
    const restored = (await make.auditOf("remediation.restored")).filter(({ subject }) => subject.id === remediationId);
    expect(restored).toMatchObject([{ data: { requestId, statements: 1 } }]);
  });

  it("of a whole batch is one request, and every one of it is restored", async () => {
    const { company, writer, batchId } = await takenBack();
    const { requestId, tasks } = await requestBatchRestore(make.ctxOf(company.sec), { batchId, reason });
    expect(tasks).toBe(3);
    await confirmRestore(make.confirmed(company.pat), { requestId });
    for (const { id, state } of await members(batchId))
      if (state === "APPLIED_UNVERIFIED") await restoreRemediation(job(), { remediationId: id, requestId }, writer);
    expect((await members(batchId)).filter(({ state }) => state === "RESTORED")).toHaveLength(3);
  });

  it("is refused for what the connector did not take back, and a failure is kept where people look", async () => {
    const { company, remediationId, batchId } = await takenBack();
    const waiting = (await members(batchId)).find(({ step }) => step === 3)?.id ?? "";
    await expect(requestRestore(make.ctxOf(company.pat), { remediationId: waiting, reason })).rejects.toMatchObject({
      details: { refusals: ["not_taken_back"] },
    });
    const { requestId } = await requestRestore(make.ctxOf(company.pat), { remediationId, reason });
    await confirmRestore(make.confirmed(company.sec), { requestId });
    const failing = scriptedWriter(APPLIED);
    const open = () => ({
      ...failing.open(),
      restoreGrant: async () => ({ kind: "not_effective" as const, detail: "The role was dropped." }),
    });
    await restoreRemediation(job(), { remediationId, requestId }, { open });
    const events = await reader.rows<{ kind: string }>("SELECT kind FROM remediation_events WHERE remediation_id = $1::uuid", [
      remediationId,
    ]);
    expect(events.map(({ kind }) => kind)).toContain("restore_failed");
  });

  it("after two syncs had shown it gone leaves no regrowth behind", async () => {
    const { company, writer, remediationId } = await takenBack();
    const [task] = await reader.rows<{ grantId: string }>('SELECT grant_id AS "grantId" FROM remediations WHERE id = $1::uuid', [
      remediationId,
    ]);
    for (const endGrants of [[task?.grantId ?? ""], []])
      await verifyRemediations(job(), { sourceId: company.source.id, runId: await laterRun(company.source, { endGrants }) });
    expect((await stepsOf(remediationId)).at(-1)).toBe("VERIFIED");
    const { requestId } = await requestRestore(make.ctxOf(company.pat), { remediationId, reason });
    await confirmRestore(make.confirmed(company.sec), { requestId });
    await restoreRemediation(job(), { remediationId, requestId }, writer);
    expect((await stepsOf(remediationId)).slice(-2)).toEqual(["VERIFIED", "RESTORED"]);
  });
});

describe("a file as proof", () => {
  const bytes = (text: string) =>
    (async function* () {
      yield Buffer.from(text);
    })();

  it("is kept once by its bytes, read by who sees the removal, and changed by nobody", async () => {
    const company = await makeCompany();
    const campaignId = await reviewed(company, { write: "revoke" });
    const { id: remediationId } = await taskOf(campaignId, "write");
    const add = (name: string, text: string) => addProof(make.ctxOf(company.pat), { remediationId, name }, bytes(text));
    const { proofId } = await add("psql.txt", "REVOKE ROLE");
    expect((await add("again.txt", "REVOKE ROLE")).proofId).toBe(proofId);
    const read = await readProof(remediationScope(company.pat), { remediationId, proofId });
    expect([read.name, read.bytes.toString("utf8")]).toEqual(["psql.txt", "REVOKE ROLE"]);
    const stranger = await make.makeUser({ personId: await make.makePerson(company.source, { name: "Nobody" }), roles: ["reviewer"] });
    await expect(readProof(remediationScope(stranger), { remediationId, proofId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(reader.rows("UPDATE remediation_proofs SET name = 'x' WHERE id = $1::uuid", [proofId])).rejects.toThrow();
    await expect(reader.rows("DELETE FROM remediation_proofs WHERE id = $1::uuid", [proofId])).rejects.toThrow();
  });

  it("is refused when it is empty, too large, of a kind that runs, or named like a path", async () => {
    const company = await makeCompany();
    const campaignId = await reviewed(company, { write: "revoke" });
    const { id: remediationId } = await taskOf(campaignId, "write");
    const add = (name: string, body: AsyncIterable<Uint8Array>) => addProof(make.ctxOf(company.pat), { remediationId, name }, body);
    await expect(add("a.txt", bytes(""))).rejects.toMatchObject({ code: "INVALID" });
    await expect(add("a.html", bytes("<script>"))).rejects.toMatchObject({ code: "INVALID" });
    await expect(add("../a.txt", bytes("x"))).rejects.toThrow();
    const endless = (async function* () {
      for (;;) yield Buffer.alloc(1 << 20);
    })();
    await expect(add("a.txt", endless)).rejects.toMatchObject({ code: "TOO_LARGE" });
  });
});
