import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { evidenceScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { job, launchReview, makeCompany } from "#lib/testing/removals.ts";
import { type SignedOff, signedOffCampaign } from "#lib/testing/signed-off-campaign.ts";
import { downloadPack } from "./commands/download.ts";
import { exportEvidence, requestExport, runExport } from "./commands/export.ts";
import { packFile, packsFolder } from "./make-pack.sql.ts";
import { getExport, getReceipt, listExports, listPacks } from "./queries.ts";
import { verifyPack } from "./verifier/verify.js";

ownTestDatabase();

let made: SignedOff;
beforeAll(async () => {
  made = await signedOffCampaign();
});

const auditor = () => make.makeUser({ roles: ["auditor"], label: "Auditor" });
const scope = async () => evidenceScope(await auditor());
const packsOf = async (campaignId: string) => listPacks(await scope(), { campaignId });
const packBy = async () => {
  const user = await auditor();
  const { exportId, treeSize } = await requestExport(make.confirmed(user), { campaignId: made.campaignId });
  await runExport(job(), { exportId });
  return { user, exportId, treeSize };
};

describe("an export asked for on the web", () => {
  it("waits until its job has made the pack of the checkpoint that was signed when it was asked for", async () => {
    const user = await auditor();
    const { exportId, treeSize } = await requestExport(make.confirmed(user), { campaignId: made.campaignId });
    expect(await getExport(evidenceScope(user), exportId)).toMatchObject({ state: "QUEUED", isDone: false });
    const [queued] = await reader.rows("SELECT 1 FROM jobs.job WHERE name = 'evidence.export' AND data ->> 'exportId' = $1::text", [
      exportId,
    ]);
    expect(queued).toBeDefined();

    await runExport(job(), { exportId });
    expect(await getExport(evidenceScope(user), exportId)).toMatchObject({ state: "DONE", isDone: true });
    const [pack] = await packsOf(made.campaignId);
    expect(pack).toMatchObject({ treeSize, createdBy: "Auditor", downloads: 0 });
    expect((await verifyPack(packFile(pack?.sha256 ?? ""))).verdict).toBe("verified");
    const exported = await make.auditOf("evidence.exported");
    expect(exported.at(-1)).toMatchObject({ subject: { id: pack?.id }, data: { exportId, treeSize, sha256: pack?.sha256 } });
    expect((await make.auditOf("evidence.export_requested")).at(-1)).toMatchObject({
      actor: { id: user.userId },
      data: { exportId, treeSize },
    });
  });

  it("is made once, however often its job runs", async () => {
    const { exportId } = await packBy();
    const before = await packsOf(made.campaignId);
    await Promise.all([runExport(job(), { exportId }), runExport(job(), { exportId })]);
    expect(await packsOf(made.campaignId)).toEqual(before);
  });

  it("is the same file as the command line makes from that checkpoint", async () => {
    const { treeSize } = await packBy();
    const [pack] = await packsOf(made.campaignId);
    const again = await exportEvidence(make.confirmed(await auditor()), { campaign: made.campaignId, checkpoint: Number(treeSize) });
    expect(again.sha256).toBe(pack?.sha256);
  });

  it("says why it failed, and leaves no half-made file", async () => {
    const user = await auditor();
    const { exportId } = await requestExport(make.confirmed(user), { campaignId: made.campaignId });
    await reader.rows("UPDATE evidence_exports SET tree_size = 2 WHERE id = $1::uuid", [exportId]);
    await runExport(job(), { exportId });
    expect(await getExport(evidenceScope(user), exportId)).toMatchObject({
      state: "FAILED",
      message: expect.stringContaining("Checkpoint of size 2"),
    });
    expect((await listExports(evidenceScope(user))).map(({ id }) => id)).toContain(exportId);
    expect(readdirSync(packsFolder()).filter((name) => !/^[0-9a-f]{64}\.zip$/.test(name))).toEqual([]);
  });

  it("is refused for a campaign that is not signed off, without confirmation, and to who has no role for it", async () => {
    const open = await launchReview(await makeCompany());
    const user = await auditor();
    await expect(requestExport(make.confirmed(user), { campaignId: open })).rejects.toMatchObject({ code: "PRECONDITION" });
    await expect(requestExport(make.ctxOf(user), { campaignId: made.campaignId })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
    await expect(requestExport(make.confirmed(made.mia), { campaignId: made.campaignId })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(runExport(make.ctxOf(user), { exportId: open })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("taking a pack", () => {
  it("is recorded before the file is handed out", async () => {
    await packBy();
    const [pack] = await packsOf(made.campaignId);
    const user = await auditor();
    const taken = await downloadPack(make.ctxOf(user), { packId: pack?.id ?? "" });
    expect(readFileSync(taken.file).length).toBe(taken.bytes);
    expect((await make.auditOf("evidence.downloaded")).at(-1)).toMatchObject({
      subject: { id: pack?.id },
      actor: { id: user.userId },
      data: { campaignId: made.campaignId, sha256: taken.sha256 },
    });
    expect((await packsOf(made.campaignId))[0]).toMatchObject({ downloads: 1 });
    await expect(downloadPack(make.ctxOf(made.mia), { packId: pack?.id ?? "" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("makes a file again that is gone, with the same bytes", async () => {
    await packBy();
    const [pack] = await packsOf(made.campaignId);
    const file = packFile(pack?.sha256 ?? "");
    const before = readFileSync(file);
    await rm(file);
    const taken = await downloadPack(make.ctxOf(await auditor()), { packId: pack?.id ?? "" });
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(taken.file).equals(before)).toBe(true);
  });

  it("comes with a receipt that names who made it and when, signed and outside the pack", async () => {
    const { user } = await packBy();
    const [pack] = await packsOf(made.campaignId);
    const { receipt, signature } = await getReceipt(await scope(), pack?.id ?? "");
    expect(receipt).toMatchObject({
      sha256: pack?.sha256,
      exported_by: "Auditor",
      exported_by_user_id: user.userId,
      exported_at: pack?.createdAt,
    });
    expect(Buffer.from(signature, "base64").length).toBe(64);
    expect(readFileSync(packFile(pack?.sha256 ?? "")).includes(user.userId)).toBe(false);
  });
});
