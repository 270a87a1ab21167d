import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { reader, transactAside, transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DomainError, precondition } from "#lib/errors/domain-error.ts";
import { countAttempt } from "../attempts.sql.ts";
import { isPassword } from "../password.ts";
import { passwordStepUpInput, stepUpInput } from "../schema.ts";

/** How old a confirmation may be when it is used. */
export const STEP_UP_SECONDS = 120;

export type StepUpMethod = "password" | "oidc";

/** The actor shows the password again, for exactly this action with exactly this input. It is one factor shown twice, and recorded as that. */
export async function confirmByPassword(
  ctx: Ctx,
  input: { action: string; binding: string; password: string },
): Promise<{ stepUpId: string }> {
  authorize(ctx.actor, "self.manage");
  const { action, binding, password } = passwordStepUpInput.parse(input);
  const { signInId, userId, label } = signedIn(ctx.actor);
  const attempt = await countAttempt(ctx, [{ key: `step-up of ${userId}`, max: 10 }]);
  const [user] = await reader.rows<{ password_hash: string | null }>("SELECT password_hash FROM app_users WHERE id = $1::uuid", [userId]);
  const isRight = await isPassword(user?.password_hash ?? null, password);
  const subject = { kind: "user", id: userId, label };
  if (!isRight) {
    const data = { action, cause: "wrong_password" };
    await transactAside(ctx, (tx) => recordAudit(tx, ctx, { type: "user.step_up_refused", subject, data }));
    throw new DomainError("UNAUTHENTICATED", "This is not your password. Nothing was done.", { fields: { password: "Not your password" } });
  }
  await attempt.forgive();
  return transactPg(ctx, async (tx) => {
    const stepUpId = await insertStepUp(tx, { signInId, action, binding, method: "password" });
    await recordAudit(tx, ctx, { type: "user.stepped_up", subject, data: { action, binding, method: "password" } });
    return { stepUpId };
  });
}

/**
 * The identity provider signed the user in afresh, for exactly this action. The caller has verified its answer; here it is checked to speak
 * of the user who asked, since somebody else at the same browser may have signed in there.
 */
export async function confirmByProvider(
  ctx: Ctx,
  input: { action: string; binding: string; issuer: string; subject: string },
): Promise<{ stepUpId: string }> {
  authorize(ctx.actor, "self.manage");
  const { action, binding } = stepUpInput.parse({ action: input.action, binding: input.binding });
  const { signInId, userId, label } = signedIn(ctx.actor);
  const [own] = await reader.rows("SELECT FROM app_users WHERE id = $1::uuid AND issuer = $2::text AND subject = $3::text", [
    userId,
    input.issuer,
    input.subject,
  ]);
  const subject = { kind: "user", id: userId, label };
  if (!own) {
    const data = { action, cause: "somebody_else" };
    await transactAside(ctx, (tx) => recordAudit(tx, ctx, { type: "user.step_up_refused", subject, data }));
    throw new DomainError("FORBIDDEN", "Somebody else signed in at the identity provider. Nothing was done.");
  }
  return transactPg(ctx, async (tx) => {
    const stepUpId = await insertStepUp(tx, { signInId, action, binding, method: "oidc" });
    await recordAudit(tx, ctx, { type: "user.stepped_up", subject, data: { action, binding, method: "oidc" } });
    return { stepUpId };
  });
}

/**
 * Uses up a confirmation that this sign-in made for this action and this binding, at most two minutes ago by the database's clock; null where
 * there is none. In the transaction of the effect: of two calls with one confirmation the second finds it used, and a refused command keeps it.
 */
export async function spendStepUp(
  tx: Tx,
  asked: { signInId: string; action: string; binding: string },
): Promise<{ method: StepUpMethod; at: string } | null> {
  const [used] = await tx.rows<{ method: StepUpMethod; created_at: Date }>(
    `UPDATE step_ups SET used_at = clock_timestamp()
     WHERE used_at IS NULL AND id = (
       SELECT id FROM step_ups WHERE sign_in_id = $1::uuid AND action = $2::text AND binding = $3::text AND used_at IS NULL
         AND created_at > clock_timestamp() - make_interval(secs => $4::int)
       ORDER BY created_at DESC LIMIT 1 FOR UPDATE)
     RETURNING method, created_at`,
    [asked.signInId, asked.action, asked.binding, STEP_UP_SECONDS],
  );
  return used ? { method: used.method, at: used.created_at.toISOString() } : null;
}

async function insertStepUp(tx: Tx, made: { signInId: string; action: string; binding: string; method: StepUpMethod }): Promise<string> {
  const [row] = await tx.rows<{ id: string }>(
    `INSERT INTO step_ups (sign_in_id, action, binding, method, created_at)
     VALUES ($1::uuid, $2::text, $3::text, $4::text, clock_timestamp()) RETURNING id`,
    [made.signInId, made.action, made.binding, made.method],
  );
  if (!row) throw new DomainError("INTERNAL", "The confirmation could not be kept. Try again.");
  return row.id;
}

function signedIn(actor: Actor): { signInId: string; userId: string; label: string } {
  if (actor.kind !== "user" || actor.signInId === null)
    throw precondition("Only somebody who is signed in at the browser can confirm again.");
  return { signInId: actor.signInId, userId: actor.userId, label: actor.label };
}
