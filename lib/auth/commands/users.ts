import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import type { PrismaTransaction } from "#lib/db/prisma.ts";
import { transact } from "#lib/db/transact.ts";
import { conflict, invalid, notFound } from "#lib/errors/domain-error.ts";
import { hashPassword } from "../password.ts";
import { passwordRefusal } from "../rules.ts";
import { type CreateUserInput, createUserInput } from "../schema.ts";
import { LOCAL_ISSUER } from "./sign-in.ts";

export type NewUser = {
  mail: string;
  displayName: string;
  roles: readonly string[];
  passwordHash: string | null;
  personId?: string | null;
  /** Whoever chose the roles. */
  grantedBy: string | null;
};

/** A local user, ready to sign in where a password is given. For the command line and the seed; people are invited instead. */
export async function createUser(ctx: Ctx, input: CreateUserInput): Promise<{ userId: string }> {
  authorize(ctx.actor, "user.manage");
  const { mail, displayName, roles, password, personId } = createUserInput.parse(input);
  if (password !== undefined) refusePassword(password, [mail, displayName]);
  const passwordHash = password === undefined ? null : await hashPassword(password);
  return transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    if (personId) await findPerson(prisma, personId);
    const userId = await insertUser(prisma, { mail, displayName, roles, passwordHash, personId, grantedBy: userIdOf(inner.actor) });
    const subject = { kind: "user", id: userId, label: displayName };
    await recordAudit(tx, inner, {
      type: "user.created",
      subject,
      data: { issuer: LOCAL_ISSUER, roles },
      personal: { subject: mail, mail },
    });
    if (personId) await recordAudit(tx, inner, { type: "user.linked_to_person", subject, data: { personId } });
    return { userId };
  });
}

/** The rows of a new local user; the caller has checked the roles and records the audit event. */
export async function insertUser(prisma: PrismaTransaction, user: NewUser): Promise<string> {
  const { mail, displayName, roles, passwordHash, personId = null, grantedBy } = user;
  const [made] = await prisma.appUser.createManyAndReturn({
    data: [{ issuer: LOCAL_ISSUER, subject: mail, mail, displayName, passwordHash, personId }],
    skipDuplicates: true,
    select: { id: true },
  });
  if (!made) throw conflict(`There is already a user with the mail address ${mail}.`);
  await prisma.roleAssignment.createMany({ data: roles.map((role) => ({ userId: made.id, role, grantedBy })) });
  return made.id;
}

export async function findUser(
  prisma: PrismaTransaction,
  userId: string,
): Promise<{ displayName: string; mail: string | null; issuer: string }> {
  const user = await prisma.appUser.findUnique({ where: { id: userId }, select: { displayName: true, mail: true, issuer: true } });
  if (!user) throw notFound("User", userId);
  return user;
}

export async function findPerson(prisma: PrismaTransaction, personId: string): Promise<{ name: string }> {
  const person = await prisma.person.findUnique({ where: { id: personId }, select: { name: true } });
  if (!person) throw notFound("Person", personId);
  return person;
}

/** Throws INVALID on the form's field where the password is too easy to guess for somebody who knows `about`. */
export function refusePassword(password: string, about: readonly string[], field = "password"): void {
  const refusal = passwordRefusal(password, about);
  if (refusal) throw invalid("Choose another password.", { [field]: refusal });
}
