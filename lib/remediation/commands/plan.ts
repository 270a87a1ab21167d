import "server-only";
import { z } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { campaignSubject } from "#lib/campaigns/campaign.sql.ts";
import { writerSupported } from "#lib/connectors/registry.ts";
import { transactPg } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { lockCampaigns, settleCampaign } from "../campaign-state.sql.ts";
import { findReplaced, insertTasks, type PlannedTask, type PlanSource, shareSources, tasksDigest } from "../plan.sql.ts";
import { moveTasks, taskSubject } from "../remediation.sql.ts";
import { DEFAULT_REMEDIATION_PARAMETERS, needsApproval, type Writes, writerDoes, writesOfSource } from "../rules.ts";

export const planInput = z.object({ campaignId: z.uuid() });
export type PlanResult = { planned: number; approved: number; manual: number; superseded: number };

const PLANS_IN = ["ACTIVE", "PAUSED", "CLOSING", "SIGNED_OFF", "REMEDIATING", "VERIFYING"];

/**
 * Tasks for what was decided so far: after a submit those of high and critical risk, after the sign-off all. A decision that was replaced
 * replaces its task. Idempotent: the key is (campaign, item, decision).
 */
export async function planRemediations(ctx: Ctx, input: z.input<typeof planInput>): Promise<PlanResult> {
  authorize(ctx.actor, "remediation.plan");
  const { campaignId } = planInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const [campaign] = await lockCampaigns(tx, [campaignId]);
    if (!campaign) throw notFound("Campaign", campaignId);
    const sources = await shareSources(tx, campaign.scope.sourceIds);
    const replaced = await findReplaced(tx, campaignId);
    await moveTasks(tx, ctx, replaced, { to: "SUPERSEDED", detail: ({ nextDecisionId }) => ({ byDecisionId: nextDecisionId }) });
    for (const task of replaced) {
      const data = { campaignId, byDecisionId: task.nextDecisionId };
      await recordAudit(tx, ctx, { type: "remediation.superseded", subject: taskSubject(task), data });
    }
    if (!PLANS_IN.includes(campaign.state)) return { planned: 0, approved: 0, manual: 0, superseded: replaced.length };

    const planned = await insertTasks(tx, campaignId, DEFAULT_REMEDIATION_PARAMETERS, userIdOf(ctx.actor));
    const writes = new Map(sources.map((source) => [source.id, writesOf(source)]));
    const writesFor = (task: PlannedTask) =>
      writerDoes(task.kind, task.isGrant) ? (writes.get(task.sourceId) ?? "unsupported") : "unsupported";
    const writable = planned.filter((task) => writesFor(task) === "on" && !needsApproval(task.riskClass));
    await moveTasks(tx, ctx, writable, { to: "APPROVED", detail: { by: "the decision: no other approval is needed at this risk" } });
    const byHand = planned.filter((task) => writesFor(task) !== "on");
    // No connector of ours can suspend yet: that is done by hand.
    const causeOf = (task: PlannedTask) => (task.kind === "suspend" ? "suspend" : `writes_${writesFor(task)}`);
    await moveTasks(tx, ctx, byHand, { to: "MANUAL_REQUIRED", detail: (task) => ({ cause: causeOf(task) }) });
    if (planned.length > 0) {
      const counts = { count: planned.length, approved: writable.length, manual: byHand.length };
      const data = { campaignId, digest: tasksDigest(planned), ...counts };
      await recordAudit(tx, ctx, { type: "remediations.planned", subject: campaignSubject(campaign), data });
    }
    await settleCampaign(tx, ctx, campaign);
    return { planned: planned.length, approved: writable.length, manual: byHand.length, superseded: replaced.length };
  });
}

const writesOf = ({ state, kind, isEnabled }: PlanSource): Writes =>
  writesOfSource({ state, isSupported: writerSupported(kind), isEnabled });
