import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, DomainError } from "#lib/errors/domain-error.ts";

export type CallKey = { actorId: string; route: string; key: string; bodyDigest: string };

/** The answer of the first call with this key; `null` where this is the first. */
export type Replay = { answer: unknown } | null;

const WAIT_MS = 2_000;
const KEPT_HOURS = 24;

/**
 * Takes the key in the caller's transaction, or finds what an earlier call with it answered: one statement where nobody is in the way. A call
 * with the same key that is still under way is waited for, at most two seconds: longer, and callers who repeat themselves could hold every
 * connection.
 */
export async function takeKey(tx: Tx, call: CallKey): Promise<Replay> {
  let { isFree, isTaken } = await tryToTake(tx, call);
  if (!isFree) {
    await waitForFirst(tx, call);
    ({ isTaken } = await tryToTake(tx, call));
  }
  if (isTaken) return null;
  const found = await findStored(tx, call);
  if (found?.is_over) {
    await tx.rows("DELETE FROM idempotency_keys WHERE actor_id = $1::text AND route = $2::text AND key = $3::text", idOf(call));
    ({ isTaken } = await tryToTake(tx, call));
    if (isTaken) return null;
  }
  if (!found) throw conflict("The same request was just withdrawn. Try again.");
  if (found.body_digest !== call.bodyDigest)
    throw new DomainError("IDEMPOTENCY_CONFLICT", "This Idempotency-Key was used for something else within the last day. Use a new one.");
  return replayOf(found.response);
}

const idOf = (call: CallKey): [string, string, string] => [call.actorId, call.route, call.key];
const LOCK = "hashtextextended(concat_ws(' ', 'idempotency', $1::text, $2::text, $3::text), 0)";

/** Without its transaction it would leave the key begun, which is refused from then on, and nothing done. */
async function tryToTake(tx: Tx, call: CallKey): Promise<{ isFree: boolean; isTaken: boolean }> {
  const [row] = await tx.rows<{ is_free: boolean; is_taken: boolean }>(
    `WITH lock AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${LOCK}) AS is_free), taken AS (
       INSERT INTO idempotency_keys (actor_id, route, key, body_digest, response)
       SELECT $1::text, $2::text, $3::text, $4::text, '{"state": "begun"}' FROM lock WHERE is_free ON CONFLICT DO NOTHING RETURNING key)
     SELECT is_free, EXISTS (SELECT FROM taken) AS is_taken FROM lock`,
    [...idOf(call), call.bodyDigest],
    { name: "take_idempotency_key", early: true },
  );
  return { isFree: row?.is_free ?? false, isTaken: row?.is_taken ?? false };
}

async function waitForFirst(tx: Tx, call: CallKey): Promise<void> {
  await tx.rows("SELECT set_config('lock_timeout', $1::text, true)", [`${WAIT_MS}ms`]);
  await tx.rows(`SELECT FROM (SELECT pg_advisory_xact_lock(${LOCK})) AS locked`, idOf(call)).catch((error: unknown) => {
    if (isLockTimeout(error))
      throw conflict("The same request is still being worked on. Try again in a moment; it will not be done twice.");
    throw error;
  });
  await tx.rows("SELECT set_config('lock_timeout', '0', true)");
}

async function findStored(tx: Tx, call: CallKey): Promise<{ body_digest: string; response: Stored; is_over: boolean } | undefined> {
  const [found] = await tx.rows<{ body_digest: string; response: Stored; is_over: boolean }>(
    `SELECT body_digest, response, created_at < now() - make_interval(hours => $4::int) AS is_over
     FROM idempotency_keys WHERE actor_id = $1::text AND route = $2::text AND key = $3::text`,
    [...idOf(call), KEPT_HOURS],
  );
  return found;
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
  const sql = "UPDATE idempotency_keys SET response = $4::text::jsonb WHERE actor_id = $1::text AND route = $2::text AND key = $3::text";
  const options = { name: "keep_idempotency_answer" };
  if (tx.last) tx.last(sql, [...idOf(call), text], options);
  else await tx.rows(sql, [...idOf(call), text], options);
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
