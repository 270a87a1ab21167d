import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { reader } from "#lib/db/transact.ts";

/** Working rows that evidence never cites: remembered answers after a day, counted attempts after an hour. */
export async function forgetSpent(ctx: Ctx): Promise<void> {
  authorize(ctx.actor, "retention.forget");
  await reader.rows("DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'");
  await reader.rows("DELETE FROM sign_in_attempts WHERE at < now() - interval '1 hour'");
}

/** For the worker. */
export const ticks = [{ name: "auth.forget_spent", everyMs: 10 * 60_000, run: forgetSpent }];
