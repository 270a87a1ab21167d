import "server-only";
import { z } from "zod";
import type { AuditEntry } from "#lib/audit/record.ts";
import { personIdOf, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import { notFound, precondition } from "#lib/errors/domain-error.ts";
import { secondPersonRefusals } from "./rules.ts";

const ASKED_FOR_HOURS = 72;

export type Asked = { id: string; action: string; subjectId: string; input: unknown; reason: string; requestedBy: string };
export type Ask = { action: string; subject: { kind: string; id: string; label: string }; input: unknown; reason: string };

/** The first of two people asks. One pending request per action and subject. The caller records `event`. */
export async function askSecondPerson(
  tx: Tx,
  ctx: Ctx,
  ask: Ask,
): Promise<{ requestId: string; event: AuditEntry<"second_person.asked"> }> {
  const userId = userIdOf(ctx.actor);
  if (userId === null) throw precondition("This takes two people, each signed in: sign in first.");
  await tx.rows("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))", [`second-person:${ask.action}:${ask.subject.id}`]);
  const pending = await tx.rows(
    `SELECT id FROM second_person_requests WHERE action = $1::text AND subject_id = $2::text AND state = 'pending' AND expires_at > now()`,
    [ask.action, ask.subject.id],
  );
  if (pending.length > 0) throw precondition("Somebody has asked for this already, and it waits for a second person.");
  const [row] = await tx.rows<{ id: string; expiresAt: Date }>(
    `INSERT INTO second_person_requests (action, subject_kind, subject_id, input, reason, requested_by, requested_person_id, expires_at)
     VALUES ($1::text, $2::text, $3::text, $4::jsonb, $5::text, $6::uuid, $7::uuid, now() + make_interval(hours => ${ASKED_FOR_HOURS}))
     RETURNING id, expires_at AS "expiresAt"`,
    [ask.action, ask.subject.kind, ask.subject.id, JSON.stringify(ask.input), ask.reason, userId, personIdOf(ctx.actor)],
  );
  if (!row) throw new Error("The request was not written.");
  const data = {
    requestId: row.id,
    action: ask.action,
    expiresAt: row.expiresAt.toISOString(),
    ...campaignOf(ask.subject.kind, ask.input),
  };
  return { requestId: row.id, event: { type: "second_person.asked", subject: ask.subject, data, reason: ask.reason } };
}

/** Of an item, its campaign: what a pack of the campaign finds the event by. */
function campaignOf(subjectKind: string, input: unknown): { campaignId?: string } {
  const asked = z.object({ campaignId: z.string() }).safeParse(input);
  return subjectKind === "campaign_item" && asked.success ? asked.data : {};
}

const REFUSED: Readonly<Record<string, string>> = {
  not_pending: "This request was already confirmed or withdrawn.",
  expired: "This request has expired: ask again.",
  same_user: "You asked for this yourself: somebody else has to confirm it.",
  same_person: "You asked for this yourself, under another user: somebody else has to confirm it.",
};

/** The second confirms what was asked, exactly as it was asked. Single use. The caller records `event`. */
export async function confirmSecondPerson(
  tx: Tx,
  ctx: Ctx,
  action: string,
  requestId: string,
): Promise<Asked & { event: AuditEntry<"second_person.confirmed"> }> {
  const [row] = await tx.rows<Asked & { subjectKind: string; state: string; requestedPersonId: string | null; expiresAt: Date }>(
    `SELECT id, action, subject_kind AS "subjectKind", subject_id AS "subjectId", input, reason, requested_by AS "requestedBy", requested_person_id AS "requestedPersonId",
       expires_at AS "expiresAt", state FROM second_person_requests WHERE id = $1::uuid AND action = $2::text FOR UPDATE`,
    [requestId, action],
  );
  if (!row) throw notFound("Request", requestId);
  const [refusal] = secondPersonRefusals(row, userIdOf(ctx.actor), personIdOf(ctx.actor), ctx.now);
  if (refusal) throw precondition(REFUSED[refusal] ?? "This request cannot be confirmed.", { refusal });
  await tx.rows(`UPDATE second_person_requests SET state = 'confirmed', confirmed_by = $2::uuid, decided_at = now() WHERE id = $1::uuid`, [
    requestId,
    userIdOf(ctx.actor),
  ]);
  const data = { requestId, action, requestedBy: row.requestedBy, ...campaignOf(row.subjectKind, row.input) };
  return {
    ...row,
    event: { type: "second_person.confirmed", subject: { kind: row.subjectKind, id: row.subjectId, label: row.subjectId }, data },
  };
}
