import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { DataOf } from "./kinds.ts";
import { notify } from "./notify.sql.ts";

/** Tells a user that their account was changed, by whomever: mailed at once, and never switched off. */
export async function tellAccountChanged(
  tx: Tx,
  ctx: Ctx,
  user: { userId: string; label: string },
  change: DataOf<"account_changed">["change"],
): Promise<void> {
  const { userId, label } = user;
  const about = { kind: "user", id: userId, label } as const;
  await notify(tx, ctx, { kind: "account_changed", to: { userId }, about, key: `account:${change}:${ctx.requestId}`, data: { change } });
}
