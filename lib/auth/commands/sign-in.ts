import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize, type Role } from "#lib/authz/permissions.ts";
import { transactAside, transactPg } from "#lib/db/transact.ts";
import { DomainError, invalid, notFound } from "#lib/errors/domain-error.ts";
import { countAttempt } from "../attempts.sql.ts";
import { SIGN_IN_COOKIE, SIGN_IN_HOURS } from "../cookie.ts";
import { isPassword } from "../password.ts";
import { signInLimits } from "../rules.ts";
import { passwordSignInInput, signInInput, userInput } from "../schema.ts";
import { digestOf, newSecret } from "../secrets.ts";
import { findAccount } from "../sign-in.sql.ts";

/** Local users: our own issuer, the lower-case mail address as subject. */
export const LOCAL_ISSUER = "local";

export type Proof = { userId: string; method: "password" | "oidc"; amr?: string | null };

/**
 * Checks a local user's password. Unknown, disabled, passwordless and mistaken all cost the same work and get the same answer, so that
 * nobody learns from it who has an account. Answers with the proof that createSignIn takes.
 */
export async function checkPassword(ctx: Ctx, input: { mail: string; password: string }): Promise<Proof & { displayName: string }> {
  authorize(ctx.actor, "sign_in.open");
  const { mail, password } = passwordSignInInput.parse(input);
  const attempt = await countAttempt(ctx, signInLimits(mail, addressOf(ctx.actor)));
  const account = await findAccount(LOCAL_ISSUER, mail);
  const isRight = await isPassword(account?.passwordHash ?? null, password);
  if (!account || !isRight || account.isDisabled) {
    const cause = account === null ? "unknown_account" : isRight ? "disabled" : "wrong_password";
    // What was typed is not kept: people type passwords into the wrong field.
    const subject = { kind: "user", id: account?.id ?? "unknown", label: account?.displayName ?? "an account that does not exist" };
    await transactAside(ctx, (tx) => recordAudit(tx, ctx, { type: "user.sign_in_refused", subject, data: { method: "password", cause } }));
    throw new DomainError("UNAUTHENTICATED", "This mail address and password do not go together. Check both, or ask an administrator.");
  }
  await attempt.forgive();
  return { userId: account.id, displayName: account.displayName, method: "password" };
}

/**
 * Finds the user of an identity at the provider by (issuer, subject), or makes one that holds no role until an administrator grants it.
 * The mail address is kept for people to read and decides nothing.
 */
export async function admitProviderUser(
  ctx: Ctx,
  input: { issuer: string; subject: string; mail: string | null; displayName: string; amr: string | null },
): Promise<Proof> {
  authorize(ctx.actor, "sign_in.open");
  const { issuer, subject, mail, displayName, amr } = input;
  if (issuer === LOCAL_ISSUER || !subject) throw invalid("An identity provider names itself by a URL and each of its users by a subject.");
  const known = await findAccount(issuer, subject);
  if (known?.isDisabled) {
    const about = { kind: "user", id: known.id, label: known.displayName };
    const data = { method: "oidc", cause: "disabled" };
    await transactAside(ctx, (tx) => recordAudit(tx, ctx, { type: "user.sign_in_refused", subject: about, data }));
    throw new DomainError("UNAUTHENTICATED", "This account is disabled. Ask an administrator of Countersign.");
  }
  if (known) return { userId: known.id, method: "oidc", amr };
  const userId = await transactPg(ctx, async (tx) => {
    const [made] = await tx.rows<{ id: string }>(
      `INSERT INTO app_users (issuer, subject, mail, display_name) VALUES ($1::text, $2::text, $3::text, $4::text)
       ON CONFLICT (issuer, subject) DO NOTHING RETURNING id`,
      [issuer, subject, mail, displayName],
    );
    if (!made) return null; // two first sign-ins at once: the other one made it
    await recordAudit(tx, ctx, {
      type: "user.created",
      subject: { kind: "user", id: made.id, label: displayName },
      data: { issuer, roles: [] },
      personal: { subject, mail },
    });
    return made.id;
  });
  const made = userId ?? (await findAccount(issuer, subject))?.id;
  if (!made) throw new DomainError("INTERNAL", "The user could not be made. Try again.");
  return { userId: made, method: "oidc", amr };
}

