import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { Notice } from "#lib/notifications/notify.sql.ts";
import { usersWhoMay } from "#lib/notifications/recipients.sql.ts";
import { settleNotices } from "#lib/notifications/settle.sql.ts";
import type { AboutKind } from "#lib/notifications/types.ts";
import { addressOf, SECOND_PERSON, type WaitingRequest } from "./approvals.ts";
import { UNDONE_STATES } from "./lifecycle.ts";
import { REQUESTED, REQUESTS } from "./requests.sql.ts";
import { CARRIER } from "./tell-tasks.sql.ts";

/** One process tells at a time. */
export async function mayTell(tx: Tx): Promise<boolean> {
  const [row] = await tx.rows<{ isMine: boolean }>(`SELECT pg_try_advisory_xact_lock(hashtext('remediation.tell')) AS "isMine"`);
  return row?.isMine ?? false;
}

type Asked = Omit<WaitingRequest, "expiresAt" | "subjectKind"> & { subjectKind: AboutKind; requestedBy: string; lapsesAt: Date };

/** Requests that a second person is needed for and nobody was told of: whoever may confirm, but who asked. */
export async function secondPersonNotices(tx: Tx): Promise<Notice[]> {
  const asked = await tx.rows<Asked>(
    `SELECT ${REQUESTED}, q.requested_by AS "requestedBy", q.expires_at AS "lapsesAt" FROM ${REQUESTS}
     WHERE q.state = 'pending' AND q.expires_at > now() AND NOT EXISTS (
       SELECT FROM notifications n WHERE n.kind = 'second_person_waiting' AND n.about_id = q.subject_id AND starts_with(n.key, 'second_person:' || q.id || ':'))
     ORDER BY q.requested_at, q.id LIMIT 100`,
  );
  const notices: Notice[] = [];
  for (const request of asked) {
    const known = SECOND_PERSON[request.action];
    const { id, subjectKind, subjectId, name, requestedByName: by } = request;
    for (const to of known ? await usersWhoMay(tx, known.permission, [request.requestedBy]) : [])
      notices.push({
        kind: "second_person_waiting",
        to,
        about: { kind: subjectKind, id: subjectId, label: name ?? "unknown" },
        key: `second_person:${id}`,
        data: { action: known?.words ?? request.action, by, path: addressOf(request) },
        due: request.lapsesAt,
      });
  }
  return notices;
}

type Work = { campaignId: string; name: string; zone: string; ownerUserId: string; tasks: number; latest: string; dueAt: Date };
/** Tasks in a state, by campaign, with the last step that led into it: a later one is news again. By hand only what has nobody's name on it. */
const work = (tx: Tx, state: "PLANNED" | "MANUAL_REQUIRED") =>
  tx.rows<Work>(
    `SELECT r.campaign_id AS "campaignId", c.name, c.zone, c.owner_user_id AS "ownerUserId", count(DISTINCT r.id)::int AS tasks, max(e.id::text) AS latest,
       min(r.sla_due_at) AS "dueAt"
     FROM remediations r JOIN campaigns c ON c.id = r.campaign_id JOIN remediation_events e ON e.remediation_id = r.id AND e.kind = $1::text
     ${state === "MANUAL_REQUIRED" ? CARRIER : ""}
     WHERE r.state = $1::remediation_state ${state === "MANUAL_REQUIRED" ? "AND carrier.id IS NULL" : ""}
     GROUP BY r.campaign_id, c.name, c.zone, c.owner_user_id ORDER BY r.campaign_id`,
    [state],
  );

const aboutOf = ({ campaignId, name }: Work) => ({ kind: "campaign", id: campaignId, label: name }) as const;

/** What waits for hands and has nobody's name on it, told to those who may do it. */
export async function handsNotices(tx: Tx): Promise<Notice[]> {
  const found = await work(tx, "MANUAL_REQUIRED");
  const hands = found.length === 0 ? [] : await usersWhoMay(tx, "remediation.claim");
  return found.flatMap((each) =>
    hands.map(
      (to): Notice => ({
        kind: "task_waiting",
        to,
        about: aboutOf(each),
        key: `task_waiting:${each.campaignId}:${each.latest}`,
        data: { tasks: each.tasks, zone: each.zone },
        due: each.dueAt,
      }),
    ),
  );
}

