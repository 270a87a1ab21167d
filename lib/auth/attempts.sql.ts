import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader, transactAside } from "#lib/db/transact.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { ATTEMPT_MINUTES } from "./rules.ts";
import { digestOf } from "./secrets.ts";

export type Limit = { key: string; max: number };
export type Attempt = {
  /** It was allowed to happen and was right: it no longer counts, nor do the earlier ones against the first, tightest key. */
  forgive(): Promise<void>;
};

/**
 * Counts one attempt against every key before it is made, or refuses it with RATE_LIMITED. Kept in the database, so that the limits hold over
 * any number of processes and at any concurrency: the keys are locked while they are counted. Commits at once, whatever becomes of the caller.
 */
export async function countAttempt(ctx: Ctx, limits: readonly Limit[]): Promise<Attempt> {
  const keys = limits.map(({ key }) => digestOf(key).toString("base64url"));
  const ids = await transactAside(ctx, async (tx) => {
    await tx.rows(
      `SELECT pg_advisory_xact_lock(lock) FROM
         (SELECT DISTINCT hashtextextended('attempt ' || key, 0) AS lock FROM unnest($1::text[]) AS key ORDER BY 1) AS locks`,
      [keys],
    );
    const counted = await tx.rows<{ key: string; count: number; wait: number }>(
      `SELECT key, count(*)::int AS count,
         ceil(extract(epoch FROM min(at) + make_interval(mins => $2::int) - clock_timestamp()))::int AS wait
       FROM sign_in_attempts WHERE key = ANY ($1::text[]) AND at > clock_timestamp() - make_interval(mins => $2::int) GROUP BY key`,
      [keys, ATTEMPT_MINUTES],
    );
    const waits = limits.map(({ max }, at) => {
      const found = counted.find(({ key }) => key === keys[at]);
      return found && found.count >= max ? Math.max(1, found.wait) : 0;
    });
    const wait = Math.max(0, ...waits);
    if (wait > 0) throw tooMany(wait);
    const rows = await tx.rows<{ id: string }>(
      "INSERT INTO sign_in_attempts (key, at) SELECT key, clock_timestamp() FROM unnest($1::text[]) AS key RETURNING id::text",
      [keys],
    );
    return rows.map(({ id }) => id);
  });
  return {
    forgive: async () => {
      await reader.rows("DELETE FROM sign_in_attempts WHERE id = ANY ($1::bigint[]) OR key = $2::text", [ids, keys[0] ?? ""]);
    },
  };
}

function tooMany(retryAfterSeconds: number): DomainError {
  const minutes = Math.ceil(retryAfterSeconds / 60);
  return new DomainError("RATE_LIMITED", `Too many attempts. Wait ${minutes === 1 ? "a minute" : `${minutes} minutes`}, then try again.`, {
    details: { retryAfterSeconds },
  });
}
