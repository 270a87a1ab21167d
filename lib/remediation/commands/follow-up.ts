import "server-only";
import type { z } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { startFollowUp } from "#lib/campaigns/commands/follow-up.ts";
import type { Reviewable } from "#lib/campaigns/item-kinds.ts";
import { oneInventory } from "#lib/campaigns/staging.sql.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { lockCampaigns } from "../campaign-state.sql.ts";
import { type Judged, judgeTasks } from "../judge.sql.ts";
import type { Found } from "../met.ts";
import { keepRegrown, type WatchedTask, watchedTasks } from "../proof.sql.ts";
import { backOf, backText, keyOf, reviewablesOf } from "../regrowth.ts";
import { noteTask, taskSubject } from "../remediation.sql.ts";
import { DEFAULT_REMEDIATION_PARAMETERS } from "../rules.ts";
import { publishedRun } from "./verify.ts";

const HOUR_MS = 3_600_000;
export type FollowUpResult = { campaigns: number; regrown: number };

/**
 * What was verified and does not hold any more inside its watch period comes under review again: access by any path, an older credential, a
 * trust, an identity that is enabled again. A micro-campaign over what shows it, linked both ways. What was verified stays verified, and says
 * from now on that it grew back.
 */
export async function followUpRegrowth(ctx: Ctx, input: z.input<typeof publishedRun>): Promise<FollowUpResult> {
  authorize(ctx.actor, "remediation.verify");
  const { runId } = publishedRun.parse(input);
  const result: FollowUpResult = { campaigns: 0, regrown: 0 };
  const parents = new Set((await findRegrown(reader, null)).map(({ campaignId }) => campaignId));
  for (const parentId of [...parents].sort()) {
    await transactPg(ctx, async (tx, inner) => {
      await oneInventory(tx, inner);
      await lockCampaigns(tx, [parentId]);
      const regrown = await findRegrown(tx, parentId);
      const dueAt = new Date(ctx.now.getTime() + DEFAULT_REMEDIATION_PARAMETERS.followUpDays * 24 * HOUR_MS).toISOString();
      const items = new Map<string, { campaignId: string; itemId: string }>();
      for (const [sourceId, follows] of Map.groupBy(sequelsOf(regrown), (sequel) => sequel.sourceId)) {
        const named = follows.map(({ kind, id, itemId }) => ({ kind, id, itemId }));
        const followUp = await startFollowUp(inner, { parentId, sourceId, follows: named, cause: "regrown", dueAt });
        for (const item of followUp.items) items.set(keyOf(item), { campaignId: followUp.campaignId, itemId: item.itemId });
        result.campaigns += 1;
      }
      for (const task of regrown) {
        const first = task.back.find((each) => items.has(keyOf(each)));
        const item = first && items.get(keyOf(first));
        if (!first || !item) continue;
        await keepRegrown(tx, task, item);
        const by = task.ways.map(({ grantId, entitlementName, depth }) => ({ grantId, entitlementName, depth }));
        await noteTask(tx, ctx, task, "regrown", { runId, reason: backText(task.found), by, ...item });
        const shownBy = first.kind === "grant" ? { grantId: first.id } : { subjectId: first.id };
        const data = { campaignId: parentId, runId, ...shownBy };
        await recordAudit(tx, ctx, { type: "remediation.regrown", subject: taskSubject(task), data });
        result.regrown += 1;
      }
    });
  }
  return result;
}

type Regrown = Judged<WatchedTask> & { found: readonly Found[]; back: Reviewable[] };

async function findRegrown(tx: Tx, campaignId: string | null): Promise<Regrown[]> {
  const judged = await judgeTasks(tx, await watchedTasks(tx, campaignId));
  return judged.flatMap((task) => {
    const found = backOf(task.met);
    const back = reviewablesOf(found, task.identityId);
    return back.length > 0 ? [{ ...task, found, back }] : [];
  });
}

/** Each of them once, as the sequel of the first item that it brings back, and of its own source: access may come back by another's grant. */
function sequelsOf(regrown: readonly Regrown[]): (Reviewable & { sourceId: string; itemId: string })[] {
  const all = new Map<string, Reviewable & { sourceId: string; itemId: string }>();
  for (const { back, ways, sourceId, itemId } of regrown)
    for (const each of back) {
      const way = each.kind === "grant" ? ways.find(({ grantId }) => grantId === each.id) : undefined;
      if (!all.has(keyOf(each))) all.set(keyOf(each), { ...each, sourceId: way?.sourceId ?? sourceId, itemId });
    }
  return [...all.values()];
}
