import { afterAll, describe, expect, it } from "vitest";
import { SourceError, type WriteResult } from "#lib/connectors/contract.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import {
  APPLIED,
  type Company,
  campaignState,
  enableWrites,
  job,
  makeCompany,
  reviewed,
  type Scripted,
  scriptedWriter,
  stepsOf,
  taskOf,
} from "#lib/testing/removals.ts";
import { approveRemediation } from "./commands/approve.ts";
import { executeRemediation, preflightRemediation } from "./commands/execute.ts";
import { runRemediation } from "./commands/run.ts";
import { disableWrites } from "./commands/writes.ts";

ownTestDatabase();
afterAll(stopSender);

const USED = "Not used in the last 7 days";

/** A campaign with one removal of low risk, approved by its decision. */
async function approved(entitlement: "read" | "write" = "write"): Promise<{ company: Company; campaignId: string; remediationId: string }> {
  const company = await makeCompany();
  await enableWrites(company);
  const campaignId = await reviewed(company, { [entitlement]: "revoke" });
  return { company, campaignId, remediationId: (await taskOf(campaignId, entitlement)).id };
}

/** As far as the worker's part. */
async function queued(writer: Scripted = scriptedWriter(APPLIED)) {
  const all = await approved();
  await executeRemediation(make.confirmed(all.company.pat), { remediationId: all.remediationId, confirmed: [USED] }, writer);
  return all;
}

const jobsOf = async (remediationId: string) =>
  (
    await reader.rows<{ jobs: number }>(
      `SELECT count(*)::int AS jobs FROM jobs.job WHERE name = 'remediation.execute' AND data ->> 'remediationId' = $1::text`,
      [remediationId],
    )
  )[0]?.jobs;

describe("before anything is run", () => {
  it("the pre-flight tells what speaks against it and what would be run, and keeps that it was asked", async () => {
    const { company, campaignId, remediationId } = await approved();
    const theirs = { name: "Not the last administrator of the role", result: "ok", detail: "2 others." } as const;
    const asked = await preflightRemediation(make.ctxOf(company.pat), { remediationId }, scriptedWriter(APPLIED, [theirs]));
    expect(asked.statements).toEqual(["REVOKE write FROM sam"]);
    expect(asked.checks).toContainEqual(theirs);
    expect(asked.checks.find(({ name }) => name === USED)).toMatchObject({ result: "warns", detail: expect.stringContaining("Unknown") });
    expect(await stepsOf(remediationId)).toEqual(["PLANNED", "APPROVED"]);
    const events = (await make.auditOf("remediation.preflighted")).filter(({ subject }) => subject.id === remediationId);
    expect(events).toMatchObject([{ data: { campaignId, blocks: [], warns: [USED] } }]);
  });

  it("refuses the decider, what is not approved, what is not confirmed, and what is not stepped up", async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await reviewed(company, { admin: "revoke" });
    const { id: remediationId } = await taskOf(campaignId, "admin");
    const writer = scriptedWriter(APPLIED);
    const execute = (ctx = make.confirmed(company.pat), confirmed: string[] = [USED]) =>
      executeRemediation(ctx, { remediationId, confirmed }, writer);
    await expect(execute(make.ctxOf(company.pat))).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
    await expect(execute()).rejects.toMatchObject({ details: { refusals: ["needs_approval"] } });
    await approveRemediation(make.ctxOf(company.rob), { remediationId });
    await expect(execute(make.confirmed(company.mia))).rejects.toMatchObject({ details: { refusals: ["decider"] } });
    await expect(execute(make.confirmed(company.pat), [])).rejects.toMatchObject({
      details: { refusals: ["unconfirmed"], warnings: [USED] },
    });
    await expect(execute(make.confirmed(company.rob))).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await taskOf(campaignId, "admin")).state).toBe("APPROVED");
    expect(await jobsOf(remediationId)).toBe(0);
    const reasons = (await make.auditOf("remediation.refused"))
      .filter(({ subject }) => subject.id === remediationId)
      .map(({ data }) => data.reasons);
    expect(reasons).toEqual([["needs_approval"], ["decider"]]);
    expect(await execute()).toEqual({ state: "QUEUED" });
    expect(await jobsOf(remediationId)).toBe(1);
    await expect(execute()).rejects.toMatchObject({ details: { refusals: ["wrong_state"] } });
    expect(writer.calls).toEqual([]);
  });

  it("does not go on over what blocks, whatever was confirmed", async () => {
    const { company, remediationId } = await approved();
    const blocks = scriptedWriter(APPLIED, [{ name: "Not the last superuser", result: "blocks", detail: "Nobody else." }]);
    const asked = executeRemediation(make.confirmed(company.pat), { remediationId, confirmed: [USED, "Not the last superuser"] }, blocks);
    await expect(asked).rejects.toMatchObject({ details: { refusals: ["blocked"], blocks: ["Not the last superuser"] } });
    await reader.rows("UPDATE identities SET class = 'break_glass' WHERE id = $1::uuid", [company.identityId]);
    const breakGlass = executeRemediation(make.confirmed(company.pat), { remediationId, confirmed: [USED] }, scriptedWriter(APPLIED));
    await expect(breakGlass).rejects.toMatchObject({ details: { blocks: ["Not a break-glass identity"] } });
  });

  it("tells a source that does not answer as such, and changes nothing", async () => {
    const { company, campaignId, remediationId } = await approved();
    const dead = {
      open: () => {
        throw new SourceError("Nothing answers at this host and port.");
      },
    };
    const asked = executeRemediation(make.confirmed(company.pat), { remediationId, confirmed: [USED] }, dead);
    await expect(asked).rejects.toMatchObject({ code: "UPSTREAM", message: expect.stringContaining("Nothing answers") });
    expect((await taskOf(campaignId, "write")).state).toBe("APPROVED");
  });
});

