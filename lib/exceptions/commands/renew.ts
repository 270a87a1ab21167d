import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { personIdOf, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { exceptionSubject, loadException, moveException, standerOf } from "../exception.sql.ts";
import { requireTerms } from "../refusals.sql.ts";
import { mayRenew, renewalRefusals } from "../rules.ts";
import { type RenewExceptionInput, renewExceptionInput } from "../schema.ts";

/** Asks for more time before the end: the whole chain approves once more, and until it does the old date holds. */
export async function requestRenewal(ctx: Ctx, input: RenewExceptionInput): Promise<void> {
  authorize(ctx.actor, "exception.request");
  const { exceptionId, expiresAt, rationale } = renewExceptionInput.parse(input);
  const userId = userIdOf(ctx.actor);
  if (userId === null) throw precondition("A renewal is asked for by somebody: sign in first.");
  await transactPg(ctx, async (tx) => {
    const exception = await loadException(tx, exceptionId);
    if (!mayRenew(exception, standerOf(ctx)))
      throw precondition("More time is asked for by whoever asked first, holds or owns the access, or answers for its control.", {
        refusals: ["not_concerned"],
      });
    if (exception.state !== "ACTIVE" || exception.expiresAt <= ctx.now)
      throw precondition("Only an exception that is in force is renewed.", { state: exception.state });
    if (exception.isRenewalPending) throw precondition("A renewal waits for its approvers already.");
    requireTerms(renewalRefusals(new Date(expiresAt), exception, ctx.now), exception.riskClass);
    await moveException(tx, ctx, exception, {
      kind: "RENEWAL_REQUESTED",
      detail: { expiresAt, rationale },
      set: {
        sql: `revision = x.revision + 1, renewal_expires_at = $7::timestamptz, renewal_rationale = $8::text, renewal_requester_id = $9::uuid,
          renewal_user_id = $10::uuid`,
        values: [expiresAt, rationale, personIdOf(ctx.actor), userId],
      },
    });
    await recordAudit(tx, ctx, {
      type: "exception.renewal_requested",
      subject: exceptionSubject(exception),
      data: { revision: exception.revision + 1, expiresAt: new Date(expiresAt).toISOString() },
      reason: rationale,
    });
  });
}
