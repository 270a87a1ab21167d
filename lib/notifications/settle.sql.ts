import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { NotificationKind } from "./kinds.ts";

/**
 * What was asked is done, by whomever: it is not unread any more, and not mailed where it was not yet. `isOver` is a condition on
 * notifications n, whose values begin with $3; written in the transaction that settles it, or found by a sweep.
 */
export async function settleNotices(
  tx: Tx,
  ctx: Ctx,
  kinds: readonly NotificationKind[],
  isOver: { sql: string; values: readonly unknown[] },
): Promise<number> {
  const settled = await tx.rows(
    `UPDATE notifications n SET read_at = $1::timestamptz WHERE n.read_at IS NULL AND n.kind = ANY ($2::text[]) AND (${isOver.sql}) RETURNING n.id`,
    [ctx.now, kinds, ...isOver.values],
  );
  return settled.length;
}
