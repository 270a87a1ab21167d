import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import { type Notice, notifyAll } from "#lib/notifications/notify.sql.ts";
import { usersWhoMay } from "#lib/notifications/recipients.sql.ts";
import { settleNotices } from "#lib/notifications/settle.sql.ts";
import type { Recipient } from "#lib/notifications/types.ts";
import type { ExceptionRecord } from "./exception.sql.ts";
import { nextStep } from "./rules.ts";

export type Line = { eventId: string; line: string; detail: Record<string, unknown> };

/** Tells whoever a step of an exception concerns: the next approver, whoever asked, whoever answers for it. In the step's own transaction. */
export async function tellOfStep(tx: Tx, ctx: Ctx, found: ExceptionRecord, step: Line): Promise<void> {
  const { eventId: key, line, detail } = step;
  const common = {
    about: { kind: "exception", id: found.id, label: found.label } as const,
    key: `exception:${key}`,
    campaignId: found.campaignId,
  };
  const askers = found.requesterUserIds.map((userId) => ({ userId }));
  const keepers: Recipient[] = [...askers, { personId: found.controlOwnerId }];
  const toAll = (
    to: readonly Recipient[],
    notice: Omit<Extract<Notice, { kind: "exception_decided" }>, "to" | "about" | "key" | "campaignId">,
  ): Notice[] => to.map((each) => ({ ...common, ...notice, to: each }));
  // Whatever step this is, the approval that waited before it waits no more.
  const isOver = { sql: "n.about_kind = 'exception' AND n.about_id = $3::text", values: [found.id] };
  await settleNotices(tx, ctx, ["approval_waiting"], isOver);
  switch (line) {
    case "IN_APPROVAL":
    case "APPROVAL":
    case "RENEWAL_REQUESTED": {
      const by = await nameOf(tx, found.requesterUserIds.at(-1) ?? null);
      await notifyAll(
        tx,
        ctx,
        (await nextApprovers(tx, found)).map((to) => ({ kind: "approval_waiting", ...common, to, data: { by } })),
      );
      return;
    }
    case "APPROVED":
    case "REJECTED":
    case "CHANGES_REQUESTED":
    case "RENEWED": {
      const answer = line.toLowerCase() as "approved" | "rejected" | "changes_requested" | "renewed";
      await notifyAll(tx, ctx, toAll(askers, { kind: "exception_decided", data: { answer } }));
      return;
    }
    case "RENEWAL_ENDED":
      if (detail.cause === "rejected")
        await notifyAll(tx, ctx, toAll(askers, { kind: "exception_decided", data: { answer: "renewal_refused" } }));
      return;
    case "EXPIRING": {
      const data = { days: Number(detail.days) };
      await notifyAll(
        tx,
        ctx,
        keepers.map((to) => ({ kind: "exception_expiring", ...common, to, data, due: found.expiresAt })),
      );
      return;
    }
    case "EXPIRED":
    case "SUSPENDED":
    case "REVOKED": {
      const how = line.toLowerCase() as "expired" | "suspended" | "revoked";
      const owner: Recipient[] = found.resourceOwnerId ? [{ personId: found.resourceOwnerId }] : [];
      await notifyAll(
        tx,
        ctx,
        [...keepers, ...owner].map((to) => ({ kind: "exception_ended", ...common, to, data: { how } })),
      );
      return;
    }
    default:
      return;
  }
}

/** The resource's owner, or whoever approves exceptions and neither asked nor gave a step before: who of them may is the rules' matter. */
async function nextApprovers(tx: Tx, exception: ExceptionRecord): Promise<Recipient[]> {
  const step = nextStep(exception);
  if (step === null) return [];
  if (step === "resource_owner") return exception.resourceOwnerId ? [{ personId: exception.resourceOwnerId }] : [];
  return usersWhoMay(tx, "exception.approve_any", exception.requesterUserIds);
}

async function nameOf(tx: Tx, userId: string | null): Promise<string | null> {
  const [user] = await tx.rows<{ name: string }>("SELECT display_name AS name FROM app_users WHERE id = $1::uuid", [userId]);
  return user?.name ?? null;
}
