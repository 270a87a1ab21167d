import "server-only";
import type { z } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { startFollowUp } from "#lib/campaigns/commands/follow-up.ts";
import { oneInventory } from "#lib/campaigns/staging.sql.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { lockCampaigns } from "../campaign-state.sql.ts";
import { campaignsWithRegrowth, findHoldings, type Holding, keepRegrown, lockWatched, type WatchedTask } from "../proof.sql.ts";
import { noteTask, taskSubject } from "../remediation.sql.ts";
import { DEFAULT_REMEDIATION_PARAMETERS } from "../rules.ts";
import { publishedRun } from "./verify.ts";

const HOUR_MS = 3_600_000;
export type FollowUpResult = { campaigns: number; regrown: number };

/**
 * Access that was verified as gone and is there again inside its watch period, directly or by another path, comes under review again: a
 * micro-campaign over the grants that bring it, linked both ways. What was verified stays verified, and says from now on that it grew back.
 */
export async function followUpRegrowth(ctx: Ctx, input: z.input<typeof publishedRun>): Promise<FollowUpResult> {
  authorize(ctx.actor, "remediation.verify");
  const { runId } = publishedRun.parse(input);
  const result: FollowUpResult = { campaigns: 0, regrown: 0 };
  for (const parentId of await campaignsWithRegrowth(reader)) {
    await transactPg(ctx, async (tx, inner) => {
      await oneInventory(tx, inner);
      await lockCampaigns(tx, [parentId]);
      const tasks = await lockWatched(tx, parentId);
      const holdings = await findHoldings(
        tx,
        tasks.map(({ id }) => id),
      );
      const dueAt = new Date(ctx.now.getTime() + DEFAULT_REMEDIATION_PARAMETERS.followUpDays * 24 * HOUR_MS).toISOString();
      const items = new Map<string, { campaignId: string; itemId: string }>();
      for (const [sourceId, ways] of Map.groupBy(holdings, (way) => way.sourceId)) {
        const follows = sequelsOf(ways, tasks);
        const followUp = await startFollowUp(inner, { parentId, sourceId, follows, cause: "regrown", dueAt });
        for (const { grantId, itemId } of followUp.items) items.set(grantId, { campaignId: followUp.campaignId, itemId });
        result.campaigns += 1;
      }
      for (const task of tasks) {
        const ways = holdings.filter(({ remediationId }) => remediationId === task.id);
        const way = ways.find(({ grantId }) => items.has(grantId));
        const item = way && items.get(way.grantId);
        if (!way || !item) continue;
        await keepRegrown(tx, task, item);
        const by = ways.map(({ grantId, entitlementName, depth }) => ({ grantId, entitlementName, depth }));
        await noteTask(tx, ctx, task, "regrown", { runId, by, ...item });
        const data = { campaignId: parentId, runId, grantId: way.grantId };
        await recordAudit(tx, ctx, { type: "remediation.regrown", subject: taskSubject(task), data });
        result.regrown += 1;
      }
    });
  }
  return result;
}

/** Each grant once, as the sequel of the first item whose access it brings back. */
function sequelsOf(ways: readonly Holding[], tasks: readonly WatchedTask[]): { grantId: string; itemId: string }[] {
  const itemOf = new Map(tasks.map(({ id, itemId }) => [id, itemId]));
  const sequels = new Map<string, string>();
  for (const { grantId, remediationId } of ways) {
    const itemId = itemOf.get(remediationId);
    if (itemId && !sequels.has(grantId)) sequels.set(grantId, itemId);
  }
  return [...sequels].map(([grantId, itemId]) => ({ grantId, itemId }));
}
