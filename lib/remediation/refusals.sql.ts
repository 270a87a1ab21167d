import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { transactAside } from "#lib/db/transact.ts";
import { type DomainError, precondition } from "#lib/errors/domain-error.ts";
import { taskSubject } from "./remediation.sql.ts";
import { isSensitive, type Refusal, refusalText } from "./rules.ts";

/**
 * Throws where a rule refused, with all reasons. What somebody must not do (act on their own decision, approve for another's resource) is
 * recorded in a transaction of its own, since the caller's is rolled back.
 */
export async function requireNone(
  ctx: Ctx,
  command: string,
  task: { id: string; label: string; campaignId: string },
  refusals: readonly Refusal[],
): Promise<void> {
  if (refusals.length === 0) return;
  if (refusals.some(isSensitive)) {
    const data = { campaignId: task.campaignId, command, reasons: [...refusals] };
    await transactAside(ctx, (tx) => recordAudit(tx, ctx, { type: "remediation.refused", subject: taskSubject(task), data }));
  }
  throw refused(refusals);
}

const refused = (refusals: readonly Refusal[]): DomainError => precondition(refusals.map(refusalText).join(" "), { refusals });