/** Opens a sign-in for a user who has proven who they are. Answers with the cookie: its value is handed out once and only its digest is kept. */
export async function createSignIn(ctx: Ctx, proof: Proof): Promise<{ name: string; value: string; signInId: string }> {
  authorize(ctx.actor, "sign_in.open");
  const value = newSecret("");
  const { address = null, userAgent = null } = ctx.actor.kind === "visitor" ? ctx.actor : {};
  const signInId = await transactPg(ctx, async (tx) => {
    const [made] = await tx.rows<{ id: string; display_name: string; person_id: string | null; roles: Role[] }>(
      `WITH made AS (
         INSERT INTO sign_ins (user_id, sid_hash, method, amr, expires_at, address, user_agent)
         SELECT u.id, $2::bytea, $3::text, $4::text, now() + make_interval(hours => $5::int), $6::text, $7::text
         FROM app_users u WHERE u.id = $1::uuid AND u.disabled_at IS NULL RETURNING id, user_id)
       SELECT made.id, u.display_name, u.person_id,
         ARRAY(SELECT r.role FROM role_assignments r WHERE r.user_id = u.id AND r.ended_at IS NULL) AS roles
       FROM made JOIN app_users u ON u.id = made.user_id`,
      [proof.userId, digestOf(value), proof.method, proof.amr ?? null, SIGN_IN_HOURS, address, userAgent],
    );
    if (!made) throw notFound("User", proof.userId);
    const actor: Actor = {
      kind: "user",
      userId: proof.userId,
      personId: made.person_id,
      label: made.display_name,
      roles: made.roles,
      signInId: made.id,
      authentication: { method: proof.method, ...(proof.amr ? { amr: proof.amr } : {}) },
      ...(address ? { address } : {}),
      ...(userAgent ? { userAgent } : {}),
    };
    const subject = { kind: "user", id: proof.userId, label: made.display_name };
    await recordAudit(tx, { ...ctx, actor }, { type: "user.signed_in", subject, data: { method: proof.method } });
    return made.id;
  });
  return { name: SIGN_IN_COOKIE, value, signInId };
}

/** The actor's own sign-in ends. Signing out twice is no error. */
export async function signOut(ctx: Ctx): Promise<void> {
  authorize(ctx.actor, "self.manage");
  const { actor } = ctx;
  if (actor.kind !== "user" || actor.signInId === null) return;
  const { signInId, userId, label } = actor;
  await transactPg(ctx, async (tx) => {
    const ended = await tx.rows("UPDATE sign_ins SET revoked_at = now() WHERE id = $1::uuid AND revoked_at IS NULL RETURNING id", [
      signInId,
    ]);
    if (ended.length > 0) await recordAudit(tx, ctx, { type: "user.signed_out", subject: { kind: "user", id: userId, label }, data: {} });
  });
}

/** Ends one of the actor's own sign-ins: its next request is refused. */
export async function revokeSignIn(ctx: Ctx, input: { signInId: string }): Promise<void> {
  authorize(ctx.actor, "self.manage");
  const { signInId } = signInInput.parse(input);
  const { actor } = ctx;
  if (actor.kind !== "user") throw notFound("Sign-in", signInId);
  await transactPg(ctx, async (tx) => {
    const ended = await tx.rows(
      "UPDATE sign_ins SET revoked_at = now() WHERE id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NULL RETURNING id",
      [signInId, actor.userId],
    );
    if (ended.length === 0) throw notFound("Sign-in", signInId);
    const subject = { kind: "user", id: actor.userId, label: actor.label };
    await recordAudit(tx, ctx, { type: "sign_in.revoked", subject, data: { signInId } });
  });
}

/** Ends every sign-in of a user: their next request is refused. API tokens are ended by revoking them or by disabling the user. */
export async function revokeUserSignIns(ctx: Ctx, input: { userId: string }): Promise<{ ended: number }> {
  authorize(ctx.actor, "user.manage");
  const { userId } = userInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const [user] = await tx.rows<{ display_name: string }>("SELECT display_name FROM app_users WHERE id = $1::uuid", [userId]);
    if (!user) throw notFound("User", userId);
    const ended = await tx.rows<{ id: string }>(
      `UPDATE sign_ins SET revoked_at = now() WHERE user_id = $1::uuid AND revoked_at IS NULL AND expires_at > now() RETURNING id`,
      [userId],
    );
    const subject = { kind: "user", id: userId, label: user.display_name };
    for (const { id } of ended) await recordAudit(tx, ctx, { type: "sign_in.revoked", subject, data: { signInId: id } });
    return { ended: ended.length };
  });
}

const addressOf = (actor: Actor): string => (actor.kind === "visitor" ? (actor.address ?? "unknown") : actor.kind);
