import "server-only";
import type { z } from "zod";
import { bearerOf, ctxOfRequest, visitorCtx } from "#lib/auth/request.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { env } from "#lib/env.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import { toDomainError, toProblem } from "#lib/errors/http.ts";
import { cleanInput } from "./clean-input.ts";
import { originRefusal } from "./origin.ts";
import { perform } from "./perform.ts";
import { recordRefusal } from "./refusals.ts";
import { type Policy, type RouteContext, registerRoute } from "./registry.ts";
import type { AnswerKind, TransactionForm } from "./types.ts";

type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

type RouteDefinition<Input extends z.ZodType, Query extends z.ZodType, Params extends z.ZodType> = {
  /** `{domain}.{verb}`; unique together with the method. */
  name: string;
  method: Method;
  permission: Policy;
  /** The JSON body. Left out, the handler reads `request.body` itself: uploads, streams. */
  input?: Input;
  query?: Query;
  params?: Params;
  /** Of a JSON body, and of the declared length of any other. */
  maxBytes?: number;
  critical?: boolean;
  transaction?: TransactionForm;
  answer?: AnswerKind;
};

type Given<Input extends z.ZodType, Query extends z.ZodType, Params extends z.ZodType> = {
  input: z.output<Input>;
  query: z.output<Query>;
  params: z.output<Params>;
  request: Request;
};

const JSON_BYTES = 1024 * 1024;
const SAFE: readonly Method[] = ["GET", "HEAD"];

/**
 * The only way to make a route handler: token or cookie, origin checked for cookies, allowed, parsed, capped, once per Idempotency-Key, never
 * stored by caches. The handler answers with data (sent as JSON, nothing as 204) or with a Response of its own; errors become problem+json.
 */
export function defineRoute<Input extends z.ZodType, Query extends z.ZodType, Params extends z.ZodType>(
  definition: RouteDefinition<Input, Query, Params>,
  handler: (ctx: Ctx, given: Given<Input, Query, Params>) => Promise<unknown>,
): (request: Request, context?: RouteContext) => Promise<Response> {
  const { name, method, permission, critical = false, transaction = "prisma", answer = "kept" } = definition;
  const call = async (request: Request, context?: RouteContext): Promise<Response> => {
    let ctx: Ctx | null = null;
    try {
      refuseForeign(request, method, permission);
      ctx = permission === "public" ? visitorCtx(request.headers) : await ctxOfRequest(request);
      if (permission !== "public") authorize(ctx.actor, permission);
      refuseTooLarge(request, definition.maxBytes ?? (definition.input ? JSON_BYTES : null));
      const { input, query, params } = await parse(definition, request, context);
      const given = { input, query, params, request } as Given<Input, Query, Params>;
      const idempotencyKey = SAFE.includes(method) ? null : request.headers.get("idempotency-key");
      const told = definition.input ? {} : toldOf(request.headers);
      const operation = { name, critical, transaction, answer, input: { input, query, params, ...told }, idempotencyKey };
      return answerOf(await perform(ctx, operation, (inner) => handler(inner, given)));
    } catch (error) {
      const known = toDomainError(error);
      if (ctx) await recordRefusal(ctx, name, known);
      return toProblem(known);
    }
  };
  registerRoute({ name, method, permission, critical, call });
  return call;
}

/** A browser's cookie comes along from any page; a bearer only from who holds it. Programs may call public routes and have no origin. */
function refuseForeign(request: Request, method: Method, permission: Policy): void {
  if (SAFE.includes(method) || bearerOf(request.headers) !== null) return;
  const refusal = originRefusal(request.headers, new URL(env().APP_ORIGIN).origin, permission === "public");
  if (refusal) throw new DomainError("FORBIDDEN", `This request was refused: ${refusal}.`);
}

function refuseTooLarge(request: Request, maxBytes: number | null): void {
  if (maxBytes === null) return;
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

/** What a request whose body is read by its handler says of it: the same Idempotency-Key with another file or another input is a conflict. */
const TOLD = ["content-length", "content-digest", "upload-facts", "x-countersign-input", "x-countersign-file"];
const toldOf = (headers: Headers) => ({
  told: Object.fromEntries(TOLD.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : []))),
});

const tooLarge = (maxBytes: number) => new DomainError("TOO_LARGE", `At most ${maxBytes} bytes are taken here.`);

async function parse<Input extends z.ZodType, Query extends z.ZodType, Params extends z.ZodType>(
  { input, query, params, maxBytes = JSON_BYTES }: RouteDefinition<Input, Query, Params>,
  request: Request,
  context: RouteContext | undefined,
) {
  const search: Record<string, string | string[]> = {};
  for (const [key, value] of new URL(request.url).searchParams) {
    const known = search[key];
    search[key] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return {
    params: params ? params.parse(cleanInput(await context?.params)) : undefined,
    query: query ? query.parse(cleanInput(search)) : undefined,
    input: input ? input.parse(cleanInput(await readJson(request, maxBytes))) : undefined,
  };
}

/** Reads no further than the cap, whatever the length header says. */
async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) throw invalid("Send the body as application/json.");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw invalid("The body is not JSON in UTF-8.");
  }
}

function answerOf(answer: unknown): Response {
  if (answer instanceof Response) {
    if (!answer.headers.has("cache-control")) answer.headers.set("cache-control", "no-store");
    return answer;
  }
  const headers = { "cache-control": "no-store" };
  return answer === undefined || answer === null ? new Response(null, { status: 204, headers }) : Response.json(answer, { headers });
}
