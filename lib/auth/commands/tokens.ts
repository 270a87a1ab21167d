import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transact } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DomainError, notFound, precondition } from "#lib/errors/domain-error.ts";
import { tellAccountChanged } from "#lib/notifications/account.sql.ts";
import { countAttempt } from "../attempts.sql.ts";
import { API_TOKEN_HOURS } from "../rules.ts";
import { askCliLoginInput, type CreateApiTokenInput, confirmCliLoginInput, createApiTokenInput, tokenInput } from "../schema.ts";
import { codeDigestOf, digestOf, newCode, newSecret } from "../secrets.ts";

const TOKEN_PREFIX = "cs_";
const CODE_MINUTES = 10;
/** How often the command line asks whether its code was confirmed. */
export const POLL_SECONDS = 2;

export type MadeToken = { tokenId: string; token: string; expiresAt: string };

/** A bearer token with the maker's own rights at each instant of its use. It is handed out here, once. */
export async function createApiToken(ctx: Ctx, input: CreateApiTokenInput): Promise<MadeToken> {
  authorize(ctx.actor, "self.manage");
  const { label, hours } = createApiTokenInput.parse(input);
  const actor = atTheBrowser(ctx.actor);
  const token = newSecret(TOKEN_PREFIX);
  return transact(ctx, async ({ tx, ctx: inner }) => {
    const made = await insertToken(tx, { userId: actor.userId, hash: digestOf(token), label, hours });
    const subject = { kind: "api_token", id: made.tokenId, label };
    await recordAudit(tx, inner, { type: "api_token.created", subject, data: made });
    await tellAccountChanged(tx, inner, actor, "token_created");
    return { ...made, token };
  });
}

/** The actor's own token; an administrator ends anybody's by disabling the user. Its next use is refused. */
export async function revokeApiToken(ctx: Ctx, input: { tokenId: string }): Promise<void> {
  authorize(ctx.actor, "self.manage");
  const { tokenId } = tokenInput.parse(input);
  const { actor } = ctx;
  if (actor.kind !== "user") throw notFound("API token", tokenId);
  await transact(ctx, async ({ tx, ctx: inner }) => {
    const [ended] = await tx.rows<{ label: string }>(
      "UPDATE api_tokens SET revoked_at = now() WHERE id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NULL RETURNING label",
      [tokenId, actor.userId],
    );
    if (!ended) throw notFound("API token", tokenId);
    const subject = { kind: "api_token", id: tokenId, label: ended.label };
    await recordAudit(tx, inner, { type: "api_token.revoked", subject, data: { tokenId } });
  });
}

/**
 * The command line asks to sign in: it holds the token from now on, and shows the code. The token counts for nothing until somebody who is
 * signed in confirms that code, so no secret travels a second time.
 */
export async function askCliLogin(ctx: Ctx, input: { label?: string }): Promise<{ code: string; pollToken: string; expiresAt: string }> {
  authorize(ctx.actor, "cli_login.ask");
  const { label } = askCliLoginInput.parse(input);
  const address = ctx.actor.kind === "visitor" ? (ctx.actor.address ?? null) : null;
  await countAttempt(ctx, [{ key: `command-line login from ${address}`, max: 30 }]);
  const [code, pollToken] = [newCode(8), newSecret(TOKEN_PREFIX)];
  return transact(ctx, async ({ tx, ctx: inner }) => {
    const [made] = await tx.rows<{ id: string; expires_at: Date }>(
      `INSERT INTO cli_logins (code_hash, token_hash, label, address, expires_at)
       VALUES ($1::bytea, $2::bytea, $3::text, $4::text, now() + make_interval(mins => $5::int)) RETURNING id, expires_at`,
      [codeDigestOf(code), digestOf(pollToken), label || "a command line", address, CODE_MINUTES],
    );
    if (!made) throw new DomainError("INTERNAL", "The login could not be begun. Try again.");
    const expiresAt = made.expires_at.toISOString();
    const subject = { kind: "cli_login", id: made.id, label: label || "a command line" };
    await recordAudit(tx, inner, { type: "cli_login.asked", subject, data: { expiresAt } });
    return { code, pollToken, expiresAt };
  });
}

/** The actor vouches for the command line that shows this code: its token is theirs for a day. */
export async function confirmCliLogin(ctx: Ctx, input: { code: string }): Promise<{ label: string; expiresAt: string }> {
  authorize(ctx.actor, "self.manage");
  const { code } = confirmCliLoginInput.parse(input);
  const actor = atTheBrowser(ctx.actor);
  await countAttempt(ctx, [{ key: `command-line code by ${actor.userId}`, max: 20 }]);
  return transact(ctx, async ({ tx, ctx: inner }) => {
    const [login] = await tx.rows<{ id: string; label: string; token_hash: Uint8Array }>(
      `UPDATE cli_logins SET confirmed_at = now(), confirmed_by = $2::uuid
       WHERE code_hash = $1::bytea AND confirmed_at IS NULL AND expires_at > now() RETURNING id, label, token_hash`,
      [codeDigestOf(code), actor.userId],
    );
    if (!login) throw codeUnknown();
    const label = `command line on ${login.label}`;
    const made = await insertToken(tx, { userId: actor.userId, hash: login.token_hash, label, hours: API_TOKEN_HOURS.usual });
    const subject = { kind: "api_token", id: made.tokenId, label };
    await recordAudit(tx, inner, { type: "api_token.created", subject, data: made });
    const asked = { kind: "cli_login", id: login.id, label: login.label };
    await recordAudit(tx, inner, { type: "cli_login.confirmed", subject: asked, data: { tokenId: made.tokenId } });
    return { label: login.label, expiresAt: made.expiresAt };
  });
}

export const codeUnknown = () =>
  new DomainError(
    "NOT_FOUND",
    "No command line waits with this code: it was mistyped, used already, or ran out. Run `countersign login` again.",
    {
      fields: { code: "No command line waits with this code" },
    },
  );

/** A token makes no further tokens: somebody who found one would otherwise keep themselves in. */
function atTheBrowser(actor: Actor): Extract<Actor, { kind: "user" }> {
  if (actor.kind !== "user" || actor.signInId === null)
    throw precondition("This is done by a user who is signed in at the browser, not by a token.");
  return actor;
}

type NewToken = { userId: string; hash: Uint8Array; label: string; hours: number };

async function insertToken(tx: Tx, { userId, hash, label, hours }: NewToken): Promise<{ tokenId: string; expiresAt: string }> {
  const [made] = await tx.rows<{ id: string; expires_at: Date }>(
    `INSERT INTO api_tokens (user_id, token_hash, label, expires_at)
     VALUES ($1::uuid, $2::bytea, $3::text, now() + make_interval(hours => $4::int)) RETURNING id, expires_at`,
    [userId, hash, label, hours],
  );
  if (!made) throw new DomainError("INTERNAL", "The token could not be kept. Try again.");
  return { tokenId: made.id, expiresAt: made.expires_at.toISOString() };
}
