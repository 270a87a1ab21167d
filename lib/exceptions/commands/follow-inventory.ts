import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { exceptionSubject, loadException, moveException } from "../exception.sql.ts";
import { goneAccess } from "../inventory.sql.ts";
import { PENDING_STATES } from "../lifecycle.ts";
import { ENDED } from "../steps.ts";

/**
 * What a sync brought: an exception whose identity is gone is void; one whose access two complete syncs no longer find, by any path, is
 * resolved. A request that is not in force yet is taken back instead. The same run twice changes nothing more.
 */
export async function followInventory(ctx: Ctx, input: { sourceId: string }): Promise<number> {
  authorize(ctx.actor, "exception.keep");
  return transactPg(ctx, async (tx) => {
    const gone = await goneAccess(tx, input.sourceId);
    for (const { id, cause, runId } of gone) {
      const exception = await loadException(tx, id);
      const subject = exceptionSubject(exception);
      const detail = { cause, runId };
      if (PENDING_STATES.includes(exception.state)) {
        await moveException(tx, ctx, exception, { to: "WITHDRAWN", detail });
        await recordAudit(tx, ctx, { type: "exception.withdrawn", subject, data: { cause } });
        continue;
      }
      const to = cause === "subject_gone" ? "VOID" : "RESOLVED";
      await moveException(tx, ctx, exception, { to, detail, set: ENDED });
      await recordAudit(tx, ctx, { type: to === "VOID" ? "exception.voided" : "exception.resolved", subject, data: { runId } });
    }
    return gone.length;
  });
}
