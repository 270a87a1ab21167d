import "server-only";
import { z } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { lockCampaigns, settleCampaign } from "../campaign-state.sql.ts";
import { campaignsToCover, readCoveredAccess, tasksToMove } from "../cover.sql.ts";
import { loadTask, moveTask, type Task, taskSubject } from "../remediation.sql.ts";
import { DEFAULT_REMEDIATION_PARAMETERS, needsApproval } from "../rules.ts";

export const coverInput = z.object({ exceptionId: z.uuid() });

/**
 * An exception in force covers the removals of its access that wait for people; once it is not, they are planned again and their time starts
 * anew. By what is so now, not by what the job was told: running it again changes nothing.
 */
export async function coverRemediations(ctx: Ctx, input: z.input<typeof coverInput>): Promise<{ covered: number; planned: number }> {
  authorize(ctx.actor, "remediation.plan");
  const { exceptionId } = coverInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const access = await readCoveredAccess(tx, exceptionId);
    if (!access) return { covered: 0, planned: 0 };
    const campaigns = await lockCampaigns(tx, await campaignsToCover(tx, access));
    const counts = { covered: 0, planned: 0 };
    for (const id of await tasksToMove(tx, access)) {
      const task = await loadTask(tx, id, { lock: true });
      const subject = taskSubject(task);
      const data = { campaignId: task.campaignId, exceptionId };
      if (access.since !== null) {
        await moveTask(tx, ctx, task, { to: "COVERED", detail: { exceptionId } });
        await recordAudit(tx, ctx, { type: "remediation.covered", subject, data });
        counts.covered += 1;
        continue;
      }
      const planned = await moveTask(tx, ctx, task, { to: "PLANNED", detail: { exceptionId, cause: "exception_ended" }, set: anew(task) });
      await recordAudit(tx, ctx, { type: "remediation.uncovered", subject, data });
      await goOn(tx, ctx, planned);
      counts.planned += 1;
    }
    for (const campaign of campaigns) await settleCampaign(tx, ctx, campaign);
    return counts;
  });
}

/** As the plan would: to people where no connector writes, at once where the risk needs no approval. */
async function goOn(tx: Tx, ctx: Ctx, task: Task): Promise<void> {
  if (task.writes !== "on") {
    const data = { campaignId: task.campaignId, cause: `writes_${task.writes}` };
    await moveTask(tx, ctx, task, { to: "MANUAL_REQUIRED", detail: { cause: data.cause } });
    await recordAudit(tx, ctx, { type: "remediation.manual_required", subject: taskSubject(task), data });
  } else if (!needsApproval(task.riskClass)) {
    await moveTask(tx, ctx, task, { to: "APPROVED", detail: { by: "the decision: no other approval is needed at this risk" } });
  }
}

const anew = ({ riskClass }: Pick<Task, "riskClass">) => ({
  sql: "sla_due_at = now() + make_interval(hours => $4::int), approved_by = NULL",
  values: [DEFAULT_REMEDIATION_PARAMETERS.slaHours[riskClass]],
});
