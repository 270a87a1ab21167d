import "server-only";
import { z } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { lockCampaigns, settleCampaign } from "../campaign-state.sql.ts";
import { type Judged as JudgedTask, judgeTasks } from "../judge.sql.ts";
import { campaignsToProve, findRun, type Holding, lockUnproven, type UnprovenTask } from "../proof.sql.ts";
import { type RunFacts, type Verdict, verdictOf } from "../proof.ts";
import { moveTasks, noteTask, taskSubject } from "../remediation.sql.ts";

export const publishedRun = z.object({ sourceId: z.uuid(), runId: z.uuid() });
export type VerifyResult = { verified: number; absent: number; present: number };

type Judged = JudgedTask<UnprovenTask> & { verdict: Verdict };

/**
 * What a run of the source proves about the tasks that are said to be done there. Absent in two runs that began after it, the second after
 * the first: verified. Still there on any path: not effective, and for people to do. The same run twice proves nothing more.
 */
export async function verifyRemediations(ctx: Ctx, input: z.input<typeof publishedRun>): Promise<VerifyResult> {
  authorize(ctx.actor, "remediation.verify");
  const { sourceId, runId } = publishedRun.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaigns = await lockCampaigns(tx, await campaignsToProve(tx, sourceId));
    const tasks = await lockUnproven(
      tx,
      sourceId,
      campaigns.map(({ id }) => id),
    );
    const run = tasks.length > 0 ? await findRun(tx, sourceId, runId) : null;
    if (!run) return { verified: 0, absent: 0, present: 0 };
    const judged = await judge(tx, tasks, run);
    const of = (kind: Verdict["kind"]) => judged.filter(({ verdict }) => verdict.kind === kind);
    const present = of("present");
    await keepPresent(tx, ctx, present, run);
    const absent = of("first_absence");
    await keepAbsent(tx, ctx, absent, run);
    const verified = of("verified");
    const proven = { sql: VERIFIED, values: [run.id] };
    await moveTasks(tx, ctx, verified, {
      to: "VERIFIED",
      detail: ({ firstAbsentRun }) => ({ firstRunId: firstAbsentRun?.id, secondRunId: run.id }),
      set: proven,
    });
    for (const task of verified) {
      const data = { campaignId: task.campaignId, firstRunId: task.firstAbsentRun?.id ?? "", secondRunId: run.id };
      await recordAudit(tx, ctx, { type: "remediation.verified", subject: taskSubject(task), data });
    }
    for (const campaign of campaigns) await settleCampaign(tx, ctx, campaign);
    return { verified: verified.length, absent: absent.length, present: present.length };
  });
}

const VERIFIED = `second_absent_run_id = $4::uuid, verified_at = clock_timestamp(),
  watch_until = clock_timestamp() + make_interval(days => (SELECT watch_days FROM campaigns c WHERE c.id = r.campaign_id))`;

/** Run and holdings in this order and after the locks: a run that is applied in between makes this one say nothing. */
async function judge(tx: Tx, tasks: readonly UnprovenTask[], run: RunFacts): Promise<Judged[]> {
  const judged = await judgeTasks(tx, tasks);
  return judged.map((task) => ({ ...task, verdict: verdictOf({ ...task, met: task.met.kind }, run) }));
}

async function keepAbsent(tx: Tx, ctx: Ctx, tasks: readonly Judged[], run: RunFacts): Promise<void> {
  if (tasks.length === 0) return;
  const ids = tasks.map(({ id }) => id);
  await tx.rows("UPDATE remediations SET first_absent_run_id = $2::uuid WHERE id = ANY ($1::uuid[])", [ids, run.id]);
  for (const task of tasks) {
    await noteTask(tx, ctx, task, "absent", { runId: run.id });
    await recordAudit(tx, ctx, {
      type: "remediation.absence_seen",
      subject: taskSubject(task),
      data: { campaignId: task.campaignId, runId: run.id },
    });
  }
}

async function keepPresent(tx: Tx, ctx: Ctx, tasks: readonly Judged[], run: RunFacts): Promise<void> {
  const seen = await moveTasks(tx, ctx, tasks, {
    to: "NOT_EFFECTIVE",
    detail: ({ ways, met }) => ({
      runId: run.id,
      still: met.kind === "still" ? met.what : [],
      stillBy: ways.map(({ grantId, entitlementName, depth }) => ({ grantId, entitlementName, depth })),
    }),
    set: { sql: "first_absent_run_id = NULL, second_absent_run_id = NULL, applied_at = NULL", values: [] },
  });
  await moveTasks(tx, ctx, seen, { to: "MANUAL_REQUIRED", detail: (task) => ({ cause: "still_held", reason: stillSo(task) }) });
  for (const task of tasks) {
    const subject = taskSubject(task);
    const { campaignId } = task;
    await recordAudit(tx, ctx, { type: "remediation.not_effective", subject, data: { campaignId, runId: run.id } });
    await recordAudit(tx, ctx, { type: "remediation.manual_required", subject, data: { campaignId, cause: "still_held" } });
  }
}

function stillSo({ met, ways, kind }: Judged): string {
  if (kind === "revoke" && ways.length > 0) return stillHeld(ways);
  return met.kind === "still" ? `Not done yet: ${met.what.join("; ")}.` : "Not done yet.";
}

function stillHeld(ways: readonly Holding[]): string {
  const direct = ways.some(({ depth }) => depth === 0);
  const through = [...new Set(ways.filter(({ depth }) => depth > 0).map(({ entitlementName }) => entitlementName))];
  if (through.length === 0) return "It is still held directly.";
  return `It is still held ${direct ? "directly, and " : ""}through ${through.join(", ")}.`;
}
