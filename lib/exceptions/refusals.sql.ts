import "server-only";
import { type AuditSubject, recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { transactAside } from "#lib/db/transact.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import type { RiskClass } from "#lib/policy/risk.ts";
import { exceptionSubject } from "./exception.sql.ts";
import { approvalText, termsProblem } from "./refusal-words.ts";
import { type ApprovalRefusal, isSensitive, type TermsRefusal, termsRefusals } from "./rules.ts";
import type { ExceptionTerms } from "./schema.ts";

/** Throws where terms cannot be asked for, with a sentence for each field. */
export function requireTerms(refusals: readonly TermsRefusal[], riskClass: RiskClass): void {
  if (refusals.length === 0) return;
  const problems = refusals.map((refusal) => termsProblem(refusal, riskClass));
  throw invalid(problems.map(({ text }) => text).join(" "), Object.fromEntries(problems.map(({ field, text }) => [field, text])));
}

/** Refuses terms that could not be asked for, before anybody keeps them. */
export function requireExceptionTerms(terms: ExceptionTerms, riskClass: RiskClass, now: Date): void {
  const { startsAt, expiresAt, controlDueAt } = terms;
  const instants = {
    startsAt: startsAt === null ? null : new Date(startsAt),
    expiresAt: new Date(expiresAt),
    controlDueAt: new Date(controlDueAt),
  };
  requireTerms(termsRefusals(instants, riskClass, now), riskClass);
}

/** An approval that a rule refused, with every reason. */
class ApprovalRefused extends DomainError {
  readonly subject: AuditSubject;
  readonly refusals: readonly ApprovalRefusal[];
  constructor(exception: { id: string; label: string }, refusals: readonly ApprovalRefusal[]) {
    super("PRECONDITION", refusals.map(approvalText).join(" "), { details: { refusals } });
    this.subject = exceptionSubject(exception);
    this.refusals = refusals;
  }
}

export function requireApprovable(exception: { id: string; label: string }, refusals: readonly ApprovalRefusal[]): void {
  if (refusals.length > 0) throw new ApprovalRefused(exception, refusals);
}

/**
 * Approving what one asked for or benefits from is an attempt worth keeping: it is recorded though the attempt is refused, once its
 * transaction has given its connection back.
 */
export async function recordingRefusal<T>(ctx: Ctx, command: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof ApprovalRefused && error.refusals.some(isSensitive)) {
      const data = { command, reasons: [...error.refusals] };
      await transactAside(ctx, (tx) => recordAudit(tx, ctx, { type: "exception.refused", subject: error.subject, data }));
    }
    throw error;
  }
}
