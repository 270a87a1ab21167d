import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import { urgencyOf } from "./kinds.ts";
import type { MailRecipient, PlannedMail } from "./mail-plan.ts";
import type { MailPreference } from "./types.ts";

/** One process collects at a time; another that comes meanwhile has nothing to do. */
export async function mayCollect(tx: Tx): Promise<boolean> {
  const [row] = await tx.rows<{ isMine: boolean }>(`SELECT pg_try_advisory_xact_lock(hashtext('notifications.collect')) AS "isMine"`);
  return row?.isMine ?? false;
}

type Stored = {
  recipientId: string;
  address: string | null;
  preference: MailPreference;
  lastMailAt: Date | null;
  waiting: { id: string; kind: string; createdAt: string; isRead: boolean }[];
};

/**
 * Everybody for whom something waits to be mailed, with their address of today. Somebody who is told as a person and as a user gets one mail;
 * whoever has left has no address.
 */
export async function waitingRecipients(tx: Tx): Promise<MailRecipient[]> {
  const rows = await tx.rows<Stored>(
    `WITH waiting AS (
       SELECT coalesce(n.person_id, u.person_id, n.user_id) AS recipient_id, min(n.created_at) AS since,
         jsonb_agg(jsonb_build_object('id', n.id, 'kind', n.kind, 'createdAt', n.created_at, 'isRead', n.read_at IS NOT NULL) ORDER BY n.created_at, n.id) AS waiting
       FROM notifications n LEFT JOIN app_users u ON u.id = n.user_id 
       WHERE n.mail_delivery_id IS NULL AND num_nonnulls(n.person_id, n.user_id) = 1 GROUP BY 1)
     SELECT w.recipient_id AS "recipientId", coalesce(u.mail, p.mail) AS address, coalesce(f.mail, 'at_once') AS preference, l.at AS "lastMailAt", w.waiting
     FROM waiting w
     LEFT JOIN people p ON p.id = w.recipient_id AND p.status <> 'left' AND p.gone_at IS NULL
     LEFT JOIN LATERAL (
       SELECT u.id, u.mail FROM app_users u WHERE (u.id = w.recipient_id OR (u.person_id = w.recipient_id AND p.id IS NOT NULL)) AND u.disabled_at IS NULL
       ORDER BY u.mail IS NULL, u.created_at, u.id LIMIT 1) u ON true
     LEFT JOIN notification_preferences f ON f.user_id = u.id
     LEFT JOIN LATERAL (
       SELECT max(d.created_at) AS at FROM notification_deliveries d WHERE d.recipient_id = w.recipient_id AND d.state <> 'NOT_SENT') l ON true
     ORDER BY w.since, w.recipient_id`,
  );
  return rows.map(({ waiting, ...row }) => ({
    ...row,
    waiting: waiting.map(({ id, kind, createdAt, isRead }) => ({ id, isRead, createdAt: new Date(createdAt), urgency: urgencyOf(kind) })),
  }));
}

/** The mails of a plan, each under the Message-ID that it keeps for good, and what became of the rest. */
export async function writeMails(tx: Tx, ctx: Ctx, mails: readonly PlannedMail[], host: string): Promise<void> {
  await tx.rows(
    `WITH planned AS MATERIALIZED (
       SELECT uuid7() AS id, g.* FROM jsonb_to_recordset($1::jsonb) AS g ("recipientId" uuid, address text, cause text, "notificationIds" uuid[])),
     made AS (
       INSERT INTO notification_deliveries (id, channel, recipient_id, address, message_id, state, cause, next_at, created_at, ended_at)
       SELECT id, 'mail', "recipientId", address, '<' || id || '@' || $3::text || '>', CASE WHEN cause IS NULL THEN 'WAITING' ELSE 'NOT_SENT' END, cause,
         CASE WHEN cause IS NULL THEN $2::timestamptz END, $2::timestamptz, CASE WHEN cause IS NOT NULL THEN $2::timestamptz END FROM planned)
     UPDATE notifications n SET mail_delivery_id = p.id FROM planned p WHERE n.id = ANY (p."notificationIds")`,
    [JSON.stringify(mails), ctx.now, host],
  );
}
