import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transact } from "#lib/db/transact.ts";
import { conflict, precondition } from "#lib/errors/domain-error.ts";
import { tellAccountChanged } from "#lib/notifications/account.sql.ts";
import { hashPassword } from "../password.ts";
import { changePasswordInput, type LinkUserInput, linkUserInput, userInput } from "../schema.ts";
import { refuseLastAdministrator } from "./roles.ts";
import { LOCAL_ISSUER } from "./sign-in.ts";
import { findPerson, findUser, refusePassword } from "./users.ts";

/** Ends every sign-in and token at once, since both are judged by the user they belong to. Undone by enableUser; sign-ins stay ended. */
export async function disableUser(ctx: Ctx, input: { userId: string }): Promise<void> {
  authorize(ctx.actor, "user.manage");
  const { userId } = userInput.parse(input);
  if (userIdOf(ctx.actor) === userId) throw conflict("You cannot disable yourself. Another administrator can.");
  await transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    const user = await findUser(prisma, userId);
    await refuseLastAdministrator(tx, userId);
    const { count } = await prisma.appUser.updateMany({ where: { id: userId, disabledAt: null }, data: { disabledAt: inner.now } });
    if (count === 0) throw conflict("This user is disabled already.");
    await tx.rows("UPDATE sign_ins SET revoked_at = now() WHERE user_id = $1::uuid AND revoked_at IS NULL", [userId]);
    await tx.rows("UPDATE api_tokens SET revoked_at = now() WHERE user_id = $1::uuid AND revoked_at IS NULL", [userId]);
    await recordAudit(tx, inner, { type: "user.disabled", subject: { kind: "user", id: userId, label: user.displayName }, data: {} });
  });
}

export async function enableUser(ctx: Ctx, input: { userId: string }): Promise<void> {
  authorize(ctx.actor, "user.manage");
  const { userId } = userInput.parse(input);
  await transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    const user = await findUser(prisma, userId);
    const { count } = await prisma.appUser.updateMany({ where: { id: userId, disabledAt: { not: null } }, data: { disabledAt: null } });
    if (count === 0) throw conflict("This user is not disabled.");
    await recordAudit(tx, inner, { type: "user.enabled", subject: { kind: "user", id: userId, label: user.displayName }, data: {} });
  });
}

/**
 * Says which person a user is, or takes it back with null: independence of reviews is judged by person, so this is an administrator's
 * confirmation and never a guess from a mail address.
 */
export async function linkUserToPerson(ctx: Ctx, input: LinkUserInput): Promise<void> {
  authorize(ctx.actor, "user.manage");
  const { userId, personId } = linkUserInput.parse(input);
  await transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    const user = await findUser(prisma, userId);
    if (personId) await findPerson(prisma, personId);
    const { count } = await prisma.appUser.updateMany({
      where: { id: userId, OR: personId === null ? [{ personId: { not: null } }] : [{ personId: null }, { personId: { not: personId } }] },
      data: { personId },
    });
    if (count === 0) throw conflict(personId === null ? "This user is linked to nobody." : "This user is linked to that person already.");
    const subject = { kind: "user", id: userId, label: user.displayName };
    await recordAudit(tx, inner, { type: "user.linked_to_person", subject, data: { personId } });
  });
}

/**
 * The actor's own password; the action is critical, so the old one was just shown. Every other sign-in and token of theirs ends: whoever knew
 * the old password is out.
 */
export async function changePassword(ctx: Ctx, input: { next: string }): Promise<{ otherSignInsEnded: number }> {
  authorize(ctx.actor, "self.manage");
  const { next } = changePasswordInput.parse(input);
  const { actor } = ctx;
  if (actor.kind !== "user" || actor.signInId === null) throw precondition("A password is changed by its owner, signed in at the browser.");
  const { userId, signInId, label } = actor;
  const passwordHash = await hashPassword(next);
  return transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    const user = await findUser(prisma, userId);
    if (user.issuer !== LOCAL_ISSUER) throw precondition("Your password is kept by your identity provider. Change it there.");
    refusePassword(next, [user.mail ?? "", user.displayName], "next");
    await prisma.appUser.update({ where: { id: userId }, data: { passwordHash }, select: { id: true } });
    const ended = await tx.rows(
      `UPDATE sign_ins SET revoked_at = now()
       WHERE user_id = $1::uuid AND id <> $2::uuid AND revoked_at IS NULL AND expires_at > now() RETURNING id`,
      [userId, signInId],
    );
    await tx.rows("UPDATE api_tokens SET revoked_at = now() WHERE user_id = $1::uuid AND revoked_at IS NULL", [userId]);
    const otherSignInsEnded = ended.length;
    const subject = { kind: "user", id: userId, label };
    await recordAudit(tx, inner, { type: "user.password_changed", subject, data: { otherSignInsEnded } });
    await tellAccountChanged(tx, inner, { userId, label }, "password_changed");
    return { otherSignInsEnded };
  });
}
