import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireConfirmation } from "#lib/authz/step-up.ts";
import { transact } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, notFound, precondition } from "#lib/errors/domain-error.ts";
import { tellAccountChanged } from "#lib/notifications/account.sql.ts";
import { roleText, toxicPairsAmong, toxicSentence } from "../rules.ts";
import { type RoleInput, roleInput } from "../schema.ts";

/** Grants a role unless it makes a toxic pair with one that the user holds; which of the two came first does not matter. */
export async function grantRole(ctx: Ctx, input: RoleInput): Promise<void> {
  authorize(ctx.actor, "user.manage");
  requireConfirmation(ctx.actor);
  const { userId, role } = roleInput.parse(input);
  await transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    const label = await lockUser(tx, userId);
    const held = await prisma.roleAssignment.findMany({ where: { userId, endedAt: null }, select: { role: true } });
    const roles = held.map((assignment) => assignment.role);
    if (roles.includes(role)) throw conflict(`${label} is ${roleText(role)} already.`);
    const [pair] = toxicPairsAmong([...roles, role]);
    if (pair) throw precondition(toxicSentence(pair), { toxicPair: pair });
    await prisma.roleAssignment.create({ data: { userId, role, grantedBy: userIdOf(inner.actor) }, select: { id: true } });
    await recordAudit(tx, inner, { type: "user.role_granted", subject: { kind: "user", id: userId, label }, data: { role } });
    await tellAccountChanged(tx, inner, { userId, label }, "role_granted");
  });
}

/** Ends a role: the user's next request no longer has it. The last administrator stays one. */
export async function endRole(ctx: Ctx, input: RoleInput): Promise<void> {
  authorize(ctx.actor, "user.manage");
  requireConfirmation(ctx.actor);
  const { userId, role } = roleInput.parse(input);
  await transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    const label = await lockUser(tx, userId);
    if (role === "administrator") await refuseLastAdministrator(tx, userId);
    const { count } = await prisma.roleAssignment.updateMany({
      where: { userId, role, endedAt: null },
      data: { endedAt: inner.now, endedBy: userIdOf(inner.actor) },
    });
    if (count === 0) throw conflict(`${label} is not ${roleText(role)}.`);
    await recordAudit(tx, inner, { type: "user.role_ended", subject: { kind: "user", id: userId, label }, data: { role } });
    await tellAccountChanged(tx, inner, { userId, label }, "role_ended");
  });
}

/** Two grants to one user wait for each other, or each would miss the other's half of a toxic pair. */
async function lockUser(tx: Tx, userId: string): Promise<string> {
  const [user] = await tx.rows<{ display_name: string }>("SELECT display_name FROM app_users WHERE id = $1::uuid FOR UPDATE", [userId]);
  if (!user) throw notFound("User", userId);
  return user.display_name;
}

/** Refuses to go on where nobody but this user could still administer. Two such commands wait for each other, so they cannot empty the seat together. */
export async function refuseLastAdministrator(tx: Tx, userId: string): Promise<void> {
  await tx.rows("SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended('administrators', 0))) AS locked");
  const others = await tx.rows(
    `SELECT FROM role_assignments r JOIN app_users u ON u.id = r.user_id
     WHERE r.role = 'administrator' AND r.ended_at IS NULL AND u.disabled_at IS NULL AND u.id <> $1::uuid LIMIT 1`,
    [userId],
  );
  const own = await tx.rows("SELECT FROM role_assignments WHERE user_id = $1::uuid AND role = 'administrator' AND ended_at IS NULL", [
    userId,
  ]);
  if (own.length > 0 && others.length === 0)
    throw precondition("This is the last administrator who can sign in. Make somebody else administrator first.");
}
