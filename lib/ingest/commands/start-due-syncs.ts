import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { reader } from "#lib/db/transact.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { claimAbandoned, claimDue } from "../due.sql.ts";
import { startSync } from "./start-sync.ts";

/** Starts the runs that are due by schedule. Each source is claimed by moving its next run on, so that of several workers one starts it. */
export async function startDueSyncs(ctx: Ctx): Promise<{ started: number }> {
  authorize(ctx.actor, "source.sync");
  let started = 0;
  for (const sourceId of await claimDue(reader, ctx.now)) {
    try {
      await startSync(ctx, { sourceId, trigger: "schedule" });
      started += 1;
    } catch (error) {
      // Still running, or paused a moment ago: the next time comes by itself.
      if (!(error instanceof DomainError)) throw error;
    }
  }
  return { started };
}

/** Puts runs whose worker is gone back into the queue; whoever takes one resumes it. */
export async function resumeAbandonedRuns(ctx: Ctx): Promise<{ resumed: number }> {
  authorize(ctx.actor, "source.sync");
  return { resumed: await claimAbandoned(ctx) };
}
