import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { lockCampaigns, settleCampaign } from "../campaign-state.sql.ts";
import { requireNone } from "../refusals.sql.ts";
import { campaignOf, loadTask, moveTask, taskSubject, whoOf } from "../remediation.sql.ts";
import { claimRefusals, manualRefusals } from "../rules.ts";
import { type ClaimRemediationInput, claimRemediationInput, type ManualRemediationInput, manualRemediationInput } from "../schema.ts";

/** Hands a task that the connector could do to people, with the reason. */
export async function requireManual(ctx: Ctx, input: ManualRemediationInput): Promise<void> {
  authorize(ctx.actor, "remediation.claim");
  const { remediationId, reason } = manualRemediationInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const task = await loadTask(tx, remediationId, { lock: true });
    await requireNone(ctx, "remediation.require_manual", task, manualRefusals(task));
    await moveTask(tx, ctx, task, { to: "MANUAL_REQUIRED", detail: { cause: "by_hand", reason } });
    const data = { campaignId: task.campaignId, cause: "by_hand" };
    await recordAudit(tx, ctx, { type: "remediation.manual_required", subject: taskSubject(task), data, reason });
  });
}

/** Somebody says that it is done in the source, and how an auditor can see it. Believed only when two later syncs no longer find it. */
export async function claimDone(ctx: Ctx, input: ClaimRemediationInput): Promise<void> {
  authorize(ctx.actor, "remediation.claim");
  const { remediationId, proof } = claimRemediationInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const [campaign] = await lockCampaigns(tx, [await campaignOf(tx, remediationId)]);
    const task = await loadTask(tx, remediationId, { lock: true });
    await requireNone(ctx, "remediation.claim_done", task, claimRefusals(task, whoOf(ctx.actor)));
    await moveTask(tx, ctx, task, {
      to: "CLAIMED_DONE",
      detail: { proof },
      set: { sql: "executed_by = $4::uuid, applied_at = clock_timestamp(), first_absent_run_id = NULL", values: [userIdOf(ctx.actor)] },
    });
    const proofDigest = createHash("sha256").update(proof, "utf8").digest("hex");
    await recordAudit(tx, ctx, {
      type: "remediation.claimed_done",
      subject: taskSubject(task),
      data: { campaignId: task.campaignId, proofDigest },
      personal: { proof },
    });
    if (campaign) await settleCampaign(tx, ctx, campaign);
  });
}
