import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { transactAside } from "#lib/db/transact.ts";
import type { DomainError } from "#lib/errors/domain-error.ts";

/**
 * Records in a transaction of its own that somebody who is signed in asked for what their roles do not allow. Other refusals are everyday
 * answers of a rule. The refusal stands even where it cannot be recorded; the log says so then.
 */
export async function recordRefusal(ctx: Ctx, command: string, error: DomainError): Promise<void> {
  if (error.code !== "FORBIDDEN" || ctx.actor.kind === "visitor") return;
  const permission = error.details?.permission;
  const data = { command, code: error.code, ...(typeof permission === "string" ? { permission } : {}) };
  const subject = { kind: "command", id: command, label: command };
  await transactAside(ctx, (tx) => recordAudit(tx, ctx, { type: "command.refused", subject, data })).catch((failure: unknown) => {
    const reason = failure instanceof Error ? failure.message : String(failure);
    console.error(JSON.stringify({ level: "error", message: "a refusal could not be recorded", command, reason }));
  });
}
