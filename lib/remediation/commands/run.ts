import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { SourceError, type WriteResult } from "#lib/connectors/contract.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { lockCampaigns, settleCampaign } from "../campaign-state.sql.ts";
import { findReplaced, nextDecisionOf } from "../plan.sql.ts";
import { namesOf } from "../preflight.ts";
import { campaignOf, loadTask, moveTask, noteTask, type Task, taskSubject } from "../remediation.sql.ts";
import { afterFailure, DEFAULT_REMEDIATION_PARAMETERS } from "../rules.ts";
import { countAttempts, statementsDigest, withTaskLock } from "../run.sql.ts";
import { type RemediationInput, remediationInput } from "../schema.ts";
import type { PreflightRow, RemediationState } from "../types.ts";
import { askAll, grantRefOf, type OpenWriter, openWriter, withWriter } from "../writer.ts";
import { continueBatchOf } from "./batch.ts";

/** Shorter than the queue's expiry, so that a job is never handed to a second worker while the first still waits for the source. */
const DEADLINE_MS = 120_000;
/** Between attempts: 5 s, 25 s. */
const BACKOFF_SECONDS = 5;
type Options = { open?: OpenWriter; signal?: AbortSignal };

type Attempt =
  | { kind: "result"; result: WriteResult }
  | { kind: "blocked"; checks: PreflightRow[] }
  | { kind: "failed"; cause: "source" | "unexpected"; message: string };

/**
 * The worker's part of an execution: from QUEUED, or from RUNNING where an earlier worker died in the middle, to what the source says
 * afterwards. A task at any other step is somebody else's: nothing happens. Answers with the state that it is in then.
 */
export async function runRemediation(ctx: Ctx, input: RemediationInput, options: Options = {}): Promise<RemediationState> {
  authorize(ctx.actor, "remediation.execute");
  const { remediationId } = remediationInput.parse(input);
  return withTaskLock(remediationId, DEADLINE_MS, async () => {
    const started = await transactPg(ctx, async (tx) => {
      const [campaign] = await lockCampaigns(tx, [await campaignOf(tx, remediationId)]);
      const task = await loadTask(tx, remediationId, { lock: true });
      if (task.state !== "QUEUED" && task.state !== "RUNNING") return { task, goesOn: false };
      if (!task.decisionStands) {
        const over = await supersede(tx, ctx, task);
        await continueBatchOf(tx, ctx, remediationId);
        if (campaign) await settleCampaign(tx, ctx, campaign);
        return { task: over, goesOn: false };
      }
      const attempt = (await countAttempts(tx, task.id)).started + 1;
      const running = task.state === "QUEUED" ? await moveTask(tx, ctx, task, { to: "RUNNING", detail: { attempt } }) : task;
      if (task.state === "RUNNING") await noteTask(tx, ctx, task, "resumed", { attempt });
      await recordAudit(tx, ctx, {
        type: "remediation.started",
        subject: taskSubject(task),
        data: { campaignId: task.campaignId, attempt },
      });
      return { task: running, goesOn: true };
    });
    if (!started.goesOn) return started.task.state;
    const signals = [AbortSignal.timeout(DEADLINE_MS), ...(options.signal ? [options.signal] : [])];
    const attempt = await act(ctx, started.task, options.open ?? openWriter, AbortSignal.any(signals));
    return transactPg(ctx, (tx) => finish(tx, ctx, remediationId, attempt));
  });
}

/** Asks once more, then acts. Never throws: what went wrong is an answer too. */
async function act(ctx: Ctx, task: Task, open: OpenWriter, signal: AbortSignal): Promise<Attempt> {
  try {
    const { checks } = await askAll(open, task, ctx.now, signal);
    if (namesOf(checks, "blocks").length > 0) return { kind: "blocked", checks };
    const options = { dryRun: false, idempotencyKey: task.id };
    return { kind: "result", result: await withWriter(open, task, (writer) => writer.revokeGrant(grantRefOf(task), options, signal)) };
  } catch (error) {
    const isSource = error instanceof SourceError || (error instanceof DomainError && error.code === "UPSTREAM");
    return { kind: "failed", cause: isSource ? "source" : "unexpected", message: error instanceof Error ? error.message : String(error) };
  }
}

async function finish(tx: Tx, ctx: Ctx, remediationId: string, attempt: Attempt): Promise<RemediationState> {
  const [campaign] = await lockCampaigns(tx, [await campaignOf(tx, remediationId)]);
  const task = await loadTask(tx, remediationId, { lock: true });
  // A worker that was given up for dead comes late: what the one after it found stands.
  if (task.state !== "RUNNING") return task.state;
  const ended = await endOf(tx, ctx, task, attempt);
  const last = await replacedMeanwhile(tx, ctx, ended);
  await continueBatchOf(tx, ctx, remediationId);
  if (campaign) await settleCampaign(tx, ctx, campaign);
  return last.state;
}

