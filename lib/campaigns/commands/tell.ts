import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { notifyAll } from "#lib/notifications/notify.sql.ts";
import { campaignSubject, lockCampaign, requireState } from "../campaign.sql.ts";
import { type RemindInput, remindInput } from "../schema.ts";
import { handedNotices, holdersOf, mayTell, reminderNotices, remindersDue, settleDone, stuckNotices, waitingNotices } from "../tell.sql.ts";

const DAY_MS = 86_400_000;
type Told = { told: number };

/**
 * Tells reviewers what came into their hands and owners what is stuck. Found in what is stored (launches, rounds, assignments), not told by
 * each command: whatever comes to hand items on cannot forget it.
 */
export async function tellReviewers(ctx: Ctx): Promise<Told> {
  authorize(ctx.actor, "notification.send");
  return transactPg(ctx, async (tx) => {
    if (!(await mayTell(tx))) return { told: 0 };
    const notices = [...(await waitingNotices(tx)), ...(await handedNotices(tx, ctx.now)), ...(await stuckNotices(tx))];
    const byCampaign = Map.groupBy(notices, ({ about }) => about.id);
    let told = 0;
    for (const [campaignId, all] of byCampaign) {
      const isNew = await notifyAll(tx, ctx, all);
      told += isNew;
      const label = all[0]?.about.label ?? campaignId;
      if (isNew > 0)
        await recordAudit(tx, ctx, {
          type: "campaign.told",
          subject: campaignSubject({ id: campaignId, name: label }),
          data: { notifications: isNew },
        });
    }
    return { told };
  });
}

/** What people were told waits for them and does not any more is read, whether they looked at it or not. */
export async function settleTold(ctx: Ctx): Promise<{ settled: number }> {
  authorize(ctx.actor, "notification.send");
  return transactPg(ctx, async (tx) => {
    const settled = await settleDone(tx, ctx);
    const subject = { kind: "instance", id: "notifications", label: "notifications" };
    if (settled > 0) await recordAudit(tx, ctx, { type: "notifications.settled", subject, data: { notifications: settled } });
    return { settled };
  });
}

/** By the plan of each campaign: those with open items, once per reminder, and the owner. */
export async function remindByPlan(ctx: Ctx): Promise<Told> {
  authorize(ctx.actor, "notification.send");
  return transactPg(ctx, async (tx) => {
    if (!(await mayTell(tx))) return { told: 0 };
    let told = 0;
    for (const campaign of await remindersDue(tx, ctx.now)) {
      const notices = await reminderNotices(tx, campaign);
      told += await notifyAll(tx, ctx, notices);
      const data = { reviewers: notices.length - 1, days: campaign.daysLeft, byHand: false };
      await recordAudit(tx, ctx, { type: "campaign.reminded", subject: campaignSubject(campaign), data });
    }
    return { told };
  });
}

/** By hand, of whoever runs the campaign: those with open items, or one of them, at most once a day each. */
export async function remindReviewers(ctx: Ctx, input: RemindInput): Promise<Told> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, personId: only } = remindInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["ACTIVE"], "Reminding");
    const holders = (await holdersOf(tx, campaignId)).filter(({ personId }) => only === null || personId === only);
    if (only !== null && holders.length === 0) throw precondition("This reviewer has nothing open any more.");
    const days = Math.max(0, Math.floor((campaign.dueAt.getTime() - ctx.now.getTime()) / DAY_MS));
    const key = `reminded:${campaignId}:${userIdOf(ctx.actor)}:${ctx.now.toISOString().slice(0, 10)}`;
    const about = { kind: "campaign", id: campaignId, label: campaign.name } as const;
    const told = await notifyAll(
      tx,
      ctx,
      holders.map(({ personId, items, dueAt }) => ({
        kind: "reminder" as const,
        to: { personId },
        about,
        key,
        data: { items, days, zone: campaign.zone },
        due: dueAt,
      })),
    );
    await recordAudit(tx, ctx, {
      type: "campaign.reminded",
      subject: campaignSubject(campaign),
      data: { reviewers: told, days, byHand: true },
    });
    return { told };
  });
}
