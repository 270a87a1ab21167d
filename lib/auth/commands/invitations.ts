import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { type Actor, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireConfirmation } from "#lib/authz/step-up.ts";
import { transact } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, DomainError, notFound, precondition } from "#lib/errors/domain-error.ts";
import { countAttempt } from "../attempts.sql.ts";
import { hashPassword } from "../password.ts";
import {
  type AcceptInvitationInput,
  acceptInvitationInput,
  type CreateFirstAdministratorInput,
  createFirstAdministratorInput,
  type InviteUserInput,
  inviteUserInput,
  withdrawInvitationInput,
} from "../schema.ts";
import { codeDigestOf, newCode } from "../secrets.ts";
import { LOCAL_ISSUER } from "./sign-in.ts";
import { insertUser, refusePassword } from "./users.ts";

const INVITATION_DAYS = 7;
const FIRST_CODE_HOURS = 24;

export type Invited = { invitationId: string; code: string; expiresAt: string };

/** Invites somebody to make a local user. The code is handed out here, once, and works once; only its digest is kept. */
export async function inviteUser(ctx: Ctx, input: InviteUserInput): Promise<Invited> {
  authorize(ctx.actor, "user.manage");
  requireConfirmation(ctx.actor);
  const { mail, roles } = inviteUserInput.parse(input);
  return transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    const known = await prisma.appUser.findFirst({ where: { issuer: LOCAL_ISSUER, subject: mail }, select: { id: true } });
    if (known) throw conflict(`There is already a user with the mail address ${mail}.`);
    // A new invitation to the same address replaces the one before.
    await prisma.invitation.updateMany({
      where: { kind: "user", mail, usedAt: null, expiresAt: { gt: inner.now } },
      data: { expiresAt: inner.now },
    });
    const invited = await insertInvitation(tx, {
      kind: "user",
      mail,
      roles,
      createdBy: userIdOf(inner.actor),
      hours: INVITATION_DAYS * 24,
    });
    await recordAudit(tx, inner, {
      type: "user.invited",
      subject: { kind: "invitation", id: invited.invitationId, label: mail },
      data: { roles, expiresAt: invited.expiresAt },
    });
    return invited;
  });
}

export async function withdrawInvitation(ctx: Ctx, input: { invitationId: string }): Promise<void> {
  authorize(ctx.actor, "user.manage");
  const { invitationId } = withdrawInvitationInput.parse(input);
  await transact(ctx, async ({ tx, ctx: inner }) => {
    const [ended] = await tx.rows<{ mail: string | null }>(
      "UPDATE invitations SET expires_at = now() - interval '1 millisecond' WHERE id = $1::uuid AND used_at IS NULL AND expires_at > now() RETURNING mail",
      [invitationId],
    );
    if (!ended) throw notFound("Invitation", invitationId);
    const subject = { kind: "invitation", id: invitationId, label: ended.mail ?? "first administrator" };
    await recordAudit(tx, inner, { type: "user.invitation_withdrawn", subject, data: { invitationId } });
  });
}

/** Makes the invited user with the roles of the invitation. The code counts once, whoever comes second is told so. */
export async function acceptInvitation(ctx: Ctx, input: AcceptInvitationInput): Promise<{ userId: string; mail: string }> {
  authorize(ctx.actor, "invitation.accept");
  const { code, displayName, password } = acceptInvitationInput.parse(input);
  await countAttempt(ctx, codeLimits(ctx.actor));
  const passwordHash = await hashPassword(password);
  return transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    const invitation = await takeInvitation(tx, "user", code);
    const mail = invitation.mail ?? "";
    refusePassword(password, [mail, displayName]);
    const { roles, created_by: grantedBy } = invitation;
    const userId = await insertUser(prisma, { mail, displayName, roles, passwordHash, grantedBy });
    await tx.rows("UPDATE invitations SET used_by = $2::uuid WHERE id = $1::uuid", [invitation.id, userId]);
    const subject = { kind: "user", id: userId, label: displayName };
    const data = { issuer: LOCAL_ISSUER, roles };
    await recordAudit(tx, inner, { type: "user.created", subject, data, personal: { subject: mail, mail } });
    await recordAudit(tx, inner, { type: "user.invitation_accepted", subject, data: { invitationId: invitation.id, kind: "user" } });
    return { userId, mail };
  });
}

/**
 * On an instance that nobody administers: a fresh one-time code for whoever reads the console, which ends the code before it. Null once
 * there is an administrator.
 */
export async function ensureFirstAdministratorCode(ctx: Ctx): Promise<string | null> {
  authorize(ctx.actor, "instance.invite_first");
  return transact(ctx, async ({ tx, ctx: inner }) => {
    if (await hasAdministrator(tx)) return null;
    await tx.rows(
      "UPDATE invitations SET expires_at = now() - interval '1 millisecond' WHERE kind = 'first_administrator' AND used_at IS NULL AND expires_at > now()",
    );
    const roles = ["administrator"];
    const invited = await insertInvitation(tx, {
      kind: "first_administrator",
      mail: null,
      roles,
      createdBy: null,
      hours: FIRST_CODE_HOURS,
    });
    const subject = { kind: "invitation", id: invited.invitationId, label: "first administrator" };
    await recordAudit(tx, inner, { type: "instance.first_administrator_invited", subject, data: { expiresAt: invited.expiresAt } });
    return invited.code;
  });
}