describe("the worker", () => {
  it("takes it back, and counts from the database's clock after the read-back", async () => {
    const { campaignId, remediationId, company } = await queued();
    const writer = scriptedWriter(async () => {
      await reader.rows("SELECT pg_sleep(0.05)");
      return APPLIED;
    });
    const [before] = await reader.rows<{ at: Date }>("SELECT clock_timestamp() AS at");
    expect(await runRemediation(job(), { remediationId }, writer)).toBe("APPLIED_UNVERIFIED");
    const task = await taskOf(campaignId, "write");
    expect(Number(task.appliedAt) - Number(before?.at)).toBeGreaterThanOrEqual(50);
    expect(writer.calls).toEqual([`write from sam for ${remediationId}`]);
    expect(await stepsOf(remediationId)).toEqual(["PLANNED", "APPROVED", "QUEUED", "RUNNING", "APPLIED_UNVERIFIED"]);
    expect(await campaignState(campaignId)).toBe("VERIFYING");
    const [row] = await reader.rows("SELECT executed_by FROM remediations WHERE id = $1::uuid", [remediationId]);
    expect(row?.executed_by).toBe(company.pat.userId);
    const [event] = (await make.auditOf("remediation.applied")).filter(({ subject }) => subject.id === remediationId);
    expect(event).toMatchObject({ data: { statements: 1 }, actor: { kind: "system" } });
    expect(await runRemediation(job(), { remediationId }, writer)).toBe("APPLIED_UNVERIFIED"); // the job came again
    expect(writer.calls).toHaveLength(1);
  });

  it.each<[string, WriteResult, string[], string]>([
    [
      "what was gone before waits for proof all the same",
      { kind: "already_gone", detail: "No such grant." },
      ["ALREADY_GONE"],
      "VERIFYING",
    ],
    [
      "what had no effect goes to people",
      { kind: "not_effective", detail: "Granted by somebody else." },
      ["NOT_EFFECTIVE", "MANUAL_REQUIRED"],
      "REMEDIATING",
    ],
    [
      "what the source cannot do goes to people",
      { kind: "not_supported", reason: "Ownership.", whoCan: "A superuser" },
      ["NOT_SUPPORTED", "MANUAL_REQUIRED"],
      "REMEDIATING",
    ],
  ])("%s", async (_name, result, steps, campaign) => {
    const { campaignId, remediationId } = await queued();
    await runRemediation(job(), { remediationId }, scriptedWriter(result));
    expect((await stepsOf(remediationId)).slice(4)).toEqual(steps);
    expect(await campaignState(campaignId)).toBe(campaign);
    expect((await taskOf(campaignId, "write")).appliedAt === null).toBe(result.kind !== "already_gone");
  });

  it("asks again before it acts: what blocks by now goes to people with its reasons", async () => {
    const { company, campaignId, remediationId } = await queued();
    await disableWrites(make.ctxOf(company.sec), { sourceId: company.source.id, reason: "Not now." });
    const writer = scriptedWriter(APPLIED);
    expect(await runRemediation(job(), { remediationId }, writer)).toBe("MANUAL_REQUIRED");
    expect(writer.calls).toEqual([]);
    const [event] = await reader.rows<{ detail: { reason: string } }>(
      "SELECT detail FROM remediation_events WHERE remediation_id = $1::uuid AND kind = 'MANUAL_REQUIRED'",
      [remediationId],
    );
    expect(event?.detail).toMatchObject({ cause: "blocked", reason: expect.stringContaining("switched off") });
    expect(await campaignState(campaignId)).toBe("REMEDIATING");
  });

  it("tries a failing source three times, then leaves it to people", async () => {
    const { campaignId, remediationId } = await queued();
    let tries = 0;
    const failing = scriptedWriter(() => {
      tries += 1;
      throw new SourceError("The server is starting up.");
    });
    const states = [];
    for (let run = 0; run < 4; run += 1) states.push(await runRemediation(job(), { remediationId }, failing));
    expect(states).toEqual(["QUEUED", "QUEUED", "MANUAL_REQUIRED", "MANUAL_REQUIRED"]);
    expect(tries).toBe(3);
    expect(await jobsOf(remediationId)).toBe(3); // the first, and one after each failure but the last
    expect((await taskOf(campaignId, "write")).state).toBe("MANUAL_REQUIRED");
    expect((await make.auditOf("remediation.failed")).filter(({ subject }) => subject.id === remediationId)).toHaveLength(3);
  });

  it("goes on where a killed worker stopped, before and after the source was changed", async () => {
    const { remediationId } = await queued();
    const held = Promise.withResolvers<WriteResult>();
    const died = scriptedWriter(() => held.promise);
    const late = runRemediation(job(), { remediationId }, died);
    await expect.poll(() => died.calls.length).toBe(1);
    // What a kill does: the lock goes with the connection, the task stays RUNNING.
    const killed = await reader.rows(
      `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'advisory' AND l.granted AND a.state = 'idle in transaction' AND a.datname = current_database()`,
    );
    expect(killed).toHaveLength(1);
    expect((await stepsOf(remediationId)).at(-1)).toBe("RUNNING");
    const second = scriptedWriter({ kind: "already_gone", detail: "The server holds no such grant." });
    expect(await runRemediation(job(), { remediationId }, second)).toBe("ALREADY_GONE");
    expect(second.calls).toEqual(died.calls); // under the same key
    const [event] = await reader.rows<{ detail: { note?: string } }>(
      "SELECT detail FROM remediation_events WHERE remediation_id = $1::uuid AND kind = 'ALREADY_GONE'",
      [remediationId],
    );
    expect(event?.detail.note).toMatch(/earlier attempt/);
    held.resolve(APPLIED); // the first was not dead at all: too late to say so
    expect(await late).toBe("ALREADY_GONE");
    expect((await stepsOf(remediationId)).at(-1)).toBe("ALREADY_GONE");
  });

  it("is alone on a task: of two at once one acts and the other finds it done", async () => {
    const { remediationId } = await queued();
    let inside = 0;
    const most: number[] = [];
    const slow = scriptedWriter(async () => {
      inside += 1;
      most.push(inside);
      await reader.rows("SELECT pg_sleep(0.1)");
      inside -= 1;
      return APPLIED;
    });
    const states = await Promise.all([1, 2, 3].map(() => runRemediation(job(), { remediationId }, slow)));
    expect(states).toEqual(["APPLIED_UNVERIFIED", "APPLIED_UNVERIFIED", "APPLIED_UNVERIFIED"]);
    expect(most).toEqual([1]);
    expect(await stepsOf(remediationId)).toEqual(["PLANNED", "APPROVED", "QUEUED", "RUNNING", "APPLIED_UNVERIFIED"]);
  });

  it("leaves the source alone once the decision is open again", async () => {
    const { campaignId, remediationId } = await queued();
    await reader.rows("UPDATE campaigns SET state = 'CANCELLED' WHERE id = $1::uuid", [campaignId]);
    const writer = scriptedWriter(APPLIED);
    expect(await runRemediation(job(), { remediationId }, writer)).toBe("SUPERSEDED");
    expect(writer.calls).toEqual([]);
  });
});
