import { reader } from "#lib/db/transact.ts";
import { approveRemediation } from "#lib/remediation/commands/approve.ts";
import { startBatch } from "#lib/remediation/commands/batch.ts";
import { requestRestore } from "#lib/remediation/commands/restore.ts";
import { runRemediation } from "#lib/remediation/commands/run.ts";
import { requestWrites } from "#lib/remediation/commands/writes.ts";
import * as make from "../factories.ts";
import { APPLIED, type Company, enableWrites, job, makeCompany, reviewed, scriptedWriter, taskOf } from "../removals.ts";
import { signedOffCampaign } from "../signed-off-campaign.ts";
import { type Samples, somebody } from "./sample.ts";

const reason = "The review is under way.";
const writer = ({ source }: Company) => ({ sourceId: source.id, config: { user: "writer" }, secret: "writer-secret", reason });

/** A removal that waits for its approval (critical), or is approved by its decision (low). */
async function planned(
  entitlement: "admin" | "write",
  writes = true,
): Promise<{ company: Company; campaignId: string; remediationId: string }> {
  const company = await makeCompany();
  if (writes) await enableWrites(company);
  const campaignId = await reviewed(company, { [entitlement]: "revoke" });
  return { company, campaignId, remediationId: (await taskOf(campaignId, entitlement)).id };
}

async function manual() {
  const all = await planned("admin", false);
  return { ...all, by: all.company.pat };
}

const USED = "Not used in the last 7 days";
const taken = scriptedWriter(APPLIED);

async function severalApproved() {
  const company = await makeCompany();
  await enableWrites(company);
  const campaignId = await reviewed(company, { write: "revoke", read: "revoke" });
  return { company, campaignId, sourceId: company.source.id, by: company.pat };
}

async function batch() {
  const all = await severalApproved();
  const { campaignId, sourceId } = all;
  const { batchId } = await startBatch(make.confirmed(all.by), { campaignId, sourceId, confirmed: [USED] }, taken);
  return { ...all, batchId };
}

/** Its first step taken back. */
async function batchDone() {
  const all = await batch();
  const [first] = await reader.rows<{ id: string }>("SELECT id FROM remediations WHERE batch_id = $1::uuid AND batch_step = 1", [
    all.batchId,
  ]);
  if (!first) throw new Error("No first step");
  await runRemediation(job(), { remediationId: first.id }, taken);
  return { ...all, remediationId: first.id };
}

let made: Promise<{ campaignId: string }> | undefined;
/** Its source has a fixed name, so there is one for all. */
async function signedOff(): Promise<{ campaignId: string }> {
  made ??= signedOffCampaign();
  return { campaignId: (await made).campaignId };
}

export const remediationSamples: Samples = {
  "remediation.approve": async () => {
    const { company, remediationId } = await planned("admin");
    return { by: company.rob, input: { remediationId } };
  },
  "remediation.preflight": async () => {
    const { company, remediationId } = await planned("write");
    return { by: company.pat, input: { remediationId } };
  },
  "remediation.execute": async () => {
    const { company, remediationId } = await planned("write");
    return { by: company.pat, input: { remediationId, confirmed: ["Not used in the last 7 days"] } };
  },
  "remediation.require_manual": async () => {
    const { company, remediationId } = await planned("admin");
    await approveRemediation(make.ctxOf(company.rob), { remediationId });
    return { by: company.pat, input: { remediationId, reason } };
  },
  "remediation.claim_done": async () => {
    const { by, remediationId } = await manual();
    return { by, input: { remediationId, proof: "Revoked by hand in psql at noon." } };
  },
  "POST remediation.claim_done": async () => {
    const { by, remediationId } = await manual();
    return { by, params: { remediationId }, input: { proof: "Revoked by hand in psql at noon." } };
  },
  "remediation.ticket": async () => {
    const { by, remediationId } = await manual();
    return { by, input: { remediationId, reference: "OPS-12", link: "https://tickets.example.test/OPS-12" } };
  },
  "POST remediation.ticket": async () => {
    const { by, remediationId } = await manual();
    return { by, params: { remediationId }, input: { reference: "OPS-12" } };
  },
  "POST remediation.add_proof": async () => {
    const { by, remediationId } = await manual();
    return {
      by,
      params: { remediationId },
      query: { name: "psql.txt" },
      body: () => ({ body: "REVOKE ROLE", headers: { "content-length": "11" } }),
    };
  },
  "removal_batch.check": async () => {
    const { by, campaignId, sourceId } = await severalApproved();
    return { by, input: { campaignId, sourceId } };
  },
  "removal_batch.start": async () => {
    const { by, campaignId, sourceId } = await severalApproved();
    return { by, input: { campaignId, sourceId, confirmed: [USED] } };
  },
  "removal_batch.stop": async () => {
    const { by, batchId } = await batch();
    return { by, input: { batchId, reason } };
  },
  "removal_batch.request_restore": async () => {
    const { by, batchId } = await batchDone();
    return { by, input: { batchId, reason } };
  },
  "remediation.request_restore": async () => {
    const { by, remediationId } = await batchDone();
    return { by, input: { remediationId, reason } };
  },
  "remediation.confirm_restore": async () => {
    const { by, company, remediationId } = await batchDone();
    const { requestId } = await requestRestore(make.ctxOf(by), { remediationId, reason });
    return { by: company.sec, input: { requestId } };
  },
  "source.request_writes": async () => {
    const company = await makeCompany();
    return { by: company.sec, input: writer(company) };
  },
  "source.confirm_writes": async () => {
    const company = await makeCompany();
    const { requestId } = await requestWrites(make.confirmed(company.sec), writer(company));
    return { by: company.second, input: { requestId } };
  },
  "source.disable_writes": async () => {
    const company = await makeCompany();
    await enableWrites(company);
    return { by: company.sec, input: { sourceId: company.source.id, reason } };
  },
  "campaign.close": async () => {
    const { company, campaignId, remediationId } = await planned("admin");
    return { by: company.owner, input: { campaignId, openRemediationIds: [remediationId], reason } };
  },
  "evidence.export": async () => ({ by: await somebody("auditor"), input: await signedOff() }),
  "POST evidence.export": async () => ({ by: await somebody("auditor"), input: await signedOff() }),
};
