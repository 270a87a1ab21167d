import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { transactPg } from "#lib/db/transact.ts";
import { notFound, precondition } from "#lib/errors/domain-error.ts";
import { requestException } from "#lib/exceptions/commands/request.ts";
import { requireExceptionTerms } from "#lib/exceptions/refusals.sql.ts";
import { findExceptionSubject } from "../exception-items.sql.ts";
import { type RequestItemExceptionInput, requestItemExceptionInput } from "../schema.ts";

/**
 * Asks for an exception for the access of an item, beside its answer: for whoever sees the item and is not its reviewer, or after it was
 * decided. The item stays as it is.
 */
export async function requestItemException(ctx: Ctx, input: RequestItemExceptionInput): Promise<{ exceptionId: string }> {
  authorize(ctx.actor, "exception.request");
  const { campaignId, itemId, exception } = requestItemExceptionInput.parse(input);
  return transactPg(ctx, async (tx, inner) => {
    const subject = await findExceptionSubject(tx, campaignScope(ctx.actor), { campaignId, itemId });
    if (!subject) throw notFound("Item", itemId);
    requireExceptionTerms(exception, subject.riskClass, ctx.now);
    const { exceptionId, isNew } = await requestException(inner, { subject, terms: exception });
    if (!isNew)
      throw precondition("There is an exception for this access already, or a request for one. Look at that one first.", { exceptionId });
    const data = { campaignId, exceptionId };
    await recordAudit(tx, ctx, {
      type: "campaign_item.exception_asked",
      subject: { kind: "campaign_item", id: itemId, label: subject.label },
      data,
    });
    return { exceptionId };
  });
}
