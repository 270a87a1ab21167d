import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { collectCampaign } from "#lib/campaigns/commands/stage.ts";
import { requestExport } from "#lib/evidence/commands/export.ts";
import { withdrawException } from "#lib/exceptions/commands/withdraw.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { uploadFile } from "#lib/ingest/commands/upload-file.ts";
import { executeRemediation } from "#lib/remediation/commands/execute.ts";
import { confirmRestore, requestRestore } from "#lib/remediation/commands/restore.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { changedBetween, tableDigests } from "#lib/testing/digests.ts";
import { asked, jobsOf, makeApprovers } from "#lib/testing/exceptions.ts";
import * as make from "#lib/testing/factories.ts";
import {
  APPLIED,
  answer,
  enableWrites,
  job,
  laterRun,
  launchReview,
  makeCompany,
  reviewed,
  scriptedWriter,
  signOffReview,
  taskOf,
} from "#lib/testing/removals.ts";
import { world } from "#lib/testing/review-world.ts";
import { signedOffCampaign } from "#lib/testing/signed-off-campaign.ts";
import { operatorCtx } from "#lib/testing/users.ts";
import { stopSender } from "./enqueue.ts";
import { QUEUES, type QueueName } from "./queues.ts";
import type { JobHandler, JobHandlers } from "./worker.ts";

/** The source that is written to is not what this is about; it keeps what it was asked. */
const writer = scriptedWriter(APPLIED);
vi.mock("#lib/remediation/writer.ts", async (original) => ({
  ...(await original<typeof import("#lib/remediation/writer.ts")>()),
  openWriter: () => writer.open(),
}));

const DOMAINS = import.meta.glob<{ handlers?: JobHandlers }>("../*/jobs.ts");
const database = ownTestDatabase();
let admin: pg.Client;
const handlers: Partial<Record<QueueName, JobHandler[]>> = {};

beforeAll(async () => {
  admin = new pg.Client({ connectionString: database.admin });
  await admin.connect();
  for (const load of Object.values(DOMAINS)) {
    const { handlers: own = {} } = await load();
    for (const { name } of QUEUES) handlers[name] = [...(handlers[name] ?? []), ...(own[name] ?? [])];
  }
});
afterAll(async () => {
  await stopSender();
  await admin.end();
});

const SAMPLES = {
  "source.sync": async () => {
    const mapping = {
      version: 1,
      files: [
        {
          name: "people.csv",
          format: { kind: "csv", delimiter: ",", quote: '"', header: true, encoding: "utf-8" },
          columns: ["external_id", "name"],
          excluded: [],
          targets: [{ stream: "people", columns: { external_id: { column: "external_id" }, name: { column: "name" } } }],
        },
      ],
    };
    const named = { name: `Files ${randomUUID()}`, kind: "files", config: { mapping }, isPeopleSource: true };
    const { sourceId } = await addSource(operatorCtx(), named);
    await uploadFile(operatorCtx(), { sourceId, name: "people.csv" }, Readable.from([Buffer.from("external_id,name\np1,Ada\np2,Bo\n")]));
    return startSync(job(), { sourceId }).then(({ runId }) => ({ runId }));
  },
  "exception.changed": async () => {
    const company = await makeApprovers();
    const { exceptionId } = await asked(company, "write");
    await withdrawException(make.ctxOf(company.mia), { exceptionId, reason: "Not needed any more." });
    const [data] = await jobsOf(exceptionId);
    if (!data) throw new Error("nothing was enqueued");
    return data;
  },
  "inventory.published": async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await reviewed(company, { write: "revoke" });
    const { id: remediationId } = await taskOf(campaignId, "write");
    await executeRemediation(make.confirmed(company.pat), { remediationId, confirmed: ["Not used in the last 7 days"] }, writer);
    for (const handler of handlers["remediation.execute"] ?? []) await handler(job(), { remediationId }, new AbortController().signal);
    return { sourceId: company.source.id, runId: await laterRun(company.source, { endGrants: [company.grants.write] }) };
  },
  "campaign.stage": async () => {
    const { owner, campaignId } = await world();
    await collectCampaign(make.ctxOf(owner), { campaignId });
    return { campaignId };
  },
  "remediation.plan": async () => {
    const company = await makeCompany();
    const campaignId = await launchReview(company);
    await answer(company, campaignId, { write: "revoke", read: "revoke" });
    await signOffReview(company, campaignId);
    return { campaignId };
  },
  "remediation.execute": async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await reviewed(company, { write: "revoke" });
    const { id: remediationId } = await taskOf(campaignId, "write");
    await executeRemediation(make.confirmed(company.pat), { remediationId, confirmed: ["Not used in the last 7 days"] }, writer);
    return { remediationId };
  },
  "remediation.restore": async () => {
    const company = await makeCompany();
    await enableWrites(company);
    const campaignId = await reviewed(company, { write: "revoke" });
    const { id: remediationId } = await taskOf(campaignId, "write");
    await executeRemediation(make.confirmed(company.pat), { remediationId, confirmed: ["Not used in the last 7 days"] }, writer);
    for (const handler of handlers["remediation.execute"] ?? []) await handler(job(), { remediationId }, new AbortController().signal);
    const { requestId } = await requestRestore(make.ctxOf(company.pat), { remediationId, reason: "The job needs it." });
    await confirmRestore(make.confirmed(company.sec), { requestId });
    return { remediationId, requestId };
  },
  "evidence.export": async () => {
    const { campaignId } = await signedOffCampaign();
    const { exportId } = await requestExport(make.confirmed(await make.makeUser({ roles: ["auditor"] })), { campaignId });
    return { exportId };
  },
} satisfies Record<QueueName, () => Promise<Record<string, string>>>;

describe.each(QUEUES.map(({ name }) => name))("a job of %s", (queue) => {
  it("that is delivered three times leaves what one delivery leaves", async () => {
    const data = await SAMPLES[queue]();
    const deliver = async () => {
      for (const handler of handlers[queue] ?? []) await handler(job(), data, new AbortController().signal);
    };
    const before = await tableDigests(admin);
    await deliver();
    const once = await tableDigests(admin);
    const calls = writer.calls.length;
    expect(changedBetween(before, once), "one delivery does something").not.toEqual([]);
    await deliver();
    await deliver();
    expect(changedBetween(once, await tableDigests(admin))).toEqual([]);
    expect(writer.calls).toHaveLength(calls);
  });
});
