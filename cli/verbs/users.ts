import { z } from "zod";
import { inviteUser } from "#lib/auth/commands/invitations.ts";
import { endRole, grantRole } from "#lib/auth/commands/roles.ts";
import { listUsers } from "#lib/auth/queries.ts";
import { userListParams } from "#lib/auth/search-params.ts";
import { ROLES } from "#lib/authz/permissions.ts";
import { userScope } from "#lib/authz/scope.ts";
import { env } from "#lib/env.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { table, verb } from "./verb.ts";

const mail = z.email("Give a mail address.");
const role = z.enum(ROLES, `Roles are: ${ROLES.join(", ")}.`);

export const userAdd = verb({
  name: "user add",
  summary: "Invites someone: prints the link with its one-time code",
  positionals: ["mail"],
  options: { role: { describe: `a role to give; may be repeated (${ROLES.join(", ")})`, isMany: true } },
  input: z.strictObject({ mail, role: z.array(role).default([]) }),
  run: async (ctx, input) => {
    const invited = await inviteUser(ctx, { mail: input.mail, roles: input.role });
    return { ...invited, link: new URL(`/invitation/${invited.code}`, env().APP_ORIGIN).href };
  },
  print: ({ link, expiresAt }) => `Invited. The link works once, until ${expiresAt}:\n${link}`,
});

export const userRole = verb({
  name: "user role",
  summary: "Gives a role to a user, or with --end takes it away",
  positionals: ["mail", "role"],
  options: { end: { describe: "end the role instead", isFlag: true } },
  input: z.strictObject({ mail, role, end: z.boolean().default(false) }),
  run: async (ctx, input) => {
    const user = (await listUsers(userScope(ctx.actor), userListParams.parse({}))).find(
      (one) => one.mail?.toLowerCase() === input.mail.toLowerCase(),
    );
    if (!user) throw notFound("User", input.mail);
    await (input.end ? endRole : grantRole)(ctx, { userId: user.id, role: input.role });
    return { userId: user.id, role: input.role, ended: input.end };
  },
  print: ({ role: changed, ended }) => `${ended ? "Ended" : "Granted"} ${changed}.`,
});

export const userList = verb({
  name: "user list",
  summary: "Lists who may sign in, with their roles",
  input: z.strictObject({}),
  run: (ctx) => listUsers(userScope(ctx.actor), userListParams.parse({})),
  print: (users) =>
    table(
      ["user", "mail", "roles", "person", "state"],
      users.map((user) => [user.displayName, user.mail, user.roles.join(", "), user.personName, user.state]),
    ),
});
