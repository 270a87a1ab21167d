import { randomUUID } from "node:crypto";
import { createSignIn } from "#lib/auth/commands/sign-in.ts";
import { createApiToken } from "#lib/auth/commands/tokens.ts";
import { createUser } from "#lib/auth/commands/users.ts";
import { findSignIn } from "#lib/auth/sign-in.sql.ts";
import { systemActor } from "#lib/authz/actor.ts";
import type { Role } from "#lib/authz/permissions.ts";
import { operator } from "../source.ts";

/** A local user of this experiment's own. */
export async function makeUser(roles: Role[], personId: string | null = null): Promise<string> {
  const { userId } = await createUser(operator(), {
    mail: `${randomUUID()}@example.test`,
    displayName: `Somebody: ${roles}`,
    roles,
    personId,
  });
  return userId;
}

/** The cookie that signing in would set. */
export async function cookieOf(userId: string): Promise<{ name: string; value: string }> {
  return createSignIn({ ...operator(), actor: systemActor("torture") }, { userId, method: "password" });
}

/** A bearer token: made at the browser, as tokens have to be. */
export async function tokenOf(userId: string): Promise<string> {
  const actor = await findSignIn((await cookieOf(userId)).value, {});
  if (!actor) throw new Error("The sign-in that was just made is not found.");
  return (await createApiToken({ ...operator(), actor }, { label: "torture" })).token;
}
