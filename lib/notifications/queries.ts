import "server-only";
import type { InboxScope, SettingsScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { textOf } from "./kinds.ts";
import type { DeliveryState, EndpointRow, InboxRow, MailPreference, MailState, NotificationRow } from "./types.ts";

export const INBOX_CAP = 200;
/** $1 is the person, or null, and $2 the user: as a condition on notifications n. */
const IS_MINE = "(n.person_id = $1::uuid OR n.user_id = $2::uuid)";
const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** A row as textOf takes it. */
export const NOTIFICATION = `n.id, n.kind, n.data, jsonb_build_object('kind', n.about_kind, 'id', n.about_id, 'label', n.about_label) AS about,
  jsonb_build_object('personId', n.person_id, 'userId', n.user_id) AS "to",
  ${instant("n.due_at")} AS "dueAt", ${instant("n.created_at")} AS "createdAt", ${instant("n.read_at")} AS "readAt"`;

/** What somebody was told, newest first; unread ones only where asked. */
export async function listInbox(scope: InboxScope, show: "unread" | "all"): Promise<InboxRow[]> {
  const rows = await reader.rows<NotificationRow>(
    `SELECT ${NOTIFICATION} FROM notifications n WHERE ${IS_MINE} AND ($3::text = 'all' OR n.read_at IS NULL)
     ORDER BY n.created_at DESC, n.id DESC LIMIT ${INBOX_CAP}`,
    [scope.personId, scope.userId, show],
  );
  return rows.map((row) => ({ ...textOf(row), id: row.id, createdAt: row.createdAt, readAt: row.readAt, dueAt: row.dueAt }));
}

/** For the bell. Counted no further than it can show. */
export async function countUnread(scope: InboxScope): Promise<number> {
  const [row] = await reader.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM (SELECT FROM notifications n WHERE ${IS_MINE} AND n.read_at IS NULL LIMIT 100) AS unread`,
    [scope.personId, scope.userId],
  );
  return row?.count ?? 0;
}

export async function mailPreference(scope: InboxScope): Promise<MailPreference> {
  const [row] = await reader.rows<{ mail: MailPreference }>("SELECT mail FROM notification_preferences WHERE user_id = $1::uuid", [
    scope.userId,
  ]);
  return row?.mail ?? "at_once";
}

/** Webhooks that are called, with how the last calls went. */
export async function listEndpoints(_scope: SettingsScope): Promise<EndpointRow[]> {
  return reader.rows<EndpointRow>(
    `SELECT e.id, e.name, e.url, e.kinds, ${instant("e.created_at")} AS "createdAt", ${instant("e.previous_until")} AS "previousUntil",
       count(d.id) FILTER (WHERE d.state = 'ACCEPTED')::int AS accepted, count(d.id) FILTER (WHERE d.state IN ('WAITING', 'SENDING'))::int AS waiting,
       count(d.id) FILTER (WHERE d.state IN ('REFUSED', 'GAVE_UP'))::int AS failed,
       (SELECT v.response FROM notification_delivery_events v JOIN notification_deliveries l ON l.id = v.delivery_id
         WHERE l.endpoint_id = e.id AND v.kind <> 'attempt' ORDER BY v.at DESC, v.id DESC LIMIT 1) AS "lastResponse"
     FROM webhook_endpoints e LEFT JOIN notification_deliveries d ON d.endpoint_id = e.id AND d.created_at > now() - interval '7 days'
     WHERE e.state = 'active' GROUP BY e.id ORDER BY e.name COLLATE "C", e.id`,
  );
}

/** How mail went in the last seven days, and what the server said last. */
export async function mailState(_scope: SettingsScope): Promise<MailState> {
  const counts = await reader.rows<{ state: DeliveryState; cause: string | null; count: number }>(
    `SELECT state, cause, count(*)::int AS count FROM notification_deliveries
     WHERE channel = 'mail' AND created_at > now() - interval '7 days' GROUP BY 1, 2`,
  );
  const of = (...states: DeliveryState[]) => counts.reduce((sum, row) => (states.includes(row.state) ? sum + row.count : sum), 0);
  const withoutAddress = counts.find(({ cause }) => cause === "no_address")?.count ?? 0;
  const [last] = await reader.rows<{ response: string | null; at: string }>(
    `SELECT v.response, ${instant("v.at")} AS at FROM notification_delivery_events v JOIN notification_deliveries d ON d.id = v.delivery_id
     WHERE d.channel = 'mail' AND v.kind IN ('deferred', 'refused', 'gave_up') AND v.at > now() - interval '7 days' ORDER BY v.at DESC, v.id DESC LIMIT 1`,
  );
  return {
    accepted: of("ACCEPTED"),
    waiting: of("WAITING", "SENDING"),
    failed: of("REFUSED", "GAVE_UP"),
    withoutAddress,
    lastFailure: last ?? null,
  };
}
