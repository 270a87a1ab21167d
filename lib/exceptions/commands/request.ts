import "server-only";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { type AuditEntry, recordAudit } from "#lib/audit/record.ts";
import { personIdOf, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { invalid, precondition } from "#lib/errors/domain-error.ts";
import type { RiskClass } from "#lib/policy/risk.ts";
import { approvalFacts, type ExceptionRecord, exceptionSubject, loadException, moveException, standerOf } from "../exception.sql.ts";
import { requireExceptionTerms } from "../refusals.sql.ts";
import { chainOf, EXCEPTION_RULE_VERSION, isAsker } from "../rules.ts";
import { type ChangeExceptionInput, changeExceptionInput, type ExceptionTerms, exceptionTerms } from "../schema.ts";

/** The access that it is for, as whoever asks found it: a caller that knows items passes what was frozen of one. */
export type ExceptionSubject = {
  sourceId: string;
  identityId: string;
  entitlementId: string;
  label: string;
  riskClass: RiskClass;
  item: { campaignId: string; itemId: string } | null;
};

/**
 * Asks for an exception: its terms go before the first of its approvers. At most one per access has not ended, and a second request rests on
 * that one: `isNew` tells. The duration was held to its cap when the terms were written; later only its end may have come.
 */
export async function requestException(
  ctx: Ctx,
  input: { subject: ExceptionSubject; terms: ExceptionTerms },
): Promise<{ exceptionId: string; isNew: boolean }> {
  authorize(ctx.actor, "exception.request");
  const { subject } = input;
  const terms = exceptionTerms.parse(input.terms);
  const userId = userIdOf(ctx.actor);
  if (userId === null) throw precondition("An exception is asked for by somebody: sign in first.");
  return transactPg(ctx, async (tx) => {
    await requireControlOwner(tx, terms.controlOwnerId);
    const [made] = await tx.rows<{ id: string }>(
      `INSERT INTO exceptions (source_id, identity_id, entitlement_id, label, risk_class, campaign_id, item_id, requester_id, requester_user_id, rationale,
         control, control_owner_id, control_test, control_due_at, starts_at, expires_at, rule_version)
       VALUES ($1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::uuid, $7::uuid, $8::uuid, $9::uuid, $10::text, $11::text, $12::uuid, $13::text,
         $14::timestamptz, $15::timestamptz, $16::timestamptz, ${EXCEPTION_RULE_VERSION})
       ON CONFLICT (identity_id, entitlement_id) WHERE ended_at IS NULL DO NOTHING RETURNING id`,
      [
        subject.sourceId,
        subject.identityId,
        subject.entitlementId,
        subject.label,
        subject.riskClass,
        subject.item?.campaignId ?? null,
        subject.item?.itemId ?? null,
        personIdOf(ctx.actor),
        userId,
        terms.rationale,
        terms.control,
        terms.controlOwnerId,
        terms.controlTest,
        terms.controlDueAt,
        terms.startsAt,
        terms.expiresAt,
      ],
    );
    if (!made) return { exceptionId: await openExceptionOf(tx, subject), isNew: false };
    await moveException(tx, ctx, { id: made.id, version: 0, state: "SUBMITTED" }, { kind: "SUBMITTED" });
    const asked = await loadException(tx, made.id);
    await recordAudit(tx, ctx, submitted(asked, terms));
    await askApprovers(tx, ctx, asked);
    return { exceptionId: made.id, isNew: true };
  });
}

/** The requester answers what an approver asked to have changed: other terms go before the chain from its beginning. */
export async function changeException(ctx: Ctx, input: ChangeExceptionInput): Promise<void> {
  authorize(ctx.actor, "exception.request");
  const { exceptionId, terms } = changeExceptionInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const exception = await loadException(tx, exceptionId);
    if (!isAsker(exception, standerOf(ctx)))
      throw precondition("Only whoever asked for this exception changes it.", { refusals: ["not_requester"] });
    if (exception.state !== "CHANGES_REQUESTED")
      throw precondition(`This exception is ${exception.state}: nothing was asked to be changed.`, { state: exception.state });
    requireExceptionTerms(terms, exception.riskClass, ctx.now);
    await requireControlOwner(tx, terms.controlOwnerId);
    await moveException(tx, ctx, exception, {
      to: "SUBMITTED",
      set: {
        sql: `revision = x.revision + 1, rationale = $7::text, control = $8::text, control_owner_id = $9::uuid, control_test = $10::text,
          control_due_at = $11::timestamptz, starts_at = $12::timestamptz, expires_at = $13::timestamptz, rule_version = ${EXCEPTION_RULE_VERSION}`,
        values: [
          terms.rationale,
          terms.control,
          terms.controlOwnerId,
          terms.controlTest,
          terms.controlDueAt,
          terms.startsAt,
          terms.expiresAt,
        ],
      },
    });
    const asked = await loadException(tx, exceptionId);
    await recordAudit(tx, ctx, submitted(asked, terms));
    await askApprovers(tx, ctx, asked);
  });
}

/** What was asked for, by its digest; the words themselves are personal values. */
function submitted(asked: ExceptionRecord, terms: ExceptionTerms): AuditEntry<"exception.submitted"> {
  const { revision, riskClass, campaignId, itemId } = asked;
  const termsDigest = Buffer.from(canonicalDigest(terms)).toString("hex");
  const expiresAt = asked.expiresAt.toISOString();
  return {
    type: "exception.submitted",
    subject: exceptionSubject(asked),
    data: { revision, riskClass, ruleVersion: EXCEPTION_RULE_VERSION, expiresAt, termsDigest, campaignId, itemId },
    reason: terms.rationale,
    personal: { control: terms.control, control_test: terms.controlTest },
  };
}

/** SUBMITTED -> IN_APPROVAL, in the breath that asked for it. */
async function askApprovers(tx: Tx, ctx: Ctx, asked: ExceptionRecord): Promise<void> {
  const chain = chainOf(approvalFacts(asked));
  await moveException(tx, ctx, asked, { to: "IN_APPROVAL", detail: { chain } });
  const data = { revision: asked.revision, chain };
  await recordAudit(tx, ctx, { type: "exception.in_approval", subject: exceptionSubject(asked), data });
}

/** Writing would have met it: it is there, or was a moment ago. */
async function openExceptionOf(tx: Tx, { identityId, entitlementId }: ExceptionSubject): Promise<string> {
  const [open] = await tx.rows<{ id: string }>(
    "SELECT id FROM exceptions WHERE identity_id = $1::uuid AND entitlement_id = $2::uuid AND ended_at IS NULL",
    [identityId, entitlementId],
  );
  if (!open) throw precondition("Another exception for this access has just ended. Try again.");
  return open.id;
}

async function requireControlOwner(tx: Tx, personId: string): Promise<void> {
  const found = await tx.rows("SELECT FROM people WHERE id = $1::uuid AND status <> 'left' AND gone_at IS NULL", [personId]);
  if (found.length === 0)
    throw invalid("The control's owner is nobody in office.", { controlOwnerId: "Name somebody in office who answers for the control." });
}
