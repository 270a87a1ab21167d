import "server-only";
import { findCheckpoint, type StoredCheckpoint } from "#lib/audit/log.sql.ts";
import { recordAudit } from "#lib/audit/record.ts";
import { checkpointNow } from "#lib/audit/sealer.ts";
import { systemActor, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireConfirmation, requireStepUp } from "#lib/authz/step-up.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DomainError, notFound, precondition } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import type { Progress } from "../copy.sql.ts";
import { insertPack, keepProgress, lockExport, settleExport } from "../exports.sql.ts";
import { type MadePack, makePack } from "../make-pack.sql.ts";
import {
  type ExportEvidenceInput,
  exportEvidenceInput,
  type RequestExportInput,
  type RunExportInput,
  requestExportInput,
  runExportInput,
} from "../schema.ts";

export type ExportedPack = MadePack & { packId: string; campaignId: string; campaignName: string; treeSize: number };

/**
 * The whole export at once, for the command line: seals the log, signs a checkpoint (or takes the one named), makes the pack, and records
 * who took it. That event comes after the checkpoint, so it is in the next pack and not in this one.
 */
export async function exportEvidence(ctx: Ctx, input: ExportEvidenceInput, options: { progress?: Progress } = {}): Promise<ExportedPack> {
  authorize(ctx.actor, "evidence.export");
  requireConfirmation(ctx.actor);
  const { campaign: named, checkpoint: size } = exportEvidenceInput.parse(input);
  const campaign = await findSignedOff(reader, named);
  const checkpoint = size === undefined ? await newCheckpoint(ctx) : await knownCheckpoint(size);
  const made = await makePack(ctx, { campaignId: campaign.id, checkpoint, ...options });
  return transactPg(ctx, async (tx) => {
    const packId = await insertPack(tx, {
      campaignId: campaign.id,
      treeSize: checkpoint.treeSize,
      createdBy: userIdOf(ctx.actor),
      ...made,
    });
    await recordAudit(tx, ctx, {
      type: "evidence.exported",
      subject: { kind: "evidence_pack", id: packId, label: campaign.name },
      data: { campaignId: campaign.id, treeSize: checkpoint.treeSize, sha256: made.sha256, bytes: String(made.bytes), exportId: null },
    });
    return { ...made, packId, campaignId: campaign.id, campaignName: campaign.name, treeSize: Number(checkpoint.treeSize) };
  });
}

/** For the web: the checkpoint is signed now, the pack is made by a job that can be left. */
export async function requestExport(ctx: Ctx, input: RequestExportInput): Promise<{ exportId: string; treeSize: string }> {
  authorize(ctx.actor, "evidence.export");
  requireStepUp(ctx.actor);
  const { campaignId } = requestExportInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await findSignedOff(tx, campaignId);
    const { treeSize } = await newCheckpoint(ctx);
    const [row] = await tx.rows<{ id: string }>(
      "INSERT INTO evidence_exports (campaign_id, tree_size, requested_by) VALUES ($1::uuid, $2::bigint, $3::uuid) RETURNING id",
      [campaignId, treeSize, userIdOf(ctx.actor)],
    );
    const exportId = row?.id ?? "";
    await enqueue(tx, "evidence.export", { exportId }, { key: exportId });
    await recordAudit(tx, ctx, {
      type: "evidence.export_requested",
      subject: { kind: "campaign", id: campaignId, label: campaign.name },
      data: { campaignId, treeSize, exportId },
    });
    return { exportId, treeSize };
  });
}

/** The job's part. Runs at least once: a second run finds the export done and does nothing, or makes the same file again. */
export async function runExport(ctx: Ctx, input: RunExportInput): Promise<void> {
  authorize(ctx.actor, "evidence.build");
  const { exportId } = runExportInput.parse(input);
  const begun = await transactPg(ctx, async (tx) => {
    const asked = await lockExport(tx, exportId);
    if (asked.state === "done") return null;
    await settleExport(tx, exportId, { state: "building" });
    return asked;
  });
  if (!begun) return;
  try {
    const checkpoint = await knownCheckpoint(Number(begun.treeSize));
    const progress = keepProgress(exportId, begun.rowsTotal);
    const made = await makePack(ctx, { campaignId: begun.campaignId, checkpoint, progress });
    await transactPg(ctx, async (tx) => {
      const asked = await lockExport(tx, exportId);
      if (asked.state === "done") return;
      const packId = await insertPack(tx, { ...asked, createdBy: asked.requestedBy, ...made });
      await settleExport(tx, exportId, { state: "done", packId });
      await recordAudit(tx, ctx, {
        type: "evidence.exported",
        subject: { kind: "evidence_pack", id: packId, label: asked.campaignName },
        data: { campaignId: asked.campaignId, treeSize: asked.treeSize, sha256: made.sha256, bytes: String(made.bytes), exportId },
      });
    });
  } catch (error) {
    const message = error instanceof DomainError ? error.message : "The pack could not be made. It is tried again by itself.";
    await settleExport(reader, exportId, { state: "failed", message });
    if (!(error instanceof DomainError)) throw error;
  }
}

/** Everything that is visible now, sealed and signed, by the program itself: whoever exports may not seal. */
async function newCheckpoint(ctx: Ctx): Promise<StoredCheckpoint> {
  return checkpointNow({ actor: systemActor("evidence export"), now: ctx.now, requestId: ctx.requestId });
}

async function knownCheckpoint(size: number): Promise<StoredCheckpoint> {
  const found = await findCheckpoint(reader, size);
  if (!found) throw notFound("Checkpoint of size", String(size));
  return found;
}

async function findSignedOff(tx: Tx, campaign: string): Promise<{ id: string; name: string }> {
  const [row] = await tx.rows<{ id: string; name: string; isSignedOff: boolean; state: string }>(
    campaign === "latest"
      ? `SELECT id, name, true AS "isSignedOff", state::text AS state FROM campaigns WHERE signed_off_at IS NOT NULL ORDER BY signed_off_at DESC, id DESC LIMIT 1`
      : `SELECT id, name, signed_off_at IS NOT NULL AS "isSignedOff", state::text AS state FROM campaigns WHERE id = $1::uuid`,
    campaign === "latest" ? [] : [campaign],
  );
  if (!row && campaign === "latest") throw precondition("No campaign was signed off yet: there is nothing to export.");
  if (!row) throw notFound("Campaign", campaign);
  if (!row.isSignedOff)
    throw precondition(`This campaign is ${row.state}. Evidence is exported once its owner has signed it off.`, { state: row.state });
  return { id: row.id, name: row.name };
}
