import "server-only";
import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import { findCtx, signedOut, visitorCtx } from "#lib/auth/request.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { toDomainError } from "#lib/errors/http.ts";
import { cleanInput } from "./clean-input.ts";
import { originRefusal } from "./origin.ts";
import { perform } from "./perform.ts";
import { recordRefusal } from "./refusals.ts";
import { type Policy, registerAction } from "./registry.ts";
import type { ActionOptions, ActionResult, AnswerKind, TransactionForm } from "./types.ts";

type ActionDefinition<Schema extends z.ZodType> = {
  /** `{domain}.{verb}`: unique; what a confirmation and the log name. */
  name: string;
  permission: Policy;
  input: Schema;
  /** Asks again who this is, for exactly this input: always, or where the input says so. */
  critical?: boolean | ((input: z.output<Schema>) => boolean);
  transaction?: TransactionForm;
  answer?: AnswerKind;
};

/**
 * The only way to make a server action: own pages only, signed in, allowed, parsed, once per key, confirmed where critical. Whatever goes
 * wrong comes back as a result; redirects pass through. The command it calls authorizes once more.
 */
export function defineAction<Schema extends z.ZodType, Data>(
  definition: ActionDefinition<Schema>,
  handler: (ctx: Ctx, input: z.output<Schema>) => Promise<Data>,
): (input: unknown, options?: ActionOptions) => Promise<ActionResult<Data>> {
  const { name, permission, input: schema, critical = false, transaction = "prisma", answer = "kept" } = definition;
  const call = async (given: unknown, options?: ActionOptions): Promise<ActionResult<Data>> => {
    let ctx: Ctx | null = null;
    try {
      const from = await headers();
      refuseForeign(from);
      ctx = permission === "public" ? visitorCtx(from) : await findCtx();
      if (!ctx) throw signedOut();
      if (permission !== "public") authorize(ctx.actor, permission);
      const input = schema.parse(cleanInput(given));
      const idempotencyKey = options?.idempotencyKey === undefined ? null : String(options.idempotencyKey);
      const isCritical = typeof critical === "function" ? critical(input) : critical;
      const operation = { name, critical: isCritical, transaction, answer, input, idempotencyKey };
      const data = await perform(ctx, operation, (inner) => handler(inner, input));
      return { ok: true, data };
    } catch (error) {
      unstable_rethrow(error);
      const known = toDomainError(error);
      if (ctx) await recordRefusal(ctx, name, known);
      return { ok: false, code: known.code, message: known.message, fields: known.fields, details: known.details };
    }
  };
  registerAction({ name, permission, critical: critical !== false, call });
  return call;
}

/** Next checks this for its own actions; that check was bypassed before, so this one stands on its own. */
function refuseForeign(from: Headers): void {
  const refusal = originRefusal(from, new URL(env().APP_ORIGIN).origin);
  if (refusal)
    throw new DomainError(
      "FORBIDDEN",
      `This request was refused: ${refusal}. Open Countersign at ${env().APP_ORIGIN} and try again there.`,
    );
}
