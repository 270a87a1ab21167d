import { randomUUID } from "node:crypto";
import { disableUser } from "#lib/auth/commands/accounts.ts";
import { ensureFirstAdministratorCode, inviteUser } from "#lib/auth/commands/invitations.ts";
import { createSignIn } from "#lib/auth/commands/sign-in.ts";
import { askCliLogin, createApiToken } from "#lib/auth/commands/tokens.ts";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader } from "#lib/db/transact.ts";
import * as make from "../factories.ts";
import { PASSWORD, someUser, visitor } from "../users.ts";
import { type Samples, somebody, type User } from "./sample.ts";

const NEW_PASSWORD = "another correct horse battery";
const system = (): Ctx => make.ctxOf(systemActor("test"));
const mail = () => `${randomUUID()}@example.test`;
const administrator = () => somebody("administrator");

/** One who can confirm by password. */
async function withPassword(): Promise<User> {
  const { userId, displayName } = await someUser([]);
  return { kind: "user", userId, personId: null, label: displayName, roles: [], signInId: null, authentication: { method: "password" } };
}

async function signedIn(user: User): Promise<User> {
  const { signInId } = await createSignIn(system(), { userId: user.userId, method: "password" });
  return { ...user, signInId };
}

export const userSamples: Samples = {
  "sign_in.end": async () => ({ by: await somebody(), input: {} }),
  "step_up.confirm": async () => ({
    by: await withPassword(),
    input: { action: "campaign.sign_off", binding: "a".repeat(64), password: PASSWORD },
  }),
  "sign_in.revoke": async () => {
    const by = await somebody();
    const other = await createSignIn(system(), { userId: by.userId, method: "password" });
    return { by, input: { signInId: other.signInId } };
  },
  "password.change": async () => ({ by: await withPassword(), input: { next: NEW_PASSWORD } }),
  "api_token.create": async () => ({ by: await somebody(), input: { label: "a script", hours: 24 } }),
  "api_token.revoke": async () => {
    const by = await somebody();
    const { tokenId } = await createApiToken(make.ctxOf(await signedIn(by)), { label: "a script" });
    return { by, input: { tokenId } };
  },
  "cli_login.confirm": async () => {
    const { code } = await askCliLogin(visitor(), { label: "a laptop" });
    return { by: await somebody(), input: { code } };
  },
  "invitation.accept": async () => {
    const { code } = await inviteUser(make.confirmed(await administrator()), { mail: mail(), roles: [] });
    return { by: null, input: { code, displayName: "Newcomer", password: PASSWORD } };
  },
  "instance.create_first_administrator": async () => {
    await reader.rows("UPDATE role_assignments SET ended_at = now() WHERE role = 'administrator' AND ended_at IS NULL");
    const code = await ensureFirstAdministratorCode(system());
    return { by: null, input: { code, mail: mail(), displayName: "First", password: PASSWORD, secondMail: mail() } };
  },
  "user.invite": async () => ({ by: await administrator(), input: { mail: mail(), roles: ["reviewer"] } }),
  "user.withdraw_invitation": async () => {
    const by = await administrator();
    const { invitationId } = await inviteUser(make.confirmed(by), { mail: mail(), roles: [] });
    return { by, input: { invitationId } };
  },
  "user.grant_role": async () => ({ by: await administrator(), input: { userId: (await somebody()).userId, role: "reviewer" } }),
  "user.end_role": async () => ({ by: await administrator(), input: { userId: (await somebody("reviewer")).userId, role: "reviewer" } }),
  "user.disable": async () => ({ by: await administrator(), input: { userId: (await somebody()).userId } }),
  "user.enable": async () => {
    const by = await administrator();
    const { userId } = await somebody();
    await disableUser(make.ctxOf(by), { userId });
    return { by, input: { userId } };
  },
  "user.link_to_person": async () => {
    const personId = await make.makePerson(await make.makeSource());
    return { by: await administrator(), input: { userId: (await somebody()).userId, personId } };
  },
  "user.revoke_sign_ins": async () => {
    const user = await signedIn(await somebody());
    return { by: await administrator(), input: { userId: user.userId } };
  },
  "POST cli_login.ask": async () => ({ by: null, input: { label: "a laptop" } }),
  "POST cli_login.poll": async () => {
    const { pollToken } = await askCliLogin(visitor(), { label: "a laptop" });
    return { by: null, input: { pollToken } };
  },
};
