import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { mayCollect, waitingRecipients, writeMails } from "../collect.sql.ts";
import { mailsOf } from "../mail-plan.ts";
import type { MailOffice } from "../types.ts";

type Collected = { mails: number; notSent: number };

/** Puts what waits for each recipient into one mail, when its time has come; says of the rest why it is not mailed. */
export async function collectMails(ctx: Ctx, { isOn, host, zone }: MailOffice): Promise<Collected> {
  authorize(ctx.actor, "notification.send");
  return transactPg(ctx, async (tx) => {
    if (!(await mayCollect(tx))) return { mails: 0, notSent: 0 };
    const planned = (await waitingRecipients(tx)).flatMap((recipient) => mailsOf(recipient, { isOn, zone, now: ctx.now }));
    if (planned.length === 0) return { mails: 0, notSent: 0 };
    await writeMails(tx, ctx, planned, host);
    const mails = planned.filter(({ cause }) => cause === null).length;
    const data = {
      mails,
      notSent: planned.length - mails,
      notifications: planned.flatMap(({ notificationIds }) => notificationIds).length,
    };
    await recordAudit(tx, ctx, {
      type: "notifications.collected",
      subject: { kind: "instance", id: "notifications", label: "notifications" },
      data,
    });
    return { mails, notSent: data.notSent };
  });
}
