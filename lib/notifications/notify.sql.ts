import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import { type DataOf, FOR_SYSTEMS, KINDS, type NotificationKind } from "./kinds.ts";
import { type About, type Recipient, SYSTEMS } from "./types.ts";

export type Notice = {
  [K in NotificationKind]: {
    kind: K;
    to: Recipient;
    about: About;
    /** Makes it once only: the same key to the same recipient is told nothing again. */
    key: string;
    data: DataOf<K>;
    due?: Date | null;
    /** Whose evidence it belongs to, where `about` is not itself the campaign. */
    campaignId?: string | null;
  };
}[NotificationKind];

/**
 * Tells somebody something, in the caller's own transaction: without it there is no notification. Seen in the app at once; mails and webhooks
 * follow by the worker. The caller authorizes and records the audit event of what it tells of.
 */
export const notify = (tx: Tx, ctx: Ctx, notice: Notice): Promise<number> => notifyAll(tx, ctx, [notice]);

/** The same for many, in one statement. A user who is somebody is told as that person, so that nobody is told twice. Answers with how many were new. */
export async function notifyAll(tx: Tx, ctx: Ctx, notices: readonly Notice[]): Promise<number> {
  if (notices.length === 0) return 0;
  const [told] = await tx.rows<{ count: number }>(
    `WITH written AS (
       INSERT INTO notifications (person_id, user_id, kind, about_kind, about_id, about_label, campaign_id, key, data, due_at, created_at)
       SELECT coalesce(g.person_id, u.person_id), CASE WHEN g.person_id IS NULL AND u.person_id IS NULL THEN g.user_id END, g.kind, g.about_kind,
         g.about_id, g.about_label, g.campaign_id, g.key || ':' || coalesce((coalesce(g.person_id, u.person_id, g.user_id))::text, '${SYSTEMS}'), g.data, g.due_at, $2::timestamptz
       FROM jsonb_to_recordset($1::jsonb) AS g (person_id uuid, user_id uuid, kind text, about_kind text, about_id text, about_label text,
         campaign_id uuid, key text, data jsonb, due_at timestamptz)
       LEFT JOIN app_users u ON u.id = g.user_id
       ON CONFLICT (key) DO NOTHING RETURNING id, kind, num_nonnulls(person_id, user_id) = 0 AS is_for_systems),
     called AS (
       INSERT INTO notification_deliveries (channel, endpoint_id, notification_id, message_id, next_at, created_at)
       SELECT 'webhook', e.id, w.id, 'msg_' || replace(uuid7()::text, '-', ''), $2::timestamptz, $2::timestamptz
       FROM written w JOIN webhook_endpoints e ON e.state = 'active' AND (cardinality(e.kinds) = 0 OR w.kind = ANY (e.kinds))
         AND (w.is_for_systems OR w.kind <> ALL ($3::text[])))
     SELECT count(*)::int AS count FROM written`,
    [JSON.stringify(notices.map(rowOf)), ctx.now, FOR_SYSTEMS],
  );
  return told?.count ?? 0;
}

function rowOf({ kind, to, about, key, data, due, campaignId }: Notice) {
  const told: { personId?: string; userId?: string } = to === SYSTEMS ? {} : to;
  return {
    person_id: told.personId ?? null,
    user_id: told.userId ?? null,
    kind,
    about_kind: about.kind,
    about_id: about.id,
    about_label: about.label,
    campaign_id: campaignId ?? (about.kind === "campaign" ? about.id : null),
    key,
    data: KINDS[kind].data.parse(data),
    due_at: due?.toISOString() ?? null,
  };
}
