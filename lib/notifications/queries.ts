import "server-only";
import type { InboxScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { textOf } from "./kinds.ts";
import type { InboxRow, MailPreference, NotificationRow } from "./types.ts";

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
