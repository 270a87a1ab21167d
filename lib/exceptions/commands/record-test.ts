import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid, precondition } from "#lib/errors/domain-error.ts";
import { type ExceptionRecord, exceptionSubject, loadException, moveException, standerOf } from "../exception.sql.ts";
import { STANDING_STATES } from "../lifecycle.ts";
import { mayRecordTest } from "../rules.ts";
import { type RecordTestInput, recordTestInput } from "../schema.ts";
import { suspension } from "../steps.ts";

/**
 * What testing the compensating control showed. Failed: the exception is suspended at once, and what it covered is open again. Passed: it
 * says when the next test is due, and lifts a suspension where nobody who asked or benefits says so.
 */
export async function recordTest(ctx: Ctx, input: RecordTestInput): Promise<void> {
  authorize(ctx.actor, "exception.record_test");
  const { exceptionId, result, evidence, nextDueAt } = recordTestInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const exception = await loadException(tx, exceptionId);
    if (!STANDING_STATES.includes(exception.state))
      throw precondition(`This exception is ${exception.state}: its control is not tested now.`, { state: exception.state });
    if (!mayRecordTest(exception, standerOf(ctx), result))
      throw precondition(
        exception.state === "SUSPENDED" && result === "passed"
          ? "A test that lifts the suspension is recorded by the control's owner or security, and by nobody who asked for the exception or benefits from it."
          : "The control's owner or security records its tests.",
        { refusals: ["not_control_owner"] },
      );
    const due = result === "passed" ? requireDue(exception, nextDueAt, ctx.now) : exception.controlDueAt;
    const tested = await moveException(tx, ctx, exception, {
      kind: "CONTROL_TESTED",
      detail: { result, evidence },
      set: {
        sql: "control_result = $7::text, control_tested_at = $8::timestamptz, control_due_at = $9::timestamptz",
        values: [result, ctx.now, due],
      },
    });
    const subject = exceptionSubject(exception);
    await recordAudit(tx, ctx, {
      type: "exception.control_tested",
      subject,
      data: {
        result,
        nextDueAt: result === "passed" ? due.toISOString() : null,
        evidenceDigest: createHash("sha256").update(evidence, "utf8").digest("hex"),
      },
      personal: { evidence },
    });
    if (result === "failed" && tested.state === "ACTIVE") {
      const { move, event } = suspension(tested, "control_failed");
      await moveException(tx, ctx, tested, move);
      await recordAudit(tx, ctx, event);
    }
    if (result === "passed" && tested.state === "SUSPENDED") {
      await moveException(tx, ctx, tested, { to: "ACTIVE", detail: { lifted: true }, set: { sql: "suspended_for = NULL" } });
      const data = { expiresAt: exception.expiresAt.toISOString(), lifted: true };
      await recordAudit(tx, ctx, { type: "exception.activated", subject, data });
    }
  });
}

function requireDue(exception: ExceptionRecord, nextDueAt: string | null, now: Date): Date {
  const due = nextDueAt === null ? null : new Date(nextDueAt);
  if (due === null || due <= now || due > exception.expiresAt) {
    const text = "Say when the control is tested next: after now, and before the exception ends.";
    throw invalid(text, { nextDueAt: text });
  }
  return due;
}
