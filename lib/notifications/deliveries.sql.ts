import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { NOTIFICATION } from "./queries.ts";
import type { Channel, DeliveryState, NotificationRow } from "./types.ts";

/** Longer than any attempt may take: after it, whoever began is gone. */
export const LEASE_MS = 5 * 60_000;

export type Claimed = {
  id: string;
  channel: Channel;
  messageId: string;
  attempts: number;
  createdAt: Date;
  address: string | null;
  notifications: NotificationRow[];
  endpoint: { id: string; name: string; url: string; secret: Buffer; previousSecret: Buffer | null } | null;
};

/**
 * The next delivery that is due, for this worker alone, with the attempt written down before it is made: also one that a worker began and did
 * not live to record. An endpoint is called by one at a time, so that a slow one holds up nobody else; whoever claims a call sees the claims
 * before.
 */
export const claimNext = (ctx: Ctx, channel: Channel): Promise<Claimed | null> =>
  channel === "mail"
    ? claim(reader, channel, ctx.now)
    : transactPg(ctx, async (tx) => {
        await tx.rows("SELECT pg_advisory_xact_lock(hashtext('notifications.webhooks'))");
        return claim(tx, channel, ctx.now);
      });

async function claim(tx: Tx, channel: Channel, now: Date): Promise<Claimed | null> {
  const [claimed] = await tx.rows<Omit<Claimed, "endpoint"> & { endpoint: { id: string; name: string; url: string } | null } & Secrets>(
    `WITH due AS (
       SELECT d.id FROM notification_deliveries d
       WHERE d.channel = $1::text AND (d.state = 'WAITING' AND d.next_at <= $2::timestamptz OR d.state = 'SENDING' AND d.lease_until <= $2::timestamptz)
         AND (d.endpoint_id IS NULL OR NOT EXISTS (
           SELECT FROM notification_deliveries o WHERE o.endpoint_id = d.endpoint_id AND o.state = 'SENDING' AND o.lease_until > $2::timestamptz))
       ORDER BY coalesce(d.next_at, d.lease_until), d.id LIMIT 1 FOR UPDATE SKIP LOCKED),
     taken AS (
       UPDATE notification_deliveries d SET state = 'SENDING', attempts = d.attempts + 1, next_at = NULL, lease_until = $3::timestamptz
       FROM due WHERE d.id = due.id RETURNING d.*),
     noted AS (INSERT INTO notification_delivery_events (delivery_id, kind, attempt, at) SELECT id, 'attempt', attempts, $2::timestamptz FROM taken)
     SELECT d.id, d.channel, d.message_id AS "messageId", d.attempts, d.created_at AS "createdAt", d.address,
       (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p."createdAt", p.id), '[]') FROM (
         SELECT ${NOTIFICATION} FROM notifications n WHERE n.mail_delivery_id = d.id OR n.id = d.notification_id) AS p) AS notifications,
       CASE WHEN e.id IS NOT NULL THEN jsonb_build_object('id', e.id, 'name', e.name, 'url', e.url) END AS endpoint,
       e.secret, CASE WHEN e.previous_until > $2::timestamptz THEN e.previous_secret END AS "previousSecret"
     FROM taken d LEFT JOIN webhook_endpoints e ON e.id = d.endpoint_id`,
    [channel, now, new Date(now.getTime() + LEASE_MS)],
  );
  if (!claimed) return null;
  const { secret, previousSecret, endpoint, ...rest } = claimed;
  return { ...rest, endpoint: endpoint && secret ? { ...endpoint, secret, previousSecret } : null };
}
type Secrets = { secret: Buffer | null; previousSecret: Buffer | null };

/** How an attempt ended; false where the delivery is no longer this attempt's. */
export async function settle(
  tx: Tx,
  { id, attempts }: Pick<Claimed, "id" | "attempts">,
  to: { state: DeliveryState; kind: string; response: string; nextAt: Date | null; now: Date },
): Promise<boolean> {
  const settled = await tx.rows(
    `WITH moved AS (
       UPDATE notification_deliveries SET state = $3::text, next_at = $4::timestamptz, lease_until = NULL,
         ended_at = CASE WHEN $3::text = 'WAITING' THEN NULL ELSE $7::timestamptz END
       WHERE id = $1::uuid AND state = 'SENDING' AND attempts = $2::int RETURNING id)
     INSERT INTO notification_delivery_events (delivery_id, kind, attempt, response, at)
     SELECT id, $5::text, $2::int, $6::text, $7::timestamptz FROM moved RETURNING id`,
    [id, attempts, to.state, to.nextAt, to.kind, to.response, to.now],
  );
  return settled.length > 0;
}

/** What waits for the same server waits as long: nobody else has to find out that it is down. */
export async function postpone(tx: Tx, { channel, endpoint }: Pick<Claimed, "channel" | "endpoint">, until: Date): Promise<void> {
  await tx.rows(
    `UPDATE notification_deliveries SET next_at = $3::timestamptz
     WHERE channel = $1::text AND endpoint_id IS NOT DISTINCT FROM $2::uuid AND state = 'WAITING' AND next_at < $3::timestamptz`,
    [channel, endpoint?.id ?? null, until],
  );
}