/** What waits for an approval: told to the owners of the resources in office, and to security. */
export async function approvalNotices(tx: Tx): Promise<Notice[]> {
  const found = await work(tx, "PLANNED");
  if (found.length === 0) return [];
  const security = await usersWhoMay(tx, "remediation.approve_any");
  const owners = await tx.rows<{ campaignId: string; personId: string; tasks: number }>(
    `SELECT r.campaign_id AS "campaignId", o.owner_id AS "personId", count(*)::int AS tasks
     FROM remediations r JOIN entitlements t ON t.id = r.entitlement_id JOIN resources o ON o.id = t.resource_id
     JOIN people p ON p.id = o.owner_id AND p.status <> 'left' AND p.gone_at IS NULL
     WHERE r.state = 'PLANNED' AND r.decided_by IS DISTINCT FROM o.owner_id GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  return found.flatMap((each) => {
    const told = (to: Notice["to"], tasks: number): Notice => ({
      kind: "task_approval_waiting",
      to,
      about: aboutOf(each),
      key: `task_approval:${each.campaignId}:${each.latest}`,
      data: { tasks, zone: each.zone },
      due: each.dueAt,
    });
    const own = owners.filter(({ campaignId }) => campaignId === each.campaignId);
    return [...security.map((to) => told(to, each.tasks)), ...own.map(({ personId, tasks }) => told({ personId }, tasks))];
  });
}

/** What is past its time: once a day, to those who may do it and the campaign's owner. */
export async function overdueNotices(tx: Tx, now: Date): Promise<Notice[]> {
  const found = await tx.rows<Work>(
    `SELECT r.campaign_id AS "campaignId", c.name, c.zone, c.owner_user_id AS "ownerUserId", count(*)::int AS tasks, '' AS latest, min(r.sla_due_at) AS "dueAt"
     FROM remediations r JOIN campaigns c ON c.id = r.campaign_id
     WHERE r.state::text = ANY ($2::text[]) AND r.sla_due_at < $1::timestamptz GROUP BY 1, 2, 3, 4 ORDER BY 1`,
    [now, UNDONE_STATES],
  );
  const hands = found.length === 0 ? [] : await usersWhoMay(tx, "remediation.claim");
  const day = now.toISOString().slice(0, 10);
  return found.flatMap((each) =>
    [...hands, { userId: each.ownerUserId }].map(
      (to): Notice => ({
        kind: "task_overdue",
        to,
        about: aboutOf(each),
        key: `task_overdue:${each.campaignId}:${day}`,
        data: { tasks: each.tasks, zone: each.zone },
        due: each.dueAt,
      }),
    ),
  );
}

/** Requests that were confirmed, withdrawn or lapsed, and work of which none is left. */
export async function settleWork(tx: Tx, ctx: Ctx): Promise<number> {
  const requests = await settleNotices(tx, ctx, ["second_person_waiting"], {
    sql: `NOT EXISTS (SELECT FROM second_person_requests q WHERE q.subject_id = n.about_id AND q.state = 'pending' AND q.expires_at > now()
      AND starts_with(n.key, 'second_person:' || q.id || ':'))`,
    values: [],
  });
  const left = (kind: string, states: string) =>
    `n.kind = '${kind}' AND NOT EXISTS (SELECT FROM remediations r WHERE r.campaign_id = n.campaign_id AND r.state::text ${states})`;
  const work = await settleNotices(tx, ctx, ["task_waiting", "task_approval_waiting", "task_overdue", "tasks_of_yours"], {
    sql: `n.campaign_id IS NOT NULL AND (${left("task_waiting", "= 'MANUAL_REQUIRED'")} OR ${left("task_approval_waiting", "= 'PLANNED'")}
      OR ${left("task_overdue", "= ANY ($3::text[])")} OR ${left("tasks_of_yours", "= ANY ($3::text[])")})`,
    values: [UNDONE_STATES],
  });
  const tasks = await settleNotices(tx, ctx, ["remediation_task"], {
    sql: "NOT EXISTS (SELECT FROM remediations r WHERE r.id::text = n.about_id AND r.state IN ('MANUAL_REQUIRED', 'TICKETED'))",
    values: [],
  });
  return requests + work + tasks;
}
