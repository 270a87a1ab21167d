import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict, precondition } from "#lib/errors/domain-error.ts";
import { approvalFacts, type ExceptionRecord, exceptionSubject, loadException, moveException, standerOf } from "../exception.sql.ts";
import { recordingRefusal, requireApprovable } from "../refusals.sql.ts";
import { approvalRefusals } from "../rules.ts";
import { type AnswerExceptionInput, answerExceptionInput } from "../schema.ts";

/** Whoever could give the next step sends it back instead: the requester may put other terms before the chain. */
export async function requestChanges(ctx: Ctx, input: AnswerExceptionInput): Promise<void> {
  authorize(ctx.actor, "exception.approve");
  const { exceptionId, revision, reason } = answerExceptionInput.parse(input);
  const attempt = () =>
    transactPg(ctx, async (tx) => {
      const exception = await loadException(tx, exceptionId);
      requireNextApprover(ctx, exception, revision);
      if (exception.isRenewalPending) throw precondition("A renewal is approved or refused: what it renews stays as it was.");
      await moveException(tx, ctx, exception, { to: "CHANGES_REQUESTED", detail: { reason } });
      await recordAudit(tx, ctx, { type: "exception.changes_requested", subject: exceptionSubject(exception), data: { revision }, reason });
    });
  await recordingRefusal(ctx, "exception.request_changes", attempt);
}

/** Whoever could give the next step refuses it. A refused renewal leaves what it would have renewed, until its own date. */
export async function rejectException(ctx: Ctx, input: AnswerExceptionInput): Promise<void> {
  authorize(ctx.actor, "exception.approve");
  const { exceptionId, revision, reason } = answerExceptionInput.parse(input);
  const attempt = () =>
    transactPg(ctx, async (tx) => {
      const exception = await loadException(tx, exceptionId);
      requireNextApprover(ctx, exception, revision);
      const subject = exceptionSubject(exception);
      if (exception.isRenewalPending) {
        await moveException(tx, ctx, exception, { kind: "RENEWAL_ENDED", detail: { cause: "rejected", reason }, set: NO_RENEWAL });
        await recordAudit(tx, ctx, { type: "exception.renewal_ended", subject, data: { revision, cause: "rejected" }, reason });
        return;
      }
      await moveException(tx, ctx, exception, { to: "REJECTED", detail: { reason } });
      await recordAudit(tx, ctx, { type: "exception.rejected", subject, data: { revision }, reason });
    });
  await recordingRefusal(ctx, "exception.reject", attempt);
}

export const NO_RENEWAL = {
  sql: "renewal_expires_at = NULL, renewal_rationale = NULL, renewal_requester_id = NULL, renewal_user_id = NULL",
} as const;

function requireNextApprover(ctx: Ctx, exception: ExceptionRecord, revision: number): void {
  if (exception.revision !== revision) throw conflict("What is asked for has changed since you read it. Load it again.");
  // That its end has passed stops an approval and no refusal.
  const refusals = approvalRefusals(approvalFacts(exception), standerOf(ctx), ctx.now).filter((refusal) => refusal !== "expired");
  requireApprovable(exception, refusals);
}
