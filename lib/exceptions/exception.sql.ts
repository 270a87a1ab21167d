import "server-only";
import { personIdOf, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { can } from "#lib/authz/permissions.ts";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { isEnded, mayMove } from "./lifecycle.ts";
import type { ApprovalFacts, ClockFacts, Stander, StandingFacts } from "./rules.ts";
import { tellOfStep } from "./tell.sql.ts";
import type { ExceptionState, NoteKind, SuspensionCause } from "./types.ts";

export type ExceptionRecord = Omit<ApprovalFacts, "expiresAt"> &
  StandingFacts &
  ClockFacts & {
    id: string;
    version: number;
    label: string;
    sourceId: string;
    identityId: string;
    entitlementId: string;
    campaignId: string | null;
    itemId: string | null;
    revision: number;
    suspendedFor: SuspensionCause | null;
    renewalExpiresAt: Date | null;
  };

/** Everyone who holds the access of exceptions x, answers for its identity, or may turn out to be its person. */
export const BENEFICIARIES = `ARRAY(
  SELECT DISTINCT b.id FROM identities i
  CROSS JOIN LATERAL (SELECT unnest(ARRAY[i.person_id, i.owner_id, i.backup_owner_id]) AS id
    UNION ALL SELECT m.person_id FROM identity_person_matches m WHERE m.identity_id = i.id AND m.state = 'proposed') b
  WHERE i.id = x.identity_id AND b.id IS NOT NULL)`;

/** The owner of the resource of exceptions x, while in office and able to sign in here. */
export const RESOURCE_OWNER = `(SELECT p.id FROM entitlements e JOIN resources r ON r.id = e.resource_id JOIN people p ON p.id = r.owner_id
  WHERE e.id = x.entitlement_id AND p.status <> 'left' AND p.gone_at IS NULL AND coalesce(p.ended_on >= current_date, true)
    AND EXISTS (SELECT FROM app_users u WHERE u.person_id = p.id AND u.disabled_at IS NULL))`;

/** Each column of the record over exceptions x. */
export const RECORD = `x.id, x.version, x.label, x.state::text AS state, x.risk_class AS "riskClass", x.source_id AS "sourceId", x.identity_id AS "identityId",
  x.entitlement_id AS "entitlementId", x.campaign_id AS "campaignId", x.item_id AS "itemId", x.revision, x.renewals, x.starts_at AS "startsAt",
  x.expires_at AS "expiresAt", x.control_due_at AS "controlDueAt", x.control_owner_id AS "controlOwnerId", x.reminded_days AS "remindedDays",
  x.suspended_for AS "suspendedFor", x.renewal_expires_at AS "renewalExpiresAt", x.renewal_user_id IS NOT NULL AS "isRenewalPending",
  array_remove(ARRAY[x.requester_id, x.renewal_requester_id], NULL) AS "requesterIds",
  array_remove(ARRAY[x.requester_user_id, x.renewal_user_id], NULL) AS "requesterUserIds",
  ${BENEFICIARIES} AS "beneficiaryIds", ${RESOURCE_OWNER} AS "resourceOwnerId",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('step', a.step, 'personId', a.person_id)), '[]') FROM exception_approvals a
    WHERE a.exception_id = x.id AND a.revision = x.revision) AS approvals,
  ARRAY(SELECT DISTINCT a.person_id FROM exception_approvals a WHERE a.exception_id = x.id AND a.revision < x.revision) AS "earlierApproverIds"`;

export async function loadException(tx: Tx, exceptionId: string): Promise<ExceptionRecord> {
  const [row] = await tx.rows<ExceptionRecord>(`SELECT ${RECORD} FROM exceptions x WHERE x.id = $1::uuid`, [exceptionId]);
  if (!row) throw notFound("Exception", exceptionId);
  return row;
}

/** What is judged of an approval: the end that is asked for is the renewal's, where one waits. */
export const approvalFacts = (exception: ExceptionRecord): ApprovalFacts => ({
  ...exception,
  expiresAt: exception.renewalExpiresAt ?? exception.expiresAt,
});

export const standerOf = ({ actor }: Ctx): Stander => ({
  userId: userIdOf(actor),
  personId: personIdOf(actor),
  mayApproveAny: can(actor, "exception.approve_any"),
  mayRevokeAny: can(actor, "exception.revoke_any"),
});

export const exceptionSubject = (exception: { id: string; label: string }) => ({
  kind: "exception",
  id: exception.id,
  label: exception.label,
});

const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** types.ts, Terms. */
const TERMS = `jsonb_build_object('revision', x.revision, 'renewals', x.renewals, 'rationale', x.rationale, 'control', x.control,
  'controlOwner', (SELECT p.name FROM people p WHERE p.id = x.control_owner_id), 'controlTest', x.control_test, 'controlDueAt', ${instant("x.control_due_at")},
  'controlResult', x.control_result, 'startsAt', ${instant("x.starts_at")}, 'expiresAt', ${instant("x.expires_at")})`;

/** What its lapse reopened, once: false where it was told already. Also of one that has ended, which itself never changes. */
export async function noteReopened(tx: Tx, exceptionId: string, detail: { lapseId: string } & Record<string, unknown>): Promise<boolean> {
  const told = await tx.rows(
    `INSERT INTO exception_events (exception_id, kind, detail, terms, version)
     SELECT x.id, 'REOPENED', $2::jsonb, ${TERMS}, x.version FROM exceptions x WHERE x.id = $1::uuid
     ON CONFLICT (exception_id, (detail ->> 'lapseId')) WHERE kind = 'REOPENED' DO NOTHING RETURNING id`,
    [exceptionId, JSON.stringify(detail)],
  );
  return told.length > 0;
}

type Moving = { id: string; version: number; state: ExceptionState };
export type Move = {
  /** Left out, the state stays. */
  to?: ExceptionState;
  /** The line of the history; the new state unless told. */
  kind?: ExceptionState | NoteKind;
  detail?: Record<string, unknown>;
  /** Further columns; values from $7 on. */
  set?: { sql: string; values?: readonly unknown[] };
};
export type Moved<T> = T & { eventId: string };

/**
 * One step in one statement, with its line in the history; answers with the exception as it is now. One that moved on meanwhile is a conflict.
 * Whatever rests on it learns of a change of cover by a job of the same transaction, and whoever it concerns is told in it. The
 * caller records the audit event.
 */
export async function moveException<T extends Moving>(tx: Tx, ctx: Ctx, exception: T, move: Move): Promise<Moved<T>> {
  const to = move.to ?? exception.state;
  if (move.to && !mayMove(exception.state, to)) throw new Error(`An exception that is ${exception.state} cannot become ${to}.`);
  const [moved] = await tx.rows<{ eventId: string }>(
    `WITH moved AS (
       UPDATE exceptions x SET state = $4::text::exception_state, version = x.version + 1${isEnded(to) ? ", ended_at = clock_timestamp()" : ""}
         ${move.set ? `, ${move.set.sql}` : ""}
       WHERE x.id = $1::uuid AND x.version = $2::int AND x.state = $3::text::exception_state RETURNING x.*)
     INSERT INTO exception_events (exception_id, kind, detail, terms, version, actor_id)
     SELECT x.id, ${move.kind ? `'${move.kind}'` : "$4::text"}, $5::jsonb, ${TERMS}, x.version, $6::uuid FROM moved x RETURNING id AS "eventId"`,
    [
      exception.id,
      exception.version,
      exception.state,
      to,
      JSON.stringify(move.detail ?? {}),
      userIdOf(ctx.actor),
      ...(move.set?.values ?? []),
    ],
  );
  if (!moved) throw conflict("Somebody was faster: this exception has moved on meanwhile. Load it again.");
  if (move.to && (isEnded(to) || to === "ACTIVE" || to === "SUSPENDED"))
    await enqueue(tx, "exception.changed", { exceptionId: exception.id, eventId: moved.eventId, to });
  const step = { eventId: moved.eventId, line: move.kind ?? to, detail: move.detail ?? {} };
  await tellOfStep(tx, ctx, await loadException(tx, exception.id), step);
  return { ...exception, state: to, version: exception.version + 1, eventId: moved.eventId };
}
