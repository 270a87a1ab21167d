"use server";
import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { z } from "zod";
import { defineAction } from "#lib/actions/define-action.ts";
import { changePassword, disableUser, enableUser, linkUserToPerson } from "./commands/accounts.ts";
import { acceptInvitation, createFirstAdministrator, inviteUser, withdrawInvitation } from "./commands/invitations.ts";
import { endRole, grantRole } from "./commands/roles.ts";
import { revokeSignIn, revokeUserSignIns, signOut } from "./commands/sign-in.ts";
import { confirmByPassword } from "./commands/step-up.ts";
import { confirmCliLogin, createApiToken, revokeApiToken } from "./commands/tokens.ts";
import { SIGN_IN_COOKIE } from "./cookie.ts";
import {
  acceptInvitationInput,
  changePasswordInput,
  confirmCliLoginInput,
  createApiTokenInput,
  createFirstAdministratorInput,
  inviteUserInput,
  linkUserInput,
  passwordStepUpInput,
  roleInput,
  signInInput,
  tokenInput,
  userInput,
  withdrawInvitationInput,
} from "./schema.ts";

const USERS = "/administration/users";

export const signOutAction = defineAction(
  { name: "sign_in.end", permission: "self.manage", input: z.strictObject({}) },
  async (ctx): Promise<void> => {
    await signOut(ctx);
    (await cookies()).set({ name: SIGN_IN_COOKIE, value: "", path: "/", secure: true, httpOnly: true, sameSite: "lax", maxAge: 0 });
    redirect("/sign-in?error=SignedOut");
  },
);

/** Not critical itself: it is what confirms. Limited per user. */
export const confirmStepUpAction = defineAction(
  { name: "step_up.confirm", permission: "self.manage", input: passwordStepUpInput },
  (ctx, input) => confirmByPassword(ctx, input),
);

export const revokeSignInAction = defineAction(
  { name: "sign_in.revoke", permission: "self.manage", input: signInInput },
  async (ctx, input) => {
    await revokeSignIn(ctx, input);
    revalidatePath("/account");
  },
);

export const changePasswordAction = defineAction(
  { name: "password.change", permission: "self.manage", input: changePasswordInput, critical: true },
  (ctx, input) => changePassword(ctx, input),
);

export const createApiTokenAction = defineAction(
  { name: "api_token.create", permission: "self.manage", input: createApiTokenInput, critical: true, answer: "once" },
  (ctx, input) => createApiToken(ctx, input),
);

export const revokeApiTokenAction = defineAction(
  { name: "api_token.revoke", permission: "self.manage", input: tokenInput },
  async (ctx, input) => {
    await revokeApiToken(ctx, input);
    revalidatePath("/account");
  },
);

export const confirmCliLoginAction = defineAction(
  { name: "cli_login.confirm", permission: "self.manage", input: confirmCliLoginInput, critical: true },
  (ctx, input) => confirmCliLogin(ctx, input),
);

export const acceptInvitationAction = defineAction(
  { name: "invitation.accept", permission: "public", input: acceptInvitationInput },
  (ctx, input) => acceptInvitation(ctx, input),
);

export const createFirstAdministratorAction = defineAction(
  { name: "instance.create_first_administrator", permission: "public", input: createFirstAdministratorInput },
  (ctx, input) => createFirstAdministrator(ctx, input),
);

export const inviteUserAction = defineAction(
  { name: "user.invite", permission: "user.manage", input: inviteUserInput, critical: true, answer: "once" },
  (ctx, input) => inviteUser(ctx, input), // the page reads itself anew once the link was put away: doing so now could take it from the screen
);

export const withdrawInvitationAction = defineAction(
  { name: "user.withdraw_invitation", permission: "user.manage", input: withdrawInvitationInput },
  async (ctx, input) => {
    await withdrawInvitation(ctx, input);
    revalidatePath(USERS);
  },
);

export const grantRoleAction = defineAction(
  { name: "user.grant_role", permission: "user.manage", input: roleInput, critical: true },
  async (ctx, input) => {
    await grantRole(ctx, input);
    revalidatePath(USERS, "layout");
  },
);

export const endRoleAction = defineAction(
  { name: "user.end_role", permission: "user.manage", input: roleInput, critical: true },
  async (ctx, input) => {
    await endRole(ctx, input);
    revalidatePath(USERS, "layout");
  },
);

export const disableUserAction = defineAction({ name: "user.disable", permission: "user.manage", input: userInput }, async (ctx, input) => {
  await disableUser(ctx, input);
  revalidatePath(USERS, "layout");
});

export const enableUserAction = defineAction(
  { name: "user.enable", permission: "user.manage", input: userInput, critical: true },
  async (ctx, input) => {
    await enableUser(ctx, input);
    revalidatePath(USERS, "layout");
  },
);

export const linkUserToPersonAction = defineAction(
  { name: "user.link_to_person", permission: "user.manage", input: linkUserInput, critical: true },
  async (ctx, input) => {
    await linkUserToPerson(ctx, input);
    revalidatePath(USERS, "layout");
  },
);

export const revokeUserSignInsAction = defineAction(
  { name: "user.revoke_sign_ins", permission: "user.manage", input: userInput },
  async (ctx, input) => {
    const done = await revokeUserSignIns(ctx, input);
    revalidatePath(USERS, "layout");
    return done;
  },
);