async function endOf(tx: Tx, ctx: Ctx, task: Task, attempt: Attempt): Promise<Task> {
  const subject = taskSubject(task);
  const { campaignId } = task;
  if (attempt.kind === "blocked") {
    await noteTask(tx, ctx, task, "preflight", { checks: attempt.checks });
    const data = { campaignId, blocks: namesOf(attempt.checks, "blocks"), warns: namesOf(attempt.checks, "warns") };
    await recordAudit(tx, ctx, { type: "remediation.preflighted", subject, data });
    const told = attempt.checks.filter(({ result }) => result === "blocks").map(({ name, detail }) => `${name}: ${detail}`);
    return toPeople(tx, ctx, task, "blocked", told.join(" "));
  }
  if (attempt.kind === "failed") return failed(tx, ctx, task, attempt);
  const { result } = attempt;
  switch (result.kind) {
    case "applied": {
      const data = { campaignId, statements: result.statements.length, digest: statementsDigest(result.statements) };
      await recordAudit(tx, ctx, { type: "remediation.applied", subject, data });
      const detail = { statements: result.statements, undo: result.undo, detail: result.detail };
      return moveTask(tx, ctx, task, { to: "APPLIED_UNVERIFIED", detail, set: APPLIED });
    }
    case "already_gone": {
      const { started } = await countAttempts(tx, task.id);
      const detail = { detail: result.detail, ...(started > 1 ? { note: "An earlier attempt of this task may have taken it back." } : {}) };
      await recordAudit(tx, ctx, { type: "remediation.already_gone", subject, data: { campaignId } });
      return moveTask(tx, ctx, task, { to: "ALREADY_GONE", detail, set: APPLIED });
    }
    case "not_effective": {
      await recordAudit(tx, ctx, { type: "remediation.not_effective", subject, data: { campaignId, runId: null }, reason: result.detail });
      const moved = await moveTask(tx, ctx, task, { to: "NOT_EFFECTIVE", detail: { detail: result.detail } });
      return toPeople(tx, ctx, moved, "not_effective", result.detail);
    }
    case "not_supported": {
      await recordAudit(tx, ctx, { type: "remediation.not_supported", subject, data: { campaignId }, reason: result.reason });
      const moved = await moveTask(tx, ctx, task, { to: "NOT_SUPPORTED", detail: { detail: result.reason, whoCan: result.whoCan } });
      return toPeople(tx, ctx, moved, "not_supported", `${result.reason} Who can: ${result.whoCan}.`);
    }
  }
}

/** The instant after which syncs may prove it: the database's, taken after the source was read back. */
const APPLIED = { sql: "applied_at = clock_timestamp(), first_absent_run_id = NULL", values: [] };

async function toPeople(tx: Tx, ctx: Ctx, task: Task, cause: string, why: string): Promise<Task> {
  const data = { campaignId: task.campaignId, cause };
  await recordAudit(tx, ctx, { type: "remediation.manual_required", subject: taskSubject(task), data, reason: why });
  return moveTask(tx, ctx, task, { to: "MANUAL_REQUIRED", detail: { cause, reason: why } });
}

async function failed(tx: Tx, ctx: Ctx, task: Task, { cause, message }: { cause: string; message: string }): Promise<Task> {
  const subject = taskSubject(task);
  const moved = await moveTask(tx, ctx, task, { to: "FAILED", detail: { cause, message } });
  await recordAudit(tx, ctx, { type: "remediation.failed", subject, data: { campaignId: task.campaignId, cause }, reason: message });
  const { failed: failures } = await countAttempts(tx, task.id);
  if (afterFailure(failures, DEFAULT_REMEDIATION_PARAMETERS) === "MANUAL_REQUIRED") return toPeople(tx, ctx, moved, "failed", message);
  const startAfter = new Date(Date.now() + BACKOFF_SECONDS ** failures * 1000);
  await enqueue(tx, "remediation.execute", { remediationId: task.id }, { key: task.id, startAfter });
  await recordAudit(tx, ctx, { type: "remediation.queued", subject, data: { campaignId: task.campaignId } });
  return moveTask(tx, ctx, moved, { to: "QUEUED", detail: { afterFailures: failures } });
}

/** A decision that changed while the connector was at it replaces the task now; the history keeps what was done in the source. */
async function replacedMeanwhile(tx: Tx, ctx: Ctx, task: Task): Promise<Task> {
  if (task.decisionStands) return task;
  const replaced = await findReplaced(tx, task.campaignId);
  return replaced.some(({ id }) => id === task.id) ? supersede(tx, ctx, task) : task;
}

/** What a dead worker left RUNNING is told as failed first: whether it had acted in the source, nobody knows. */
async function supersede(tx: Tx, ctx: Ctx, task: Task): Promise<Task> {
  const subject = taskSubject(task);
  let stopped = task;
  if (task.state === "RUNNING") {
    await recordAudit(tx, ctx, { type: "remediation.failed", subject, data: { campaignId: task.campaignId, cause: "interrupted" } });
    stopped = await moveTask(tx, ctx, task, { to: "FAILED", detail: { cause: "interrupted" } });
  }
  const byDecisionId = await nextDecisionOf(tx, task);
  await recordAudit(tx, ctx, { type: "remediation.superseded", subject, data: { campaignId: task.campaignId, byDecisionId } });
  return moveTask(tx, ctx, stopped, { to: "SUPERSEDED", detail: { byDecisionId } });
}
