import "server-only";
import { decode, encode } from "next-auth/jwt";
import * as openid from "openid-client";
import { z } from "zod";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { env } from "#lib/env.ts";
import { DomainError, precondition } from "#lib/errors/domain-error.ts";
import { confirmByProvider } from "./commands/step-up.ts";
import { COOKIE_OPTIONS, cookieOf } from "./cookie.ts";
import { sameOriginUrl } from "./next-auth.ts";
import { stepUpInput } from "./schema.ts";

const COOKIE = "__Host-countersign.step-up";
const COOKIE_SECONDS = 600;
const CALLBACK = "/api/auth/step-up/callback";
/** How far the provider's clock may be from ours. */
const SKEW_SECONDS = 30;
/** How long ago the provider may have signed the user in when its answer arrives. */
const MAX_AGE_SECONDS = 120;

/** What the browser carries, encrypted, from the start to the answer: bound to one sign-in, one action and its input. */
const journey = z.object({
  signInId: z.string(),
  action: z.string(),
  binding: z.string(),
  returnTo: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  startedAt: z.number(),
});

/** Sends the user to the identity provider to sign in afresh, whatever it remembers of them. */
export async function startProviderStepUp(ctx: Ctx, asked: { action: string; binding: string; returnTo: string }): Promise<Response> {
  const { action, binding } = stepUpInput.parse({ action: asked.action, binding: asked.binding });
  const config = await discover();
  const [state, nonce, verifier] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier()];
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: new URL(CALLBACK, env().APP_ORIGIN).href,
    scope: "openid",
    prompt: "login",
    max_age: "0",
    state,
    nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const returnTo = sameOriginUrl(asked.returnTo, env().APP_ORIGIN);
  const startedAt = Math.floor(ctx.now.getTime() / 1000);
  const token = { signInId: signInOf(ctx.actor), action, binding, returnTo, state, nonce, verifier, startedAt };
  const value = await encode({ token, secret: env().NEXTAUTH_SECRET, salt: COOKIE, maxAge: COOKIE_SECONDS });
  return redirectTo(address.href, setCookie(value, COOKIE_SECONDS));
}

/** The provider's answer: verified, fresh, of this very user. Then back to where the action was asked for. */
export async function endProviderStepUp(ctx: Ctx, request: Request): Promise<Response> {
  const sealed = cookieOf(request.headers.get("cookie"), COOKIE);
  const opened = sealed ? await decode({ token: sealed, secret: env().NEXTAUTH_SECRET, salt: COOKIE }).catch(() => null) : null;
  const begun = journey.safeParse(opened);
  if (!begun.success || begun.data.signInId !== signInOf(ctx.actor))
    throw precondition("This confirmation was not begun here, or took too long. Go back and start the action again. Nothing was done.");
  const { action, binding, returnTo, state, nonce, verifier, startedAt } = begun.data;
  const { search } = new URL(request.url);
  const answer = await openid
    .authorizationCodeGrant(await discover(), new URL(`${CALLBACK}${search}`, env().APP_ORIGIN), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      maxAge: MAX_AGE_SECONDS,
      idTokenExpected: true,
    })
    .catch((error: unknown) => {
      throw new DomainError("UPSTREAM", "The identity provider did not confirm it. Go back and start the action again. Nothing was done.", {
        cause: error,
      });
    });
  const claims = answer.claims();
  if (!claims || typeof claims.auth_time !== "number" || claims.auth_time < startedAt - SKEW_SECONDS)
    throw new DomainError("UPSTREAM", "The identity provider did not ask you to sign in again, so this does not count. Nothing was done.");
  await confirmByProvider(ctx, { action, binding, issuer: claims.iss, subject: claims.sub });
  return redirectTo(returnTo, setCookie("", 0));
}

/** Discovered anew each time: confirmations are rare and providers rotate. Plain http only where it cannot leave this machine. */
async function discover(): Promise<openid.Configuration> {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = env();
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET) throw precondition("No identity provider is set up here (OIDC_ISSUER).");
  const issuer = new URL(OIDC_ISSUER);
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(issuer.hostname);
  const execute = issuer.protocol === "http:" && isLoopback ? [openid.allowInsecureRequests] : [];
  return openid.discovery(issuer, OIDC_CLIENT_ID, undefined, openid.ClientSecretBasic(OIDC_CLIENT_SECRET), { execute, timeout: 10 });
}

function signInOf(actor: Actor): string {
  if (actor.kind !== "user" || actor.signInId === null)
    throw precondition("Only somebody who is signed in at the browser can confirm again.");
  return actor.signInId;
}

function redirectTo(location: string, cookie: string): Response {
  return new Response(null, { status: 302, headers: { location, "set-cookie": cookie, "cache-control": "no-store" } });
}

function setCookie(value: string, seconds: number): string {
  const { path, sameSite } = COOKIE_OPTIONS;
  return `${COOKIE}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; Secure; SameSite=${sameSite}`;
}
