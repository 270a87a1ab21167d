import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid, precondition } from "#lib/errors/domain-error.ts";
import { configDigest } from "../digest.ts";
import { nextRun, scheduleProblem } from "../schedule.ts";
import { type SetScheduleInput, setScheduleInput } from "../schema.ts";
import { lockSource, subjectOf } from "../source-row.sql.ts";

/** When the source is read by itself; null is by hand only. */
export async function setSchedule(ctx: Ctx, given: SetScheduleInput): Promise<{ nextRunAt: string | null }> {
  authorize(ctx.actor, "source.manage");
  const { sourceId, schedule, scheduleZone } = setScheduleInput.parse(given);
  const problem = schedule === null ? null : scheduleProblem(schedule, scheduleZone, ctx.now);
  if (problem) throw invalid(problem, { schedule: problem });
  return transactPg(ctx, async (tx, inner) => {
    const source = await lockSource(tx, sourceId);
    if (source.state === "retired") throw precondition("A retired source is not read any more.");
    const next = schedule !== null && source.state === "active" ? nextRun(schedule, scheduleZone, ctx.now) : null;
    const nextRunAt = next?.toISOString() ?? null;
    await tx.rows("UPDATE sources SET schedule = $2::text, schedule_zone = $3::text, next_run_at = $4::timestamptz WHERE id = $1::uuid", [
      sourceId,
      schedule,
      scheduleZone,
      nextRunAt,
    ]);
    await recordAudit(tx, inner, {
      type: "source.changed",
      subject: subjectOf(source),
      data: { fields: ["schedule", "scheduleZone"], configDigest: configDigest(source.kind, source.config) },
    });
    return { nextRunAt };
  });
}
