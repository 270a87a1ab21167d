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
