import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { Notice } from "#lib/notifications/notify.sql.ts";
import { settleNotices } from "#lib/notifications/settle.sql.ts";
import { campaignPlan } from "./plan.ts";
import { type Reminder, reminderDue } from "./reminders.ts";
import { roundEnd } from "./rounds.ts";

/** How far back a change of hands is still news, as a worker may have been down. */
const NEWS_MS = 2 * 86_400_000;
const OPEN = "i.state IN ('ASSIGNED', 'DRAFTED')";

type Running = { id: string; name: string; zone: string; dueAt: Date; round: number };
type Holder = { personId: string; items: number; dueAt: Date };

/** One process tells at a time. */
export async function mayTell(tx: Tx): Promise<boolean> {
  const [row] = await tx.rows<{ isMine: boolean }>(`SELECT pg_try_advisory_xact_lock(hashtext('campaigns.tell')) AS "isMine"`);
  return row?.isMine ?? false;
}

/** Whether something of a campaign was told under a key that begins so. */
const TOLD = (campaign: string, prefix: string) =>
  `EXISTS (SELECT FROM notifications n WHERE n.campaign_id = ${campaign}.id AND starts_with(n.key, ${prefix}))`;

/** Everybody with open items of a campaign, how many, and when the first is due. */
export async function holdersOf(tx: Tx, campaignId: string): Promise<Holder[]> {
  return tx.rows<Holder>(
    `SELECT i.reviewer_id AS "personId", count(*)::int AS items, min(coalesce(i.due_at, c.due_at)) AS "dueAt"
     FROM items i JOIN campaigns c ON c.id = i.campaign_id
     WHERE i.campaign_id = $1::uuid AND i.reviewer_id IS NOT NULL AND ${OPEN} GROUP BY i.reviewer_id ORDER BY i.reviewer_id`,
    [campaignId],
  );
}

const aboutOf = ({ id, name }: { id: string; name: string }) => ({ kind: "campaign", id, label: name }) as const;

/** Reviewers of a launch, or of a new round, that nobody has been told of yet. */
export async function waitingNotices(tx: Tx): Promise<Notice[]> {
  const untold = await tx.rows<Running>(
    `SELECT c.id, c.name, c.zone, c.due_at AS "dueAt", c.round FROM campaigns c
     WHERE c.state = 'ACTIVE' AND NOT ${TOLD("c", "'waiting:' || c.id || ':' || c.round || ':'")} ORDER BY c.id`,
  );
  const notices: Notice[] = [];
  for (const campaign of untold)
    for (const { personId, items, dueAt } of await holdersOf(tx, campaign.id))
      notices.push({
        kind: "items_waiting",
        to: { personId },
        about: aboutOf(campaign),
        key: `waiting:${campaign.id}:${campaign.round}`,
        data: { items, zone: campaign.zone },
        due: dueAt,
      });
  return notices;
}

type Handed = Running & { personId: string; cause: string; by: string | null; items: number; at: string };

/** Items that came into somebody's hands after the launch, whatever handed them on; all of one transaction are told as one. A new round is told of as a whole. */
export async function handedNotices(tx: Tx, now: Date): Promise<Notice[]> {
  const handed = await tx.rows<Handed>(
    `SELECT c.id, c.name, c.zone, min(coalesce(i.due_at, c.due_at)) AS "dueAt", c.round, a.to_id AS "personId", a.cause, max(CASE WHEN a.cause = 'delegated' THEN f.name ELSE u.display_name END) AS by,
       count(*)::int AS items, a.transaction_id::text AS at
     FROM assignments a JOIN campaigns c ON c.id = a.campaign_id JOIN items i ON i.campaign_id = a.campaign_id AND i.id = a.item_id
     LEFT JOIN app_users u ON u.id = a.actor_id LEFT JOIN people f ON f.id = a.from_id
     WHERE a.id > $1::uuid AND c.state IN ('ACTIVE', 'PAUSED', 'CLOSING') AND a.at >= c.launched_at AND i.reviewer_id = a.to_id AND ${OPEN}
       AND a.cause <> 'next_round'
       AND NOT EXISTS (SELECT FROM notifications n WHERE n.key = 'handed:' || c.id || ':' || a.transaction_id || ':' || a.cause || ':' || a.to_id)
     GROUP BY c.id, a.to_id, a.cause, a.transaction_id ORDER BY c.id, a.transaction_id, a.to_id`,
    [firstIdAt(now.getTime() - NEWS_MS)],
  );
  return handed.map((each): Notice => {
    const { id, personId, cause, items, zone } = each;
    const common = { to: { personId }, about: aboutOf(each), key: `handed:${id}:${each.at}:${cause}`, due: each.dueAt };
    switch (cause) {
      case "escalate":
      case "security":
        return { kind: "escalated", ...common, data: { items, zone } };
      case "reopened":
      case "exception_lapsed":
        return { kind: "reopened", ...common, data: { items, zone } };
      case "delegate":
      case "delegated":
        return { kind: "delegated_to_you", ...common, data: { items, zone, from: each.by ?? "somebody" } };
      default:
        return { kind: "reassigned_to_you", ...common, data: { items, zone, by: each.by } };
    }
  });
}

