import { z } from "zod";
import { ROLES } from "#lib/authz/permissions.ts";
import { API_TOKEN_HOURS, PASSWORD_LENGTH, toxicPairsAmong, toxicSentence } from "./rules.ts";

const uuid = z.uuid("an id");
const mail = z
  .string()
  .trim()
  .max(254)
  .transform((text) => text.normalize("NFC").toLowerCase())
  .pipe(z.email("Write a whole mail address: name@example.com"));
const displayName = z.string().trim().min(1, "Write the name that others should see").max(120);
const typedPassword = z.string().min(1, "Write your password").max(PASSWORD_LENGTH.max);
const newPassword = z.string().max(PASSWORD_LENGTH.max, `Use at most ${PASSWORD_LENGTH.max} characters.`);
const code = z.string().trim().min(1, "Write the code").max(64);
const role = z.enum(ROLES, "Choose one of the roles");
const roles = z
  .array(role)
  .max(ROLES.length)
  .transform((list) => [...new Set(list)].sort())
  .superRefine((list, context) => {
    for (const pair of toxicPairsAmong(list)) context.addIssue({ code: "custom", message: toxicSentence(pair) });
  });

/** Loose about what an address looks like: a wrong one is simply nobody's. */
export const passwordSignInInput = z.object({ mail: z.string().max(500).trim().toLowerCase(), password: z.string().max(1000) });
export const createUserInput = z.strictObject({
  mail,
  displayName,
  roles: roles.default([]),
  password: newPassword.optional(),
  personId: uuid.nullable().default(null),
});
export const inviteUserInput = z.strictObject({ mail, roles: roles.default([]) });
export const withdrawInvitationInput = z.strictObject({ invitationId: uuid });
export const acceptInvitationInput = z.strictObject({ code, displayName, password: newPassword });
export const createFirstAdministratorInput = z
  .strictObject({ code, mail, displayName, password: newPassword, secondMail: mail })
  .refine((input) => input.mail !== input.secondMail, { path: ["secondMail"], message: "The second administrator is somebody else." });
export const roleInput = z.strictObject({ userId: uuid, role });
export const userInput = z.strictObject({ userId: uuid });
export const linkUserInput = z.strictObject({ userId: uuid, personId: uuid.nullable() });
export const signInInput = z.strictObject({ signInId: uuid });
export const changePasswordInput = z.strictObject({ next: newPassword });
export const createApiTokenInput = z.strictObject({
  label: z.string().trim().min(1, "Say what the token is for").max(100),
  hours: z.coerce
    .number()
    .int()
    .min(1, "At least an hour")
    .max(API_TOKEN_HOURS.most, `At most ${API_TOKEN_HOURS.most / 24} days`)
    .default(API_TOKEN_HOURS.usual),
});
export const tokenInput = z.strictObject({ tokenId: uuid });
export const askCliLoginInput = z.strictObject({ label: z.string().trim().max(100).default("") });
export const pollCliLoginInput = z.strictObject({ pollToken: z.string().min(1).max(200) });
export const confirmCliLoginInput = z.strictObject({ code });
export const stepUpInput = z.strictObject({
  action: z.string().min(1).max(100),
  binding: z.string().regex(/^[0-9a-f]{64}$/, "not a binding that Countersign asked for"),
});
export const passwordStepUpInput = stepUpInput.extend({ password: typedPassword });

export type CreateUserInput = z.input<typeof createUserInput>;
export type InviteUserInput = z.input<typeof inviteUserInput>;
export type AcceptInvitationInput = z.input<typeof acceptInvitationInput>;
export type CreateFirstAdministratorInput = z.input<typeof createFirstAdministratorInput>;
export type RoleInput = z.input<typeof roleInput>;
export type LinkUserInput = z.input<typeof linkUserInput>;
export type CreateApiTokenInput = z.input<typeof createApiTokenInput>;
