import type { OpenTx } from "#lib/db/transact.ts";
import type { Actor } from "./actor.ts";

/** Built once per request, command-line call or job. */
export type Ctx = {
  readonly actor: Actor;
  /** The instant that the command speaks of; the database's clock rules expiry and audit. */
  readonly now: Date;
  readonly requestId: string;
  /** The open transaction, so that commands compose. */
  readonly tx?: OpenTx;
};

/** The same call outside the caller's transaction: for what is kept although the caller is refused and rolls back. */
export function alone(ctx: Ctx): Ctx {
  const { tx: _callers, ...rest } = ctx;
  return rest;
}