/** UUIDv7 begins with its time: the least of an instant, as a bound for the primary key. */
function firstIdAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

type Reminded = Running & Reminder & { ownerUserId: string; key: string };

/** Campaigns whose next reminder has come and was not given. */
export async function remindersDue(tx: Tx, now: Date): Promise<Reminded[]> {
  const running = await tx.rows<Running & { plan: unknown; launchedAt: Date; ownerUserId: string }>(
    `SELECT id, name, zone, due_at AS "dueAt", round, plan, launched_at AS "launchedAt", owner_user_id AS "ownerUserId" FROM campaigns
     WHERE state = 'ACTIVE' AND launched_at IS NOT NULL ORDER BY id`,
  );
  const due: Reminded[] = [];
  for (const campaign of running) {
    const plan = campaignPlan.parse(campaign.plan);
    const endsAt = roundEnd(plan, campaign.round, campaign.dueAt) ?? campaign.dueAt;
    const { zone, launchedAt } = campaign;
    const reminder = reminderDue({ dueAt: endsAt, zone, launchedAt, remindDaysBefore: plan.remindDaysBefore }, now);
    // An extension moves the date, and so the reminders before it.
    const key = `reminder:${campaign.id}:${campaign.round}:${endsAt.toISOString()}:${reminder?.days}`;
    if (reminder === null || (await wasTold(tx, campaign.id, `owner_${key}:`))) continue;
    due.push({ ...campaign, ...reminder, dueAt: endsAt, key });
  }
  return due;
}

async function wasTold(tx: Tx, campaignId: string, prefix: string): Promise<boolean> {
  const found = await tx.rows(
    "SELECT FROM notifications WHERE campaign_id = $1::uuid AND kind = 'campaign_due' AND starts_with(key, $2::text) LIMIT 1",
    [campaignId, prefix],
  );
  return found.length > 0;
}

/** Those with open items, and the owner how many are open; nobody who has handed everything in. */
export async function reminderNotices(tx: Tx, campaign: Reminded): Promise<Notice[]> {
  const { zone, daysLeft, dueAt, key } = campaign;
  const about = aboutOf(campaign);
  const holders = await holdersOf(tx, campaign.id);
  const open = holders.reduce((sum, { items }) => sum + items, 0);
  const reminders = holders.map(
    ({ personId, items }): Notice => ({
      kind: "reminder",
      to: { personId },
      about,
      key,
      data: { items, days: daysLeft, zone },
      due: dueAt,
    }),
  );
  const data = { open, days: daysLeft, zone };
  return [...reminders, { kind: "campaign_due", to: { userId: campaign.ownerUserId }, about, key: `owner_${key}`, data, due: dueAt }];
}

/** What waited for somebody who has no open item of the campaign any more, and for the owner of a campaign that is over. */
export async function settleDone(tx: Tx, ctx: Ctx): Promise<number> {
  const items = await settleNotices(tx, ctx, ["items_waiting", "reminder", "escalated", "reassigned_to_you", "reopened", "second_look"], {
    sql: `n.campaign_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM items i WHERE i.campaign_id = n.campaign_id AND ${OPEN} AND i.reviewer_id = coalesce(n.person_id,
        (SELECT u.person_id FROM app_users u WHERE u.id = n.user_id)))`,
    values: [],
  });
  const campaigns = await settleNotices(tx, ctx, ["campaign_due", "campaign_stuck"], {
    sql: `EXISTS (SELECT FROM campaigns c WHERE c.id = n.campaign_id AND CASE n.kind WHEN 'campaign_due' THEN c.state NOT IN ('ACTIVE', 'PAUSED', 'CLOSING')
      ELSE c.state NOT IN ('BLOCKED', 'STAGED') END)`,
    values: [],
  });
  return items + campaigns;
}

type Stuck = { id: string; name: string; zone: string; dueAt: Date; ownerUserId: string; state: string; items: number };

/** What a job made and nobody looks at: blocked by its sources, or staged with nobody to review it. */
export async function stuckNotices(tx: Tx): Promise<Notice[]> {
  const stuck = await tx.rows<Stuck>(
    `SELECT c.id, c.name, c.zone, c.due_at AS "dueAt", c.owner_user_id AS "ownerUserId", c.state::text AS state,
       (SELECT count(*)::int FROM items i WHERE i.campaign_id = c.id AND i.state = 'UNASSIGNED') AS items
     FROM campaigns c WHERE (c.state = 'BLOCKED' OR c.state = 'STAGED' AND (c.parent_id IS NOT NULL OR c.cause IS NOT NULL))
       AND NOT ${TOLD("c", "'stuck:' || c.id || ':' || c.state || ':'")} ORDER BY c.id`,
  );
  return stuck.map(({ id, name, zone, dueAt, ownerUserId, state, items }) => ({
    kind: "campaign_stuck",
    to: { userId: ownerUserId },
    about: aboutOf({ id, name }),
    key: `stuck:${id}:${state}`,
    data: { why: state === "BLOCKED" ? "blocked" : "no_reviewer", items, zone },
    due: dueAt,
  }));
}
