import "server-only";
import { type AuditEntry, recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { forbidden, precondition } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import {
  type BatchMember,
  type BatchRecord,
  batchOf,
  campaignOfBatch,
  endBatch,
  findExecutable,
  insertBatch,
  joinBatch,
  leaveBatch,
  lockBatch,
  lockMembers,
  setStep,
} from "../batch.sql.ts";
import { MAX_BATCH, partition, stepsOfTasks, turnOf } from "../batch.ts";
import { lockCampaigns } from "../campaign-state.sql.ts";
import { namesOf } from "../preflight.ts";
import { loadTask, moveTasks, type Task, taskSubject, whoOf } from "../remediation.sql.ts";
import { executionRefusals } from "../rules.ts";
import {
  type CheckBatchInput,
  checkBatchInput,
  type StartBatchInput,
  type StopBatchInput,
  startBatchInput,
  stopBatchInput,
} from "../schema.ts";
import type { CheckedBatch } from "../types.ts";
import { askAll, type OpenWriter, openWriter } from "../writer.ts";

/** For all of them together: each is asked about in the source. */
const PATIENCE_MS = 60_000;
/** So many connections to the source at a time. */
const AT_ONCE = 4;
type Options = { open?: OpenWriter };

/** Everything that a person may start in one source for one campaign, with what speaks against each. Changes nothing. */
export async function checkBatch(ctx: Ctx, input: CheckBatchInput, options: Options = {}): Promise<CheckedBatch> {
  authorize(ctx.actor, "remediation.execute");
  const { campaignId, sourceId } = checkBatchInput.parse(input);
  const tx = ctx.tx?.tx ?? reader;
  const found = await findExecutable(tx, campaignId, sourceId, MAX_BATCH);
  const tasks: Task[] = [];
  for (const { id } of found) tasks.push(await loadTask(tx, id));
  const theirs = tasks.filter((task) => executionRefusals(task, whoOf(ctx.actor)).length === 0);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const checked: CheckedBatch["tasks"] = [];
  for (let at = 0; at < theirs.length; at += AT_ONCE) {
    const asked = theirs.slice(at, at + AT_ONCE).map(async (task) => {
      const { checks } = await askAll(options.open ?? openWriter, task, ctx.now, signal);
      const { id, version, label, riskClass } = task;
      return { id, version, label, riskClass, blocks: namesOf(checks, "blocks"), warns: namesOf(checks, "warns") };
    });
    checked.push(...(await Promise.all(asked)));
  }
  return { tasks: checked, leftOut: tasks.length - theirs.length };
}

/**
 * Begins the removals of a campaign in a source: one, then a tenth, then the rest, each step when the one before has ended well. What is
 * blocked, or has a warning that was not read, stays where it is. So many that go wrong stop the rest.
 */
export async function startBatch(
  ctx: Ctx,
  input: StartBatchInput,
  options: Options = {},
): Promise<{ batchId: string; tasks: number; left: number }> {
  authorize(ctx.actor, "remediation.execute");
  requireStepUp(ctx.actor);
  const { campaignId, sourceId, confirmed, stopAfter } = startBatchInput.parse(input);
  const startedBy = userIdOf(ctx.actor);
  if (startedBy === null) throw forbidden("remediation.execute");
  const checked = await checkBatch(ctx, { campaignId, sourceId }, options);
  const { ready, unread, blocked } = partition(checked.tasks, confirmed);
  if (ready.length === 0)
    throw precondition(
      unread.length > 0
        ? `Nothing can begin: ${unread.length} have warnings that were not read.`
        : "Nothing can begin: no approved removal here is yours to start, or all are blocked.",
      { refusals: [unread.length > 0 ? "unconfirmed" : "nothing_to_start"] },
    );
  return transactPg(ctx, async (tx) => {
    await lockCampaigns(tx, [campaignId]);
    const batchId = await insertBatch(tx, { campaignId, sourceId, stopAfter, confirmed, startedBy, now: ctx.now });
    const steps = stepsOfTasks(ready.length);
    await joinBatch(
      tx,
      batchId,
      ready.map(({ id, version }, at) => ({ id, version, step: steps[at] ?? 1 })),
    );
    const batch = await lockBatch(tx, batchId);
    await recordAudit(tx, ctx, {
      type: "removal_batch.started",
      subject: batchSubject(batch),
      data: { campaignId, sourceId, tasks: ready.length, steps: Math.max(...steps), stopAfter, confirmed: [...confirmed] },
    });
    await takeTurn(tx, ctx, batch);
    return { batchId, tasks: ready.length, left: unread.length + blocked.length + checked.leftOut };
  });
}

/** A person stops it: what has not begun goes back to approved, what the connector is at ends by itself. */
export async function stopBatch(ctx: Ctx, input: StopBatchInput): Promise<void> {
  authorize(ctx.actor, "remediation.execute");
  const { batchId, reason } = stopBatchInput.parse(input);
  await transactPg(ctx, async (tx) => {
    await lockCampaigns(tx, [await campaignOfBatch(tx, batchId)]);
    const batch = await lockBatch(tx, batchId);
    if (batch.state !== "RUNNING") throw precondition("It has ended already: nothing is left to stop.");
    const members = await lockMembers(tx, batchId);
    await recordAudit(tx, ctx, await stop(tx, ctx, batch, members, { because: reason, by: userIdOf(ctx.actor), wrong: 0 }));
  });
}

/** After a task has ended: what comes next in its batch, if it is in one. The campaign is locked. */
export async function continueBatchOf(tx: Tx, ctx: Ctx, remediationId: string): Promise<void> {
  const batchId = await batchOf(tx, remediationId);
  if (!batchId) return;
  const batch = await lockBatch(tx, batchId);
  if (batch.state === "RUNNING") await takeTurn(tx, ctx, batch);
}

async function takeTurn(tx: Tx, ctx: Ctx, batch: BatchRecord): Promise<void> {
  const members = await lockMembers(tx, batch.id);
  const turn = turnOf({ ...batch, tasks: members });
  if (turn.kind === "wait") return;
  if (turn.kind === "stop")
    return recordAudit(tx, ctx, await stop(tx, ctx, batch, members, { because: null, by: null, wrong: turn.wrong }));
  if (turn.kind === "done") {
    await endBatch(tx, batch.id, { state: "DONE", because: null, by: null, now: ctx.now });
    await recordAudit(tx, ctx, {
      type: "removal_batch.done",
      subject: batchSubject(batch),
      data: { campaignId: batch.campaignId, tasks: members.length },
    });
    return;
  }
  await setStep(tx, batch.id, turn.step);
  const due = members.filter(({ step, state }) => step === turn.step && state === "APPROVED");
  await moveTasks(tx, ctx, due, {
    to: "QUEUED",
    detail: { batchId: batch.id, step: turn.step },
    set: { sql: "executed_by = (SELECT started_by FROM removal_batches WHERE id = $4::uuid)", values: [batch.id] },
  });
  for (const task of due) {
    await enqueue(tx, "remediation.execute", { remediationId: task.id }, { key: task.id });
    await recordAudit(tx, ctx, { type: "remediation.queued", subject: taskSubject(task), data: { campaignId: task.campaignId } });
  }
  const data = { campaignId: batch.campaignId, step: turn.step, tasks: due.length };
  await recordAudit(tx, ctx, { type: "removal_batch.step_begun", subject: batchSubject(batch), data });
  // A step whose tasks were all replaced meanwhile ends at once.
  if (due.length === 0) await takeTurn(tx, ctx, { ...batch, step: turn.step });
}

type Stop = { because: string | null; by: string | null; wrong: number };

async function stop(
  tx: Tx,
  ctx: Ctx,
  batch: BatchRecord,
  members: readonly BatchMember[],
  { because, by, wrong }: Stop,
): Promise<AuditEntry<"removal_batch.stopped">> {
  await moveTasks(
    tx,
    ctx,
    members.filter(({ state }) => state === "QUEUED"),
    { to: "APPROVED", detail: { cause: "batch_stopped", batchId: batch.id }, set: { sql: "executed_by = NULL", values: [] } },
  );
  await leaveBatch(tx, batch.id);
  const words = because ?? `${wrong} could not be taken back, or had to be put back.`;
  await endBatch(tx, batch.id, { state: "STOPPED", because: words, by, now: ctx.now });
  const left = members.filter(({ state }) => state === "QUEUED" || state === "APPROVED").length;
  return {
    type: "removal_batch.stopped",
    subject: batchSubject(batch),
    data: { campaignId: batch.campaignId, wrong, left },
    reason: words,
  };
}

const batchSubject = ({ id, sourceName }: BatchRecord) => ({ kind: "removal_batch", id, label: `Removals in ${sourceName}` });
