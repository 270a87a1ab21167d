import "server-only";
import { createHmac } from "node:crypto";
import { canonicalize } from "#lib/audit/canonical.ts";
import type { JsonValue } from "#lib/audit/types.ts";
import { spendStepUp } from "#lib/auth/commands/step-up.ts";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { transact, transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { env } from "#lib/env.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import { type CallKey, keepAnswer, releaseKey, takeKey } from "./idempotency.sql.ts";
import type { AnswerKind, TransactionForm } from "./types.ts";

export type Operation = {
  name: string;
  critical: boolean;
  transaction: TransactionForm;
  answer: AnswerKind;
  /** What is asked for, as parsed: the confirmation of a critical action is bound to exactly this. */
  input: unknown;
  idempotencyKey: string | null;
};

/** Runs a handler once per Idempotency-Key and, where it is critical, only with a fresh confirmation, which it uses up. */
export async function perform<Data>(ctx: Ctx, operation: Operation, run: (ctx: Ctx) => Promise<Data>): Promise<Data> {
  const call = callOf(ctx.actor, operation);
  if (!operation.critical && !call) return run(ctx);
  const leaving: { by?: unknown } = {};
  const arriving = async (inner: Ctx) => run(inner).catch((error: unknown) => leave(leaving, error) as Data);
  const guarded = { ctx, operation, call, run: arriving };
  const data = await inTransaction(guarded);
  if (leaving.by) throw leaving.by;
  return data;
}

async function inTransaction<Data>(guarded: Guarded<Data>): Promise<Data> {
  const { ctx, operation } = guarded;
  switch (operation.transaction) {
    case "prisma":
      return transact(ctx, ({ tx, ctx: inner }) => once(guarded, tx, inner));
    case "pg":
      return transactPg(ctx, (tx, inner) => once(guarded, tx, inner));
    case "own":
      return before(guarded);
  }
}

/** redirect() is thrown after the effect and must not undo it: it is kept until the transaction has committed. Any other error goes on. */
function leave(leaving: { by?: unknown }, error: unknown): undefined {
  const digest = typeof error === "object" && error !== null && "digest" in error ? String(error.digest) : "";
  if (!digest.startsWith("NEXT_")) throw error;
  leaving.by = error;
}

type Guarded<Data> = { ctx: Ctx; operation: Operation; call: CallKey | null; run: (ctx: Ctx) => Promise<Data> };

/** Key, confirmation, effect and answer in one transaction: all of them or none. */
async function once<Data>({ operation, call, run }: Guarded<Data>, tx: Tx, inner: Ctx): Promise<Data> {
  const replay = call ? await takeKey(tx, call) : null;
  if (replay) return replay.answer as Data;
  const data = await run(await confirmed(tx, inner, operation));
  if (call) await keepAnswer(tx, call, data, isOnce(operation, data));
  return data;
}

/** A file or a stream cannot be repeated from a row either. */
const isOnce = (operation: Operation, data: unknown): boolean => operation.answer === "once" || data instanceof Response;

/** Key and confirmation are used first; an effect that is refused gives the key back, one that breaks off leaves it begun, to be looked at. */
async function before<Data>({ ctx, operation, call, run }: Guarded<Data>): Promise<Data> {
  const begun = await transactPg(ctx, async (tx) => {
    const replay = call ? await takeKey(tx, call) : null;
    return replay ? { replay, ctx } : { replay: null, ctx: await confirmed(tx, ctx, operation) };
  });
  if (begun.replay) return begun.replay.answer as Data;
  try {
    const data = await run(begun.ctx);
    if (call) await transactPg(ctx, (tx) => keepAnswer(tx, call, data, isOnce(operation, data)));
    return data;
  } catch (error) {
    if (call && error instanceof DomainError) await transactPg(ctx, (tx) => releaseKey(tx, call));
    throw error;
  }
}

/** The context with its confirmation, where the operation needs one. The audit then says how it was confirmed and when. */
async function confirmed(tx: Tx, ctx: Ctx, operation: Operation): Promise<Ctx> {
  if (!operation.critical) return ctx;
  const { actor } = ctx;
  const binding = bindingOf(operation, env().NEXTAUTH_SECRET);
  if (actor.kind !== "user" || actor.signInId === null)
    throw new DomainError(
      "STEP_UP_REQUIRED",
      "This has to be confirmed by a person at the browser: a token cannot confirm again who sent it.",
      {
        details: { action: operation.name, binding, methods: [] },
      },
    );
  const stepUp = await spendStepUp(tx, { signInId: actor.signInId, action: operation.name, binding });
  if (stepUp) return { ...ctx, actor: { ...actor, authentication: { ...actor.authentication, stepUp } } };
  const method = actor.authentication.method === "oidc" ? "oidc" : "password";
  throw new DomainError("STEP_UP_REQUIRED", "Confirm that it is you. The confirmation counts once, for two minutes, and only for this.", {
    details: { action: operation.name, binding, method, methods: [method] },
  });
}

/** Over the action's name and the canonical text of its input. Keyed, since the input may hold a secret that somebody could guess at. */
export function bindingOf({ name, input }: Pick<Operation, "name" | "input">, key: string): string {
  return createHmac("sha256", key)
    .update(`binding\n${name}\n${canonicalText(input)}`, "utf8")
    .digest("hex");
}

/** Undefined members go; big integers, instants and fractions are text, since canonical JSON holds none of them. */
function canonicalText(input: unknown): string {
  const text = JSON.stringify(input ?? null, (_key, value: unknown) => {
    if (typeof value === "bigint") return value.toString();
    return typeof value === "number" && !Number.isSafeInteger(value) ? String(value) : value;
  });
  return canonicalize(JSON.parse(text) as JsonValue);
}

function callOf(actor: Actor, { name, input, idempotencyKey }: Operation): CallKey | null {
  if (idempotencyKey === null) return null;
  if (!/^[\x21-\x7e]{8,200}$/.test(idempotencyKey)) throw invalid("An Idempotency-Key is 8 to 200 visible characters, a UUID for example.");
  const actorId = actor.kind === "user" ? actor.userId : actor.kind;
  if (actor.kind === "visitor") return null; // nobody in particular: one visitor must not learn another's answer
  return { actorId, route: name, key: idempotencyKey, bodyDigest: bindingOf({ name, input }, env().NEXTAUTH_SECRET) };
}
