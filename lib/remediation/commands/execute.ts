import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { namesOf, unconfirmed } from "../preflight.ts";
import { requireNone } from "../refusals.sql.ts";
import { loadTask, moveTask, noteTask, type Task, taskSubject, whoOf } from "../remediation.sql.ts";
import { executionRefusals } from "../rules.ts";
import { type ExecuteRemediationInput, executeRemediationInput, type RemediationInput, remediationInput } from "../schema.ts";
import type { PreflightRow } from "../types.ts";
import { askAll, type OpenWriter, openWriter } from "../writer.ts";

/** How long a person waits for the source's answer. */
const PATIENCE_MS = 30_000;
type Options = { open?: OpenWriter };
type Preflight = { checks: PreflightRow[]; statements: string[] };

/** Everything that speaks against it, asked of the inventory and of the source at this moment, and what would be run there. Changes nothing. */
export async function preflightRemediation(ctx: Ctx, input: RemediationInput, options: Options = {}): Promise<Preflight> {
  authorize(ctx.actor, "remediation.execute");
  const { remediationId } = remediationInput.parse(input);
  const task = await loadTask(ctx.tx?.tx ?? reader, remediationId);
  const asked = await askAll(options.open ?? openWriter, task, ctx.now, AbortSignal.timeout(PATIENCE_MS));
  await transactPg(ctx, async (tx) => {
    await noteTask(tx, ctx, task, "preflight", { checks: asked.checks, statements: asked.statements });
    await recordAudit(tx, ctx, { type: "remediation.preflighted", subject: taskSubject(task), data: preflightData(task, asked) });
  });
  return asked;
}

/** Hands an approved task to the worker. The warnings of a pre-flight taken right now are all confirmed; nothing blocks; somebody else decided. */
export async function executeRemediation(ctx: Ctx, input: ExecuteRemediationInput, options: Options = {}): Promise<{ state: "QUEUED" }> {
  authorize(ctx.actor, "remediation.execute");
  requireStepUp(ctx.actor);
  const { remediationId, confirmed } = executeRemediationInput.parse(input);
  const seen = await loadTask(ctx.tx?.tx ?? reader, remediationId);
  await requireNone(ctx, "remediation.execute", seen, executionRefusals(seen, whoOf(ctx.actor)));
  const asked = await askAll(options.open ?? openWriter, seen, ctx.now, AbortSignal.timeout(PATIENCE_MS));
  requireClear(asked.checks, confirmed);
  return transactPg(ctx, async (tx) => {
    const task = await loadTask(tx, remediationId, { lock: true });
    await requireNone(ctx, "remediation.execute", task, executionRefusals(task, whoOf(ctx.actor)));
    await noteTask(tx, ctx, task, "preflight", { checks: asked.checks, statements: asked.statements, confirmed });
    await recordAudit(tx, ctx, { type: "remediation.preflighted", subject: taskSubject(task), data: preflightData(task, asked) });
    await moveTask(tx, ctx, task, {
      to: "QUEUED",
      detail: { confirmed },
      set: { sql: "executed_by = $4::uuid", values: [userIdOf(ctx.actor)] },
    });
    await enqueue(tx, "remediation.execute", { remediationId }, { key: remediationId });
    await recordAudit(tx, ctx, { type: "remediation.queued", subject: taskSubject(task), data: { campaignId: task.campaignId } });
    return { state: "QUEUED" as const };
  });
}

function requireClear(checks: readonly PreflightRow[], confirmed: readonly string[]): void {
  const blocks = namesOf(checks, "blocks");
  if (blocks.length > 0) {
    const told = checks.filter(({ result }) => result === "blocks").map(({ name, detail }) => `${name}: ${detail}`);
    throw precondition(`This cannot be taken back by the connector. ${told.join(" ")}`, { refusals: ["blocked"], blocks, checks });
  }
  const warnings = unconfirmed(checks, confirmed);
  if (warnings.length > 0)
    throw precondition(`Read and confirm these warnings first: ${warnings.join("; ")}.`, { refusals: ["unconfirmed"], warnings, checks });
}

const preflightData = (task: Task, { checks }: Preflight) => ({
  campaignId: task.campaignId,
  blocks: namesOf(checks, "blocks"),
  warns: namesOf(checks, "warns"),
});
