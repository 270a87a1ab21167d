import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { askSecondPerson, confirmSecondPerson } from "#lib/campaigns/second-person.sql.ts";
import { type RestoreResult, SourceError } from "#lib/connectors/contract.ts";
import { transactPg } from "#lib/db/transact.ts";
import { DomainError, precondition } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { lockCampaigns, settleCampaign } from "../campaign-state.sql.ts";
import { campaignOf, loadTask, moveTask, noteTask, type Task, taskSubject } from "../remediation.sql.ts";
import { findRestorable, RESTORE, readUndo, restorableOfBatch, restoreRequest } from "../restore.sql.ts";
import { restoreRefusals } from "../rules.ts";
import { statementsDigest, withTaskLock } from "../run.sql.ts";
import {
  askedRestore,
  type BatchRestoreInput,
  batchRestoreInput,
  type ConfirmWritesInput,
  confirmWritesInput,
  type RemediationReasonInput,
  type RestoreInput,
  remediationReasonInput,
  restoreInput,
} from "../schema.ts";
import { grantRefOf, type OpenWriter, openWriter, withWriter } from "../writer.ts";
import { continueBatchOf } from "./batch.ts";

const DEADLINE_MS = 120_000;
type Options = { open?: OpenWriter; signal?: AbortSignal };

/** The first of two people: what was taken back is to be put back as it was. */
export async function requestRestore(ctx: Ctx, input: RemediationReasonInput): Promise<{ requestId: string }> {
  authorize(ctx.actor, "remediation.restore");
  const { remediationId, reason } = remediationReasonInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const task = await loadTask(tx, remediationId, { lock: true });
    requireRestorable(task, await readUndo(tx, remediationId));
    const input = { remediationIds: [remediationId] };
    const { requestId, event } = await askSecondPerson(tx, ctx, { action: RESTORE, subject: taskSubject(task), input, reason });
    await recordAudit(tx, ctx, event);
    return { requestId };
  });
}

/** All of a batch that was taken back, in one request. */
export async function requestBatchRestore(ctx: Ctx, input: BatchRestoreInput): Promise<{ requestId: string; tasks: number }> {
  authorize(ctx.actor, "remediation.restore");
  const { batchId, reason } = batchRestoreInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const { label, remediationIds } = await restorableOfBatch(tx, batchId);
    if (remediationIds.length === 0) throw precondition("Nothing of this batch was taken back and can be put back.");
    const subject = { kind: "removal_batch", id: batchId, label };
    const { requestId, event } = await askSecondPerson(tx, ctx, { action: RESTORE, subject, input: { remediationIds }, reason });
    await recordAudit(tx, ctx, event);
    return { requestId, tasks: remediationIds.length };
  });
}

/** The second, another person: the worker puts it back. What has moved on since it was asked for is left as it is. */
export async function confirmRestore(ctx: Ctx, input: ConfirmWritesInput): Promise<{ tasks: number }> {
  authorize(ctx.actor, "remediation.restore");
  requireStepUp(ctx.actor);
  const { requestId } = confirmWritesInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const asked = await confirmSecondPerson(tx, ctx, RESTORE, requestId);
    await recordAudit(tx, ctx, asked.event);
    const ids = await findRestorable(tx, askedRestore.parse(asked.input).remediationIds);
    if (ids.length === 0) throw precondition("Nothing is left to put back: it has moved on since it was asked for.");
    for (const remediationId of ids) await enqueue(tx, "remediation.restore", { remediationId, requestId }, { key: remediationId });
    return { tasks: ids.length };
  });
}

/** The worker's part: idempotent by the task's state, and only for a request that two people stand behind. */
export async function restoreRemediation(ctx: Ctx, input: RestoreInput, options: Options = {}): Promise<void> {
  authorize(ctx.actor, "remediation.execute");
  const { remediationId, requestId } = restoreInput.parse(input);
  await withTaskLock(remediationId, DEADLINE_MS, async () => {
    const started = await transactPg(ctx, async (tx) => {
      const request = await restoreRequest(tx, requestId, remediationId);
      const task = await loadTask(tx, remediationId);
      const undo = await readUndo(tx, remediationId);
      return request && restoreRefusals(task, undo.length > 0).length === 0 ? { task, undo, request } : null;
    });
    if (!started) return;
    const signals = [AbortSignal.timeout(DEADLINE_MS), ...(options.signal ? [options.signal] : [])];
    const answer = await putBack(started.task, started.undo, options.open ?? openWriter, AbortSignal.any(signals));
    await transactPg(ctx, async (tx) => {
      const [campaign] = await lockCampaigns(tx, [await campaignOf(tx, remediationId)]);
      const task = await loadTask(tx, remediationId, { lock: true });
      if (task.state === "RESTORED") return;
      const { requestedBy, confirmedBy, reason } = started.request;
      if (answer.kind === "restored" || answer.kind === "already_there") {
        const statements = answer.kind === "restored" ? answer.statements : [];
        await moveTask(tx, ctx, task, {
          to: "RESTORED",
          detail: { requestId, requestedBy, confirmedBy, reason, statements, detail: answer.detail },
        });
        const data = { campaignId: task.campaignId, requestId, statements: statements.length, digest: statementsDigest(statements) };
        await recordAudit(tx, ctx, { type: "remediation.restored", subject: taskSubject(task), data });
      } else {
        await noteTask(tx, ctx, task, "restore_failed", { requestId, reason: answer.why });
        const data = { campaignId: task.campaignId, requestId };
        await recordAudit(tx, ctx, { type: "remediation.restore_failed", subject: taskSubject(task), data, reason: answer.why });
      }
      await continueBatchOf(tx, ctx, remediationId);
      if (campaign) await settleCampaign(tx, ctx, campaign);
    });
  });
}

type PutBack = Extract<RestoreResult, { kind: "restored" | "already_there" }> | { kind: "failed"; why: string };

/** Never throws: that it went wrong is an answer, kept where people look. */
async function putBack(task: Task, undo: readonly string[], open: OpenWriter, signal: AbortSignal): Promise<PutBack> {
  try {
    const result = await withWriter(open, task, (writer) =>
      writer.restoreGrant(grantRefOf(task), { undo, idempotencyKey: task.id }, signal),
    );
    if (result.kind === "not_effective") return { kind: "failed", why: result.detail };
    if (result.kind === "not_supported") return { kind: "failed", why: `${result.reason} Who can: ${result.whoCan}.` };
    return result;
  } catch (error) {
    if (!(error instanceof SourceError) && !(error instanceof DomainError)) throw error;
    return { kind: "failed", why: error.message };
  }
}

function requireRestorable(task: Task, undo: readonly string[]): void {
  const [refusal] = restoreRefusals(task, undo.length > 0);
  if (refusal) throw precondition(RESTORE_REFUSED[refusal], { refusals: [refusal] });
}

const RESTORE_REFUSED: Readonly<Record<ReturnType<typeof restoreRefusals>[number], string>> = {
  not_taken_back: "The connector has not taken it back: there is nothing to put back.",
  no_undo:
    "How it was granted is not known well enough to put it back. Grant it again in the source: the next sync brings it under review.",
  writes_off: "Writing to this source is switched off. Two people can switch it on.",
};
