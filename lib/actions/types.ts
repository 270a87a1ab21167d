import type { ErrorCode } from "#lib/errors/domain-error.ts";

/** What every server action answers. The message is for people and says what happened and what to do. */
export type ActionResult<Data = unknown> =
  | { ok: true; data: Data }
  | {
      ok: false;
      code: ErrorCode;
      message: string;
      fields?: Record<string, string> | undefined;
      details?: Readonly<Record<string, unknown>> | undefined;
    };

export type ActionOptions = {
  /** Chosen by the caller, the same when it tries again: the effect happens once and each try gets its answer. */
  idempotencyKey?: string;
};

/**
 * How the effect shares a transaction with its Idempotency-Key and its confirmation. `prisma` (the usual) and `pg` are opened around the
 * handler, whose commands join it: use `pg` where the commands take only transactPg or transactCopy. `own`: the handler opens its own, since
 * it runs long; key and confirmation are then used in a transaction before it.
 */
export type TransactionForm = "prisma" | "pg" | "own";

/** `kept` answers a retry with the first answer; `once` where the answer holds a secret, which must not be stored to be repeated. */
export type AnswerKind = "kept" | "once";