/** The first administrator, and the invitation of the second: every override of this product needs two people. */
export async function createFirstAdministrator(
  ctx: Ctx,
  input: CreateFirstAdministratorInput,
): Promise<{ userId: string; second: Invited }> {
  authorize(ctx.actor, "invitation.accept");
  const { code, mail, displayName, password, secondMail } = createFirstAdministratorInput.parse(input);
  await countAttempt(ctx, codeLimits(ctx.actor));
  const passwordHash = await hashPassword(password);
  return transact(ctx, async ({ prisma, tx, ctx: inner }) => {
    const invitation = await takeInvitation(tx, "first_administrator", code);
    if (await hasAdministrator(tx)) throw precondition("This instance has its first administrator. Ask them for an invitation.");
    refusePassword(password, [mail, displayName]);
    const { roles } = invitation;
    const userId = await insertUser(prisma, { mail, displayName, roles, passwordHash, grantedBy: null });
    await tx.rows("UPDATE invitations SET used_by = $2::uuid WHERE id = $1::uuid", [invitation.id, userId]);
    const second = await insertInvitation(tx, { kind: "user", mail: secondMail, roles, createdBy: userId, hours: INVITATION_DAYS * 24 });
    const subject = { kind: "user", id: userId, label: displayName };
    const data = { issuer: LOCAL_ISSUER, roles };
    await recordAudit(tx, inner, { type: "user.created", subject, data, personal: { subject: mail, mail } });
    await recordAudit(tx, inner, {
      type: "user.invitation_accepted",
      subject,
      data: { invitationId: invitation.id, kind: "first_administrator" },
    });
    const first: Ctx = { ...inner, actor: newUserActor(inner.actor, userId, displayName) };
    const invited = { kind: "invitation", id: second.invitationId, label: secondMail };
    await recordAudit(tx, first, { type: "user.invited", subject: invited, data: { roles, expiresAt: second.expiresAt } });
    return { userId, second };
  });
}

async function hasAdministrator(tx: Tx): Promise<boolean> {
  const found = await tx.rows(
    `SELECT FROM role_assignments r JOIN app_users u ON u.id = r.user_id
     WHERE r.role = 'administrator' AND r.ended_at IS NULL AND u.disabled_at IS NULL LIMIT 1`,
  );
  return found.length > 0;
}

type Invitation = { id: string; mail: string | null; roles: string[]; created_by: string | null };

/** Takes the code, once: of two who bring it at the same moment the second waits for the first and is refused. */
async function takeInvitation(tx: Tx, kind: "user" | "first_administrator", code: string): Promise<Invitation> {
  const [found] = await tx.rows<Invitation>(
    `UPDATE invitations SET used_at = now() WHERE code_hash = $1::bytea AND kind = $2::text AND used_at IS NULL AND expires_at > now()
     RETURNING id, mail, roles, created_by`,
    [codeDigestOf(code), kind],
  );
  if (found) return found;
  const fresh = kind === "user" ? "Ask whoever invited you for a new one." : "Start Countersign again: it prints a new one.";
  throw new DomainError("NOT_FOUND", `This code is not valid: it was mistyped, used already, or ran out. ${fresh}`, {
    fields: { code: "Not a valid code" },
  });
}

type NewInvitation = { kind: string; mail: string | null; roles: readonly string[]; createdBy: string | null; hours: number };

async function insertInvitation(tx: Tx, { kind, mail, roles, createdBy, hours }: NewInvitation): Promise<Invited> {
  const code = newCode(24);
  const [made] = await tx.rows<{ id: string; expires_at: Date }>(
    `INSERT INTO invitations (kind, code_hash, mail, roles, created_by, expires_at)
     VALUES ($1::text, $2::bytea, $3::text, $4::text[], $5::uuid, now() + make_interval(hours => $6::int)) RETURNING id, expires_at`,
    [kind, codeDigestOf(code), mail, [...roles], createdBy, hours],
  );
  if (!made) throw new DomainError("INTERNAL", "The invitation could not be kept. Try again.");
  return { invitationId: made.id, code, expiresAt: made.expires_at.toISOString() };
}

const codeLimits = (actor: Actor) => [
  { key: `code from ${actor.kind === "visitor" ? (actor.address ?? "unknown") : actor.kind}`, max: 30 },
];

/** Who speaks once the first administrator exists: they invited the second, in the same form. */
function newUserActor(visitor: Actor, userId: string, label: string): Actor {
  const { address, userAgent } = visitor.kind === "visitor" ? visitor : {};
  const roles = ["administrator" as const];
  return { kind: "user", userId, personId: null, label, roles, signInId: null, authentication: { method: "none" }, address, userAgent };
}
