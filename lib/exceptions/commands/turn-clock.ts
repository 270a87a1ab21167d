import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { loadException, moveException } from "../exception.sql.ts";
import { OPEN_STATES } from "../lifecycle.ts";
import { clockMove, REMINDER_DAYS } from "../rules.ts";
import { clockStep } from "../steps.ts";

/** Exceptions that a date may have moved: ended, begun, untested, or close to their end. */
export async function exceptionsDue(now: Date): Promise<string[]> {
  const rows = await reader.rows<{ id: string }>(
    `SELECT id FROM exceptions WHERE state::text = ANY ($2::text[])
       AND (expires_at <= $1::timestamptz + make_interval(days => ${REMINDER_DAYS[0]}) OR control_due_at <= $1::timestamptz OR state = 'APPROVED')
     ORDER BY id`,
    [now, OPEN_STATES],
  );
  return rows.map(({ id }) => id);
}

/** What the passing of time does to one exception; nothing where it was done already, or somebody was faster. Answers with how many steps. */
export async function turnClock(ctx: Ctx, input: { exceptionId: string }): Promise<number> {
  authorize(ctx.actor, "exception.keep");
  try {
    return await transactPg(ctx, async (tx) => {
      let exception = await loadException(tx, input.exceptionId);
      let steps = 0;
      for (let due = clockMove(exception, ctx.now); due !== null; due = clockMove(exception, ctx.now)) {
        const { move, event, after } = clockStep(exception, due, ctx.now);
        exception = { ...(await moveException(tx, ctx, exception, move)), ...after };
        await recordAudit(tx, ctx, event);
        steps += 1;
      }
      return steps;
    });
  } catch (error) {
    if (error instanceof DomainError && error.code === "CONFLICT") return 0;
    throw error;
  }
}
