import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { type ExceptionRecord, exceptionSubject, loadException, moveException, standerOf } from "../exception.sql.ts";
import { PENDING_STATES } from "../lifecycle.ts";
import { isAsker } from "../rules.ts";
import { type ExceptionReasonInput, exceptionReasonInput } from "../schema.ts";
import { NO_RENEWAL } from "./answer.ts";

/** Whoever asked takes the request back before it is in force, or a renewal before it is approved. */
export async function withdrawException(ctx: Ctx, input: ExceptionReasonInput): Promise<void> {
  authorize(ctx.actor, "exception.request");
  const { exceptionId, reason } = exceptionReasonInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const exception = await loadException(tx, exceptionId);
    if (!isAsker(exception, standerOf(ctx)))
      throw precondition("Only whoever asked for this takes it back.", { refusals: ["not_requester"] });
    const subject = exceptionSubject(exception);
    if (exception.isRenewalPending) {
      await moveException(tx, ctx, exception, { kind: "RENEWAL_ENDED", detail: { cause: "withdrawn", reason }, set: NO_RENEWAL });
      const data = { revision: exception.revision, cause: "withdrawn" };
      await recordAudit(tx, ctx, { type: "exception.renewal_ended", subject, data, reason });
      return;
    }
    if (!isPending(exception))
      throw precondition(`This exception is ${exception.state}: there is no request to take back.`, { state: exception.state });
    await moveException(tx, ctx, exception, { to: "WITHDRAWN", detail: { cause: "requester", reason } });
    await recordAudit(tx, ctx, { type: "exception.withdrawn", subject, data: { cause: "requester" }, reason });
  });
}

/**
 * The item that an undecided request rests on is decided anew, so the request falls with it: for the command that reopens it. What is in
 * force stays.
 */
export async function withdrawOfItem(ctx: Ctx, input: { campaignId: string; itemId: string; reason: string }): Promise<void> {
  authorize(ctx.actor, "exception.withdraw_of_item");
  const { campaignId, itemId, reason } = input;
  await transactPg(ctx, async (tx) => {
    const [open] = await tx.rows<{ id: string }>(
      "SELECT id FROM exceptions WHERE campaign_id = $1::uuid AND item_id = $2::uuid AND ended_at IS NULL",
      [campaignId, itemId],
    );
    const exception = open && (await loadException(tx, open.id));
    if (!exception || !isPending(exception)) return;
    await moveException(tx, ctx, exception, { to: "WITHDRAWN", detail: { cause: "item_reopened", reason } });
    await recordAudit(tx, ctx, {
      type: "exception.withdrawn",
      subject: exceptionSubject(exception),
      data: { cause: "item_reopened" },
      reason,
    });
  });
}

const isPending = ({ state }: Pick<ExceptionRecord, "state">): boolean => PENDING_STATES.includes(state);
