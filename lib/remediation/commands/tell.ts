import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { type Notice, notifyAll } from "#lib/notifications/notify.sql.ts";
import { approvalNotices, handsNotices, mayTell, overdueNotices, secondPersonNotices, settleWork } from "../tell.sql.ts";
import { carrierNotices, ownerNotices, systemNotices } from "../tell-tasks.sql.ts";

/**
 * Tells people, and webhooks, what waits for them: a second person's confirmation, an approval, work by hand, work that is overdue. Found in
 * what is stored, so that whatever asks or plans cannot forget it. Told once; overdue work once a day.
 */
export async function tellOfWork(ctx: Ctx): Promise<{ told: number }> {
  authorize(ctx.actor, "notification.send");
  return transactPg(ctx, async (tx) => {
    if (!(await mayTell(tx))) return { told: 0 };
    const settled = await settleWork(tx, ctx);
    const subject = { kind: "instance", id: "notifications", label: "notifications" };
    if (settled > 0) await recordAudit(tx, ctx, { type: "notifications.settled", subject, data: { notifications: settled } });
    const notices = [
      ...(await secondPersonNotices(tx)),
      ...(await approvalNotices(tx)),
      ...(await handsNotices(tx)),
      ...(await carrierNotices(tx)),
      ...(await systemNotices(tx)),
      ...(await ownerNotices(tx)),
      ...(await overdueNotices(tx, ctx.now)),
    ];
    let told = 0;
    for (const all of Map.groupBy(notices, ({ campaignId, about }) => campaignId ?? about.id).values()) {
      const isNew = await notifyAll(tx, ctx, all);
      const [first] = all;
      if (isNew === 0 || !first) continue;
      told += isNew;
      const subject = subjectOf(first);
      const type = subject.kind === "campaign" ? "campaign.told" : "work.told";
      await recordAudit(tx, ctx, { type, subject, data: { notifications: isNew } });
    }
    return { told };
  });
}

/** A task is told of as its campaign's. */
const subjectOf = (notice: Notice) =>
  notice.kind === "remediation_task"
    ? { kind: "campaign", id: notice.data.campaign.id ?? "", label: notice.data.campaign.name }
    : notice.about;
