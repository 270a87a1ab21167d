import "server-only";
import { instant, type PackTable, plain, text } from "./tables.sql.ts";
import { sameCommand } from "./view.sql.ts";

/** The mail that a notification went into, once its collecting is covered; what became of it, the newest covered event says. */
const MAIL = `LEFT JOIN notification_deliveries d ON d.id = n.mail_delivery_id
    AND EXISTS (SELECT FROM pack_events c WHERE c.type = 'notifications.collected' AND c.occurred_at = d.created_at)
  LEFT JOIN LATERAL (
    SELECT split_part(e.type, '.', 2) AS state, (e.data ->> 'attempts')::int AS attempts, e.occurred_at FROM pack_events e
    WHERE e.subject_kind = 'notification_delivery' AND e.subject_id = d.id::text ORDER BY e.leaf_index DESC LIMIT 1) s ON true
  LEFT JOIN LATERAL (
    SELECT v.response FROM notification_delivery_events v WHERE v.delivery_id = d.id AND v.attempt = s.attempts AND v.kind = s.state ORDER BY v.id LIMIT 1) v ON true`;

const RESULT = `CASE WHEN d.id IS NULL THEN 'not collected yet' WHEN d.cause IS NOT NULL THEN d.cause WHEN s.state = 'deferred' OR s.state IS NULL THEN 'waiting' ELSE s.state END`;

const IS_FOR_SYSTEMS = "num_nonnulls(n.person_id, n.user_id) = 0";

export const notifications: PackTable = {
  name: "notifications",
  holds:
    "one thing that somebody was told about the campaign (waiting items, reminders, escalations, tasks), and how its mail was delivered",
  columns: [
    plain("id", "n.id"),
    plain("kind", "n.kind"),
    plain("person_id", "n.person_id"),
    plain("user_id", "n.user_id"),
    text("recipient", `CASE WHEN ${IS_FOR_SYSTEMS} THEN 'systems, by webhook' ELSE coalesce(p.name, u.name) END`),
    plain("about_kind", "n.about_kind"),
    plain("about_id", "n.about_id"),
    instant("told_at", "n.created_at"),
    instant("due_at", "n.due_at"),
    plain("mail", `CASE WHEN ${IS_FOR_SYSTEMS} THEN 'none: systems are told by webhook' ELSE ${RESULT} END`),
    plain("message_id", "CASE WHEN d.cause IS NULL THEN d.message_id END"),
    plain("attempts", "s.attempts"),
    instant("mail_result_at", "s.occurred_at"),
    text("server_said", "v.response"),
  ],
  from: (campaign) => `FROM notifications n ${MAIL} LEFT JOIN pack_people p ON p.id = n.person_id LEFT JOIN pack_users u ON u.id = n.user_id
    WHERE n.campaign_id = ${campaign} AND EXISTS (SELECT FROM pack_events e WHERE ${sameCommand("e", "n", "n.created_at")})`,
  orderBy: "n.created_at, n.id",
};
