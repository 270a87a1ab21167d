import "server-only";
import { granteesOf } from "#lib/authz/permissions.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { Notice } from "#lib/notifications/notify.sql.ts";
import { SYSTEMS } from "#lib/notifications/types.ts";
import { UNDONE_STATES } from "./lifecycle.ts";
import { NAMED_AT_MOST, type TaskToTell, taskMessage } from "./task-message.ts";

type Told = TaskToTell & { id: string; version: number; label: string; dueAt: Date };

const AT_ONCE = 500;
const TASK = `r.id, r.version, r.label, r.sla_due_at AS "dueAt", r.kind, i.kind AS "itemKind", r.terms, r.risk_class AS "riskClass", r.identity_id AS "identityId",
  i.identity_name AS "identityName", i.identity_class AS "identityClass", r.entitlement_id AS "entitlementId", i.entitlement_name AS "entitlementName",
  s.id AS "sourceId", s.name AS "sourceName", s.kind AS "sourceKind", c.id AS "campaignId", c.name AS "campaignName", c.zone`;
const FROM = `remediations r JOIN campaigns c ON c.id = r.campaign_id JOIN sources s ON s.id = r.source_id
  JOIN items i ON i.campaign_id = r.campaign_id AND i.id = r.item_id`;
/** A task that comes back to people is news again. */
const KEY = "'remediation_task:' || r.id || ':' || r.version";
const keyOf = ({ id, version }: Told): string => `remediation_task:${id}:${version}`;

const MAY_CLAIM = granteesOf("remediation.claim")
  .map((role) => `'${role}'`)
  .join(", ");
/**
 * Who has to carry out a task r, by name: the owner of the resource, else of the identity, who is in office, may say here that it was done
 * and did not decide it. No row: nobody by name, and all who may are told.
 */
export const CARRIER = `LEFT JOIN LATERAL (
  SELECT p.id FROM (VALUES (1, (SELECT o.owner_id FROM entitlements e JOIN resources o ON o.id = e.resource_id WHERE e.id = r.entitlement_id)),
      (2, (SELECT n.owner_id FROM identities n WHERE n.id = r.identity_id)), (3, (SELECT n.backup_owner_id FROM identities n WHERE n.id = r.identity_id)))
      w (place, person_id)
    JOIN people p ON p.id = w.person_id AND p.status <> 'left' AND p.gone_at IS NULL AND p.id IS DISTINCT FROM r.decided_by
  WHERE EXISTS (SELECT FROM app_users u JOIN role_assignments a ON a.user_id = u.id AND a.ended_at IS NULL AND a.role IN (${MAY_CLAIM})
    WHERE u.person_id = p.id AND u.disabled_at IS NULL)
  ORDER BY w.place LIMIT 1) carrier ON true`;

const noticeOf = (task: Told, to: Notice["to"]): Notice => ({
  kind: "remediation_task",
  to,
  about: { kind: "remediation", id: task.id, label: task.label },
  key: keyOf(task),
  data: taskMessage(task),
  due: task.dueAt,
  campaignId: task.campaignId,
});

/** Each task for people once, for webhooks that are called for them: also for one that is set up later. */
export async function systemNotices(tx: Tx): Promise<Notice[]> {
  const tasks = await tx.rows<Told>(
    `SELECT ${TASK} FROM ${FROM} WHERE r.state = 'MANUAL_REQUIRED'
       AND EXISTS (SELECT FROM webhook_endpoints e WHERE e.state = 'active' AND (cardinality(e.kinds) = 0 OR 'remediation_task' = ANY (e.kinds)))
       AND NOT EXISTS (SELECT FROM notifications n WHERE n.key = ${KEY} || ':${SYSTEMS}')
     ORDER BY r.sla_due_at, r.id LIMIT ${AT_ONCE}`,
  );
  return tasks.map((task) => noticeOf(task, SYSTEMS));
}

/** Tasks whose carrier has a name, told to that person: each by itself, or where they are many how many they are. */
export async function carrierNotices(tx: Tx): Promise<Notice[]> {
  const tasks = await tx.rows<Told & { personId: string; tasks: number; latest: string }>(
    `SELECT ${TASK}, carrier.id AS "personId", count(*) OVER of_one AS tasks, max(step.id::text) OVER of_one AS latest
     FROM ${FROM} ${CARRIER}
     CROSS JOIN LATERAL (SELECT e.id, e.at FROM remediation_events e WHERE e.remediation_id = r.id AND e.kind = 'MANUAL_REQUIRED'
       ORDER BY (e.detail ->> 'version')::int DESC LIMIT 1) step
     WHERE r.state = 'MANUAL_REQUIRED' AND carrier.id IS NOT NULL
       AND NOT EXISTS (SELECT FROM notifications n WHERE n.key = ${KEY} || ':' || carrier.id)
       AND NOT EXISTS (SELECT FROM notifications n WHERE n.person_id = carrier.id AND n.kind = 'task_waiting' AND n.campaign_id = r.campaign_id
         AND n.created_at >= step.at)
     WINDOW of_one AS (PARTITION BY r.campaign_id, carrier.id) ORDER BY r.sla_due_at, r.id LIMIT ${AT_ONCE}`,
  );
  const notices = tasks.map((task): Notice => {
    const to = { personId: task.personId };
    if (Number(task.tasks) <= NAMED_AT_MOST) return noticeOf(task, to);
    const { campaignId, campaignName, zone, latest } = task;
    return {
      kind: "task_waiting",
      to,
      about: { kind: "campaign", id: campaignId, label: campaignName },
      key: `task_waiting:${campaignId}:${latest}`,
      data: { tasks: Number(task.tasks), zone },
      due: task.dueAt,
    };
  });
  return [...new Map(notices.map((notice) => [`${notice.key} ${JSON.stringify(notice.to)}`, notice])).values()];
}

/** What was decided about somebody's identities: told to their owners in office, but to whoever decided it. */
export async function ownerNotices(tx: Tx): Promise<Notice[]> {
  const found = await tx.rows<{
    campaignId: string;
    name: string;
    zone: string;
    personId: string;
    tasks: number;
    latest: string;
    dueAt: Date;
  }>(
    `SELECT r.campaign_id AS "campaignId", c.name, c.zone, p.id AS "personId", count(DISTINCT r.id)::int AS tasks, max(e.id::text) AS latest,
       min(r.sla_due_at) AS "dueAt"
     FROM remediations r JOIN campaigns c ON c.id = r.campaign_id JOIN identities n ON n.id = r.identity_id
     JOIN people p ON p.id IN (n.owner_id, n.backup_owner_id) AND p.status <> 'left' AND p.gone_at IS NULL AND p.id IS DISTINCT FROM r.decided_by
     JOIN remediation_events e ON e.remediation_id = r.id AND e.kind = 'PLANNED'
     WHERE r.state::text = ANY ($1::text[]) GROUP BY r.campaign_id, c.name, c.zone, p.id ORDER BY r.campaign_id, p.id`,
    [UNDONE_STATES],
  );
  return found.map(({ campaignId, name, zone, personId, tasks, latest, dueAt }) => ({
    kind: "tasks_of_yours",
    to: { personId },
    about: { kind: "campaign", id: campaignId, label: name },
    key: `tasks_of_yours:${campaignId}:${latest}`,
    data: { tasks, zone },
    due: dueAt,
  }));
}
