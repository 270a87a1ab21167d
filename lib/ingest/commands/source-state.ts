import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict } from "#lib/errors/domain-error.ts";
import { nextRun } from "../schedule.ts";
import { type RetireSourceInput, retireSourceInput, type SourceInput, sourceInput } from "../schema.ts";
import { lockSource, subjectOf } from "../source-row.sql.ts";

/** No further runs are started, by nobody, until it is resumed. A run under way ends as it would. */
export async function pauseSource(ctx: Ctx, given: SourceInput): Promise<void> {
  authorize(ctx.actor, "source.manage");
  const { sourceId } = sourceInput.parse(given);
  await transactPg(ctx, async (tx, inner) => {
    const source = await lockSource(tx, sourceId);
    if (source.state !== "active") throw conflict(`The source is ${source.state}.`);
    await tx.rows("UPDATE sources SET state = 'paused', next_run_at = NULL WHERE id = $1::uuid", [sourceId]);
    await recordAudit(tx, inner, { type: "source.paused", subject: subjectOf(source), data: {} });
  });
}

export async function resumeSource(ctx: Ctx, given: SourceInput): Promise<void> {
  authorize(ctx.actor, "source.manage");
  const { sourceId } = sourceInput.parse(given);
  await transactPg(ctx, async (tx, inner) => {
    const source = await lockSource(tx, sourceId);
    if (source.state !== "paused") throw conflict(`The source is ${source.state}.`);
    const next = source.schedule ? nextRun(source.schedule, source.scheduleZone, ctx.now) : null;
    await tx.rows("UPDATE sources SET state = 'active', next_run_at = $2::timestamptz WHERE id = $1::uuid", [
      sourceId,
      next?.toISOString() ?? null,
    ]);
    await recordAudit(tx, inner, { type: "source.resumed", subject: subjectOf(source), data: {} });
  });
}

/** For good. What it told stays as it was last seen: no grant ends by it, and the evidence prints it as a gap. */
export async function retireSource(ctx: Ctx, given: RetireSourceInput): Promise<void> {
  authorize(ctx.actor, "source.manage");
  const { sourceId, reason } = retireSourceInput.parse(given);
  await transactPg(ctx, async (tx, inner) => {
    const source = await lockSource(tx, sourceId);
    if (source.state === "retired") throw conflict("The source is retired already.");
    const running = await tx.rows("SELECT 1 FROM sync_runs WHERE source_id = $1::uuid AND state = 'RUNNING'", [sourceId]);
    if (running.length > 0) throw conflict("A sync of this source is running. Retire it when that has ended.");
    await tx.rows(
      "UPDATE sources SET state = 'retired', schedule = NULL, next_run_at = NULL, writes_enabled_at = NULL WHERE id = $1::uuid",
      [sourceId],
    );
    await recordAudit(tx, inner, { type: "source.retired", subject: subjectOf(source), data: {}, reason });
  });
}
