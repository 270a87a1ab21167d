import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { type MarkReadInput, markReadInput, type SetPreferenceInput, setPreferenceInput } from "../schema.ts";

/** What was told is read: those named, or everything so far. Somebody else's stay as they are. */
export async function markRead(ctx: Ctx, input: MarkReadInput): Promise<{ read: number }> {
  authorize(ctx.actor, "self.manage");
  const { notificationIds } = markReadInput.parse(input);
  const { userId, personId, label } = requireUser(ctx);
  return transactPg(ctx, async (tx) => {
    const read = await tx.rows(
      `UPDATE notifications SET read_at = $3::timestamptz
       WHERE (person_id = $1::uuid OR user_id = $2::uuid) AND read_at IS NULL AND ($4::uuid[] IS NULL OR id = ANY ($4::uuid[])) RETURNING id`,
      [personId, userId, ctx.now, notificationIds ?? null],
    );
    if (read.length === 0) return { read: 0 };
    await recordAudit(tx, ctx, {
      type: "notifications.read",
      subject: { kind: "user", id: userId, label },
      data: { notifications: read.length },
    });
    return { read: read.length };
  });
}

/** How somebody is told by mail of what is not urgent. */
export async function setMailPreference(ctx: Ctx, input: SetPreferenceInput): Promise<void> {
  authorize(ctx.actor, "self.manage");
  const { mail } = setPreferenceInput.parse(input);
  const { userId, label } = requireUser(ctx);
  await transactPg(ctx, async (tx) => {
    await tx.rows(
      `INSERT INTO notification_preferences (user_id, mail, updated_at) VALUES ($1::uuid, $2::text, $3::timestamptz)
       ON CONFLICT (user_id) DO UPDATE SET mail = $2::text, updated_at = $3::timestamptz`,
      [userId, mail, ctx.now],
    );
    await recordAudit(tx, ctx, { type: "user.mail_preference_changed", subject: { kind: "user", id: userId, label }, data: { mail } });
  });
}

function requireUser({ actor }: Ctx) {
  if (actor.kind !== "user") throw precondition("Only somebody who is signed in has notifications.");
  return actor;
}
