import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { requireNone } from "../refusals.sql.ts";
import { loadTask, moveTask, taskSubject, whoOf } from "../remediation.sql.ts";
import { approvalRefusals } from "../rules.ts";
import { type RemediationInput, remediationInput } from "../schema.ts";

/** The resource's owner, or security, lets a removal of high or critical risk go ahead; never whoever decided it. */
export async function approveRemediation(ctx: Ctx, input: RemediationInput): Promise<void> {
  authorize(ctx.actor, "remediation.approve");
  const { remediationId } = remediationInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const task = await loadTask(tx, remediationId, { lock: true });
    await requireNone(ctx, "remediation.approve", task, approvalRefusals(task, whoOf(ctx.actor)));
    await moveTask(tx, ctx, task, { to: "APPROVED", detail: {}, set: { sql: "approved_by = $4::uuid", values: [userIdOf(ctx.actor)] } });
    await recordAudit(tx, ctx, { type: "remediation.approved", subject: taskSubject(task), data: { campaignId: task.campaignId } });
  });
}
