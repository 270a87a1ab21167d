import "server-only";
import { randomUUID } from "node:crypto";
import { cookies, headers } from "next/headers";
import { cache } from "react";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { addressOf } from "./address.ts";
import { cookieOf, SIGN_IN_COOKIE } from "./cookie.ts";
import { findApiToken, findSignIn } from "./sign-in.sql.ts";

export const signedOut = () =>
  new DomainError("UNAUTHENTICATED", "You are not signed in, or your sign-in ended. Sign in, then try again. Nothing was changed.");

const ctxOf = (actor: Actor): Ctx => ({ actor, now: new Date(), requestId: randomUUID() });

/** Where a request came from and with what, as far as it says. */
function about(from: Headers): { address?: string; userAgent?: string } {
  const address = addressOf(from.get("x-forwarded-for"), env().TRUSTED_PROXY_HOPS);
  const userAgent = from.get("user-agent")?.toWellFormed().slice(0, 250);
  return { ...(address ? { address } : {}), ...(userAgent ? { userAgent } : {}) };
}

/** For what is open to everybody: the sign-in page's own calls. */
export const visitorCtx = (from: Headers): Ctx =>
  ctxOf({ kind: "visitor", label: "somebody not signed in", authentication: { method: "none" }, ...about(from) });

/** The page's or action's caller, read once per request; null where nobody is signed in. */
export const findCtx = cache(async (): Promise<Ctx | null> => {
  const sid = (await cookies()).get(SIGN_IN_COOKIE)?.value;
  if (!sid) return null;
  const actor = await findSignIn(sid, about(await headers()));
  return actor ? ctxOf(actor) : null;
});

/**
 * The caller of a route handler: by token where one is sent, and then the cookie counts for nothing; else by cookie. Throws UNAUTHENTICATED.
 * A bearer is safe from forged requests, a cookie needs the origin checked: `isBearer` says which it was.
 */
export async function ctxOfRequest(request: Request): Promise<Ctx> {
  const token = bearerOf(request.headers);
  const sid = cookieOf(request.headers.get("cookie"), SIGN_IN_COOKIE);
  const actor =
    token !== null ? await findApiToken(token, about(request.headers)) : sid ? await findSignIn(sid, about(request.headers)) : null;
  if (!actor) throw signedOut();
  return ctxOf(actor);
}

/** The token of an Authorization header; "" where the header is there and is no bearer, so that it is refused and not overlooked. */
export function bearerOf(from: Headers): string | null {
  const header = from.get("authorization");
  if (header === null) return null;
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? "";
}
