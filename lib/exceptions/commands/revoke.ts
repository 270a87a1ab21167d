import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { exceptionSubject, loadException, moveException, standerOf } from "../exception.sql.ts";
import { STANDING_STATES } from "../lifecycle.ts";
import { mayRevoke } from "../rules.ts";
import { type ExceptionReasonInput, exceptionReasonInput } from "../schema.ts";
import { ENDED } from "../steps.ts";

/** Ends an exception before its date: the resource's owner, security or an approver of exceptions, alone and with a reason. */
export async function revokeException(ctx: Ctx, input: ExceptionReasonInput): Promise<void> {
  authorize(ctx.actor, "exception.revoke");
  const { exceptionId, reason } = exceptionReasonInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const exception = await loadException(tx, exceptionId);
    if (!mayRevoke(exception, standerOf(ctx)))
      throw precondition("The owner of the resource, security or an approver of exceptions ends it.", { refusals: ["not_owner"] });
    if (!STANDING_STATES.includes(exception.state))
      throw precondition(`This exception is ${exception.state}: there is nothing in force to end.`, { state: exception.state });
    await moveException(tx, ctx, exception, { to: "REVOKED", detail: { reason }, set: ENDED });
    await recordAudit(tx, ctx, { type: "exception.revoked", subject: exceptionSubject(exception), data: {}, reason });
  });
}
