import { randomUUID } from "node:crypto";
import { createSignIn } from "#lib/auth/commands/sign-in.ts";
import { createUser } from "#lib/auth/commands/users.ts";
import { findSignIn } from "#lib/auth/sign-in.sql.ts";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Role } from "#lib/authz/permissions.ts";

export const PASSWORD = "correct horse battery staple";

const ctxOf = (actor: Ctx["actor"]): Ctx => ({ actor, now: new Date(), requestId: randomUUID() });

export const operatorCtx = (): Ctx =>
  ctxOf({ kind: "local_operator", label: "test operator", authentication: { method: "operating_system" } });

export const visitor = (address = "192.0.2.1"): Ctx =>
  ctxOf({ kind: "visitor", label: "somebody not signed in", authentication: { method: "none" }, address, userAgent: "a test" });

/** A local user of this test's own, made by the product's command. */
export async function someUser(roles: Role[] = [], options: { password?: string; personId?: string } = {}) {
  const mail = `${randomUUID()}@example.test`;
  const { password = PASSWORD, personId } = options;
  const user = { mail, displayName: `User ${mail.slice(0, 8)}`, roles, password, ...(personId ? { personId } : {}) };
  const { userId } = await createUser(operatorCtx(), user);
  return { ...user, userId };
}

/** A signed-in user: the context that their requests get, and the cookie that they send. */
export async function someSignedIn(roles: Role[] = [], options: { personId?: string } = {}) {
  const user = await someUser(roles, options);
  const cookie = await createSignIn(ctxOf(systemActor("test")), { userId: user.userId, method: "password" });
  const actor = await findSignIn(cookie.value, {});
  if (!actor) throw new Error("the sign-in that was just made is not found");
  return { ...user, cookie, signInId: cookie.signInId, ctx: ctxOf(actor) };
}

/** The same, just confirmed to be them: for commands that ask for it, in tests that are not about it. */
export async function someConfirmed(roles: Role[] = []) {
  const user = await someSignedIn(roles);
  return { ...user, ctx: confirmedCtx(user.ctx) };
}

export const confirmedCtx = (ctx: Ctx): Ctx => {
  const stepUp = { method: "password", at: ctx.now.toISOString() } as const;
  return { ...ctx, actor: { ...ctx.actor, authentication: { ...ctx.actor.authentication, stepUp } } };
};
