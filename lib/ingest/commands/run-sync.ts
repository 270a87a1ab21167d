import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { type RunInput, runInput } from "../schema.ts";
import { type SyncOptions, syncRun } from "../sync.sql.ts";
import type { RunOutcome } from "../types.ts";

/** Reads the source of a started run and settles it; resumes one that a killed worker left. Its transactions and audit are the engine's. */
export async function runSync(ctx: Ctx, given: RunInput, options: SyncOptions = {}): Promise<RunOutcome> {
  authorize(ctx.actor, "source.sync");
  const { runId } = runInput.parse(given);
  return syncRun(ctx, runId, options);
}
