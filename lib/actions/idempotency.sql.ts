import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, DomainError } from "#lib/errors/domain-error.ts";

export type CallKey = { actorId: string; route: string; key: string; bodyDigest: string };

/** The answer of the first call with this key; `null` where this is the first. */
export type Replay = { answer: unknown } | null;

const WAIT_MS = 2_000;
const KEPT_HOURS = 24;

/**
 * Takes the key in the caller's transaction, or finds what an earlier call with it answered. A call with the same key that is still under way
 * is waited for, at most two seconds: longer, and callers who repeat themselves could hold every connection.
 */
export async function takeKey(tx: Tx, call: CallKey): Promise<Replay> {
  const values = [call.actorId, call.route, call.key];
  await tx.rows(
    `DELETE FROM idempotency_keys WHERE actor_id = $1::text AND route = $2::text AND key = $3::text
       AND created_at < now() - make_interval(hours => $4::int)`,
    [...values, KEPT_HOURS],
  );
  await tx.rows("SELECT set_config('lock_timeout', $1::text, true)", [`${WAIT_MS}ms`]);
  const taken = await tx
    .rows(
      `INSERT INTO idempotency_keys (actor_id, route, key, body_digest, response)
       VALUES ($1::text, $2::text, $3::text, $4::text, '{"state": "begun"}') ON CONFLICT DO NOTHING RETURNING key`,
      [...values, call.bodyDigest],
    )
    .catch((error: unknown) => {
      if (isLockTimeout(error))
        throw conflict("The same request is still being worked on. Try again in a moment; it will not be done twice.");
      throw error;
    });
  await tx.rows("SELECT set_config('lock_timeout', '0', true)");
  if (taken.length > 0) return null;
  const [found] = await tx.rows<{ body_digest: string; response: Stored }>(
    "SELECT body_digest, response FROM idempotency_keys WHERE actor_id = $1::text AND route = $2::text AND key = $3::text",
    values,
  );
  if (!found) throw conflict("The same request was just withdrawn. Try again.");
  if (found.body_digest !== call.bodyDigest)
    throw new DomainError("IDEMPOTENCY_CONFLICT", "This Idempotency-Key was used for something else within the last day. Use a new one.");
  return replayOf(found.response);
}

type Stored = { state: "begun" } | { state: "done"; answer?: unknown } | { state: "done_once" };

function replayOf(stored: Stored): Replay {
  switch (stored.state) {
    case "done":
      return { answer: stored.answer };
    case "done_once":
      throw conflict("This was done already, by the same request before. What it answered is shown only once.");
    case "begun":
      throw conflict("The same request was begun before and has not ended, or broke off. See what it did before you send a new one.");
  }
}

/** Keeps the answer for a day. An answer with a secret is not kept, only that there was one. */
export async function keepAnswer(tx: Tx, call: CallKey, answer: unknown, isSecret: boolean): Promise<void> {
  const stored: Stored = isSecret ? { state: "done_once" } : { state: "done", answer };
  const text = JSON.stringify(stored, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  await tx.rows(
    "UPDATE idempotency_keys SET response = $4::text::jsonb WHERE actor_id = $1::text AND route = $2::text AND key = $3::text",
    [call.actorId, call.route, call.key, text],
  );
}

/** Gives the key back after a call that changed nothing. */
export async function releaseKey(tx: Tx, call: CallKey): Promise<void> {
  await tx.rows(
    "DELETE FROM idempotency_keys WHERE actor_id = $1::text AND route = $2::text AND key = $3::text AND response->>'state' = 'begun'",
    [call.actorId, call.route, call.key],
  );
}

/** PostgreSQL's 55P03, as pg and as Prisma throw it. */
function isLockTimeout(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  if ("code" in error && error.code === "55P03") return true;
  const meta = "meta" in error ? JSON.stringify(error.meta) : "";
  return meta.includes("55P03");
}
