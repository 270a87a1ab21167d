import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { personIdOf, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { conflict } from "#lib/errors/domain-error.ts";
import { approvalFacts, type ExceptionRecord, exceptionSubject, loadException, moveException, standerOf } from "../exception.sql.ts";
import { recordingRefusal, requireApprovable } from "../refusals.sql.ts";
import { approvalRefusals, chainOf, nextStep, reminderOf } from "../rules.ts";
import { type ApproveExceptionInput, approveExceptionInput } from "../schema.ts";
import { activation } from "../steps.ts";
import type { Step } from "../types.ts";

export type Approved = { step: Step; state: ExceptionRecord["state"] };

/**
 * One person gives the next step. The row of the approval is keyed by its step, and the exception moves from exactly the version that was
 * read: of any number of people at the same moment one counts. With the last step it is approved, and active where its start has come.
 */
export async function approveException(ctx: Ctx, input: ApproveExceptionInput): Promise<Approved> {
  authorize(ctx.actor, "exception.approve");
  const stepUpMethod = requireStepUp(ctx.actor);
  const { exceptionId, revision } = approveExceptionInput.parse(input);
  const attempt = () =>
    transactPg(ctx, async (tx): Promise<Approved> => {
      const exception = await loadException(tx, exceptionId);
      if (exception.revision !== revision) throw conflict("What is asked for has changed since you read it. Load it again.");
      const facts = approvalFacts(exception);
      requireApprovable(exception, approvalRefusals(facts, standerOf(ctx), ctx.now));
      const step = nextStep(facts);
      const personId = personIdOf(ctx.actor);
      if (step === null || personId === null) throw conflict("Nothing waits for an approval any more. Load it again.");
      const written = await tx.rows(
        `INSERT INTO exception_approvals (exception_id, revision, step, person_id, user_id, step_up_method)
       VALUES ($1::uuid, $2::int, $3::text, $4::uuid, $5::uuid, $6::text) ON CONFLICT (exception_id, revision, step) DO NOTHING RETURNING id`,
        [exceptionId, revision, step, personId, userIdOf(ctx.actor), stepUpMethod],
      );
      if (written.length === 0) throw conflict("Somebody else gave this step at the same moment. Load it again.");
      const stepped = await moveException(tx, ctx, exception, { kind: "APPROVAL", detail: { step, personId } });
      const data = { revision, step, stepUpMethod };
      await recordAudit(tx, ctx, { type: "exception.step_approved", subject: exceptionSubject(exception), data });
      if (step !== chainOf(facts).at(-1)) return { step, state: stepped.state };
      return { step, state: exception.isRenewalPending ? await renew(tx, ctx, stepped) : await put(tx, ctx, stepped) };
    });
  return recordingRefusal(ctx, "exception.approve", attempt);
}

/** IN_APPROVAL -> APPROVED, and ACTIVE at once unless a later start was asked for. */
async function put(tx: Tx, ctx: Ctx, exception: ExceptionRecord): Promise<ExceptionRecord["state"]> {
  const subject = exceptionSubject(exception);
  const expiresAt = exception.expiresAt.toISOString();
  const approved = await moveException(tx, ctx, exception, { to: "APPROVED" });
  await recordAudit(tx, ctx, { type: "exception.approved", subject, data: { revision: exception.revision, expiresAt } });
  if (approved.startsAt !== null && approved.startsAt > ctx.now) return approved.state;
  const { move, event } = activation(approved, ctx.now);
  const active = await moveException(tx, ctx, approved, move);
  await recordAudit(tx, ctx, event);
  return active.state;
}

/** The pending renewal takes the place of the terms; a suspension stays until its control is tested. */
async function renew(tx: Tx, ctx: Ctx, exception: ExceptionRecord): Promise<ExceptionRecord["state"]> {
  const expiresAt = exception.renewalExpiresAt ?? exception.expiresAt;
  const renewed = await moveException(tx, ctx, exception, {
    kind: "RENEWED",
    set: {
      sql: `expires_at = x.renewal_expires_at, rationale = x.renewal_rationale, renewals = x.renewals + 1, reminded_days = $7::int,
        renewal_expires_at = NULL, renewal_rationale = NULL, renewal_requester_id = NULL, renewal_user_id = NULL`,
      values: [reminderOf(expiresAt, ctx.now)],
    },
  });
  const data = { revision: exception.revision, renewals: exception.renewals + 1, expiresAt: expiresAt.toISOString() };
  await recordAudit(tx, ctx, { type: "exception.renewed", subject: exceptionSubject(exception), data });
  return renewed.state;
}
