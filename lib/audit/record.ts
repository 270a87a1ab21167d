import "server-only";
import { randomBytes } from "node:crypto";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { outageOf } from "#lib/errors/outage.ts";
import { canonicalize } from "./canonical.ts";
import { personal, type Sealable, sealPersonal } from "./commitment.ts";
import { EVENTS, type EventData, type EventType } from "./events.ts";

export type AuditSubject = { kind: string; id: string; label: string };

export type AuditEntry<T extends EventType> = {
  type: T;
  subject: AuditSubject;
  data: EventData<T>;
  /** Why, in the actor's words. */
  reason?: string | null | undefined;
  /** More personal values by name; committed to, with their salts kept apart. */
  personal?: Readonly<Record<string, string | null>>;
};

/**
 * One typed audit event in the caller's own transaction: no audit, no action. What could name a person (labels, reasons, addresses) stands in
 * the body as a salted commitment; the values go to audit_values. Throws when data does not fit the event's variant.
 */
export async function recordAudit<T extends EventType>(tx: Tx, ctx: Ctx, entry: AuditEntry<T>): Promise<void> {
  const { body, reveals } = sealPersonal(bodyOf(ctx, entry), () => randomBytes(16));
  const written = tx.rows(
    `WITH event AS (INSERT INTO audit_events (body) VALUES ($1::text) RETURNING id)
     INSERT INTO audit_values (event_id, name, salt, value)
     SELECT event.id, kept.name, kept.salt, kept.value FROM event, unnest($2::text[], $3::text[], $4::text[]) AS kept (name, salt, value)`,
    [
      canonicalize(body),
      reveals.map((reveal) => reveal.path),
      reveals.map((reveal) => reveal.salt),
      reveals.map((reveal) => canonicalize(reveal.value)),
    ],
    { name: "record_audit" },
  );
  await written.catch((error: unknown) => {
    throw outageOf(error) || isOvertaken(error) ? error : notRecorded(error);
  });
}

/** Another transaction was in the way, and the caller may begin anew: nothing is wrong with the log. */
const isOvertaken = (error: unknown): boolean => /^40/.test(String((error as { code?: unknown }).code));

const notRecorded = (cause: unknown) =>
  new DomainError("UNAVAILABLE", "This could not be written to the audit log, so nothing was changed. Tell your administrator.", { cause });

function bodyOf<T extends EventType>(ctx: Ctx, entry: AuditEntry<T>): Sealable {
  return {
    type: entry.type,
    occurred_at: ctx.now.toISOString(),
    request_id: ctx.requestId,
    actor: actorBody(ctx.actor),
    subject: { kind: entry.subject.kind, id: entry.subject.id, label: personal(entry.subject.label) },
    data: EVENTS[entry.type].parse(entry.data) as Sealable,
    ...(entry.reason ? { reason: personal(entry.reason) } : {}),
    ...(entry.personal
      ? {
          personal: Object.fromEntries(
            Object.entries(entry.personal).map(([name, value]) => [name, value === null ? null : personal(value)]),
          ),
        }
      : {}),
  };
}

function actorBody(actor: Actor): Sealable {
  const { method, amr, stepUp } = actor.authentication;
  const shown = { method, ...(amr ? { amr } : {}), ...(stepUp ? { step_up: stepUp } : {}) };
  if (actor.kind !== "user")
    return { kind: actor.kind, id: actor.kind, label: personal(actor.label), authenticated: shown, ...whereFrom(actor) };
  return {
    kind: "user",
    id: actor.userId,
    person_id: actor.personId,
    label: personal(actor.label),
    roles: [...actor.roles].sort(),
    authenticated: shown,
    sign_in_id: actor.signInId,
    ...whereFrom(actor),
  };
}

/** Jobs and the local operator come from nowhere else. */
function whereFrom(actor: Actor): Record<string, Sealable> {
  if (actor.kind !== "user" && actor.kind !== "visitor") return {};
  return {
    ...(actor.address ? { address: personal(actor.address) } : {}),
    ...(actor.userAgent ? { user_agent: personal(actor.userAgent) } : {}),
  };
}
