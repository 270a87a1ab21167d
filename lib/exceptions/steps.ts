import type { AuditEntry } from "#lib/audit/record.ts";
import type { ExceptionRecord, Move } from "./exception.sql.ts";
import { type ClockMove, reminderOf } from "./rules.ts";
import type { SuspensionCause } from "./types.ts";

type StepEvent = "exception.activated" | "exception.suspended" | "exception.expiring" | "exception.expired" | "exception.withdrawn";
/** A step that more than one command takes: how the row moves, what is recorded, and what it is afterwards beside its state. */
export type Taken = { move: Move; event: AuditEntry<StepEvent>; after: Partial<ExceptionRecord> };

const subjectOf = ({ id, label }: ExceptionRecord) => ({ kind: "exception", id, label });

/** What goes with an end: the cause of a suspension, and a renewal that nobody has approved. */
export const ENDED = {
  sql: "suspended_for = NULL, renewal_expires_at = NULL, renewal_rationale = NULL, renewal_requester_id = NULL, renewal_user_id = NULL",
} as const;

/** APPROVED -> ACTIVE. A reminder that the whole of it is shorter than is not given. */
export function activation(exception: ExceptionRecord, now: Date): Taken {
  const remindedDays = reminderOf(exception.expiresAt, now);
  return {
    move: { to: "ACTIVE", set: { sql: "active_at = $7::timestamptz, reminded_days = $8::int", values: [now, remindedDays] } },
    event: {
      type: "exception.activated",
      subject: subjectOf(exception),
      data: { expiresAt: exception.expiresAt.toISOString(), lifted: false },
    },
    after: { remindedDays },
  };
}

/** ACTIVE -> SUSPENDED: by a failed test, or where none was made in time. */
export const suspension = (exception: ExceptionRecord, cause: SuspensionCause): Taken => ({
  move: { to: "SUSPENDED", detail: { cause }, set: { sql: "suspended_for = $7::text", values: [cause] } },
  event: { type: "exception.suspended", subject: subjectOf(exception), data: { cause } },
  after: { suspendedFor: cause },
});

/** What a date does to it. */
export function clockStep(exception: ExceptionRecord, due: ClockMove, now: Date): Taken {
  const subject = subjectOf(exception);
  const expiresAt = exception.expiresAt.toISOString();
  switch (due.kind) {
    case "suspend":
      return suspension(exception, due.cause);
    case "remind": {
      const { days } = due;
      return {
        move: { kind: "EXPIRING", detail: { days }, set: { sql: "reminded_days = $7::int", values: [days] } },
        event: { type: "exception.expiring", subject, data: { days, expiresAt } },
        after: { remindedDays: days },
      };
    }
    case "move":
      switch (due.to) {
        case "ACTIVE":
          return activation(exception, now);
        case "EXPIRED":
          return {
            move: { to: "EXPIRED", detail: { renewalWasPending: exception.isRenewalPending }, set: ENDED },
            event: { type: "exception.expired", subject, data: { expiresAt } },
            after: {},
          };
        case "WITHDRAWN":
          return {
            move: { to: "WITHDRAWN", detail: { cause: "not_approved_in_time" } },
            event: { type: "exception.withdrawn", subject, data: { cause: "not_approved_in_time" } },
            after: {},
          };
      }
  }
}
