import "server-only";
import NextAuth, { type NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import type { OAuthConfig } from "next-auth/providers/oauth";
import type { Ctx } from "#lib/authz/ctx.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { toDomainError } from "#lib/errors/http.ts";
import { admitProviderUser, checkPassword, createSignIn, type Proof, signOut } from "./commands/sign-in.ts";
import { COOKIE_OPTIONS, SIGN_IN_COOKIE, SIGN_IN_HOURS } from "./cookie.ts";
import { PROVIDER_ID, type ProviderClaims, personOf } from "./provider.ts";
import { findSignIn } from "./sign-in.sql.ts";

const cookie = (name: string, maxAge?: number) => ({
  name: `__Host-countersign.${name}`,
  options: { ...COOKIE_OPTIONS, ...(maxAge ? { maxAge } : {}) },
});

/**
 * next-auth carries the flows: CSRF, PKCE, state, nonce, cookies. What a sign-in is stays ours: the cookie holds the opaque value that
 * createSignIn handed out, never a token of next-auth, and each reading of it asks the database.
 */
function optionsFor(ctx: Ctx): NextAuthOptions {
  const { NEXTAUTH_SECRET } = env();
  return {
    secret: NEXTAUTH_SECRET,
    providers: [passwordProvider(ctx), ...identityProvider()],
    session: { strategy: "jwt", maxAge: SIGN_IN_HOURS * 3600 },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in" },
    useSecureCookies: true,
    cookies: {
      sessionToken: { name: SIGN_IN_COOKIE, options: COOKIE_OPTIONS },
      csrfToken: cookie("csrf"),
      callbackUrl: cookie("next"),
      pkceCodeVerifier: cookie("pkce", 900),
      state: cookie("state", 900),
      nonce: cookie("nonce", 900),
    },
    jwt: {
      encode: async ({ token }) => (typeof token?.sid === "string" ? token.sid : ""),
      decode: async ({ token }) => (token && (await findSignIn(token, {})) ? { sid: token } : null),
    },
    callbacks: {
      signIn: ({ account }) => account?.provider === "password" || account?.provider === PROVIDER_ID,
      jwt: async ({ token, user, account, profile }) => {
        if (!user || !account) return typeof token.sid === "string" ? { sid: token.sid } : {};
        const proof = account.provider === PROVIDER_ID ? await proofOf(ctx, profile) : passwordProof(user.id);
        return { sid: (await createSignIn(ctx, proof)).value };
      },
      session: async ({ session, token }) => {
        const actor = typeof token.sid === "string" ? await findSignIn(token.sid, {}) : null;
        return { expires: session.expires, user: { name: actor?.label ?? null } };
      },
      redirect: async ({ url, baseUrl }) => sameOriginUrl(url, baseUrl),
    },
    events: {
      signOut: async ({ token }) => {
        const actor = typeof token?.sid === "string" ? await findSignIn(token.sid, {}) : null;
        if (actor) await signOut({ ...ctx, actor });
      },
    },
    logger: {
      error: (code, metadata) => log("error", code, metadata),
      warn: (code) => log("warn", code, null),
      debug: () => {},
    },
  };
}

function passwordProvider(ctx: Ctx) {
  return Credentials({
    id: "password",
    credentials: { mail: {}, password: {} },
    authorize: async (given) => {
      try {
        const proof = await checkPassword(ctx, { mail: cleaned(given?.mail), password: cleaned(given?.password) });
        return { id: proof.userId, name: proof.displayName };
      } catch (error) {
        const { code, details } = toDomainError(error);
        if (code === "UNAUTHENTICATED" || code === "INVALID") return null;
        // next-auth hands only a message on to the page: the code, and how long to wait.
        throw new Error(code === "RATE_LIMITED" ? `RATE_LIMITED.${Number(details?.retryAfterSeconds ?? 60)}` : code);
      }
    },
  });
}

const cleaned = (text: unknown): string => (typeof text === "string" ? text.replaceAll("\u0000", "").toWellFormed() : "");

function identityProvider(): OAuthConfig<ProviderClaims>[] {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME } = env();
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET) return [];
  return [
    {
      id: PROVIDER_ID,
      name: OIDC_NAME,
      type: "oauth",
      issuer: OIDC_ISSUER,
      wellKnown: `${OIDC_ISSUER.replace(/\/$/, "")}/.well-known/openid-configuration`,
      clientId: OIDC_CLIENT_ID,
      clientSecret: OIDC_CLIENT_SECRET,
      authorization: { params: { scope: "openid profile email" } },
      idToken: true,
      checks: ["pkce", "state", "nonce"],
      // Many providers keep the name out of the ID token; what proves (subject, issuer, factors) is taken from the ID token alone.
      userinfo: {
        request: async ({ client, tokens }) => {
          const asked = client.issuer.metadata.userinfo_endpoint && tokens.access_token ? await client.userinfo(tokens.access_token) : {};
          const claims = tokens.id_token
            ? (JSON.parse(Buffer.from(tokens.id_token.split(".")[1] ?? "", "base64url").toString()) as object)
            : {};
          return { ...asked, ...claims };
        },
      },
      profile: (claims) => ({ id: claims.sub, name: personOf(claims).displayName }),
    },
  ];
}

const passwordProof = (userId: string): Proof => ({ userId, method: "password" });

async function proofOf(ctx: Ctx, profile: unknown): Promise<Proof> {
  return admitProviderUser(ctx, personOf(profile as ProviderClaims));
}

/** Back to a page of ours, whatever was asked for. */
export function sameOriginUrl(url: string, baseUrl: string): string {
  const target = URL.canParse(url, baseUrl) ? new URL(url, baseUrl) : null;
  return target?.origin === new URL(baseUrl).origin ? target.href : baseUrl;
}

/** Codes and names only: what next-auth adds may hold tokens of the provider. */
function log(level: "error" | "warn", code: string, metadata: unknown): void {
  const error =
    metadata instanceof Error ? metadata : typeof metadata === "object" && metadata !== null && "error" in metadata ? metadata.error : null;
  const cause = error instanceof Error ? { error: error.name, message: error.message.slice(0, 300) } : {};
  console.error(JSON.stringify({ level, message: "sign-in", code, ...cause }));
}

/** What next-auth is asked to do; its log endpoint and its own pages are not among it. */
const ACTIONS = ["signin", "callback", "signout", "csrf", "session", "providers", "error"];

/** Answers one request under /api/auth. Only known flows; no query of the caller's reaches the provider's address. */
export async function runNextAuth(ctx: Ctx, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const [action = "", ...rest] = url.pathname.replace(/^\/api\/auth\//, "").split("/");
  if (!ACTIONS.includes(action)) throw new DomainError("NOT_FOUND", "There is nothing here.");
  const query = action === "signin" ? {} : Object.fromEntries(url.searchParams);
  const body = request.method === "POST" ? await formOf(request) : undefined;
  return new Promise((resolve, reject) => {
    const answer = new Answer(resolve);
    const asked = {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      cookies: cookiesOf(request.headers.get("cookie")),
      query: { ...query, nextauth: [action, ...rest] },
      body,
    };
    Promise.resolve(NextAuth(asked as never, answer as never, optionsFor(ctx))).then(() => answer.end(), reject);
  });
}

async function formOf(request: Request): Promise<Record<string, string>> {
  const text = await request.text();
  if (text.length > 20_000) throw new DomainError("TOO_LARGE", "This is not a sign-in form.");
  return Object.fromEntries(new URLSearchParams(text));
}

function cookiesOf(header: string | null): Record<string, string> {
  const pairs = (header ?? "").split(";").map((part) => part.trim().split(/=(.*)/s));
  return Object.fromEntries(pairs.filter(([name]) => name).map(([name = "", value = ""]) => [name, safeDecode(value)]));
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** What next-auth calls a response, gathered into a real one. */
class Answer {
  readonly #headers = new Headers({ "cache-control": "no-store" });
  readonly #resolve: (response: Response) => void;
  #status = 200;
  #isSent = false;

  constructor(resolve: (response: Response) => void) {
    this.#resolve = resolve;
  }

  status(code: number): this {
    this.#status = code;
    return this;
  }

  getHeader(name: string): string | string[] | undefined {
    return name.toLowerCase() === "set-cookie" ? this.#headers.getSetCookie() : (this.#headers.get(name) ?? undefined);
  }

  setHeader(name: string, value: string | readonly string[]): this {
    this.#headers.delete(name);
    for (const each of typeof value === "string" ? [value] : value) this.#headers.append(name, each);
    return this;
  }

  json(body: unknown): void {
    this.#headers.set("content-type", "application/json");
    this.end(JSON.stringify(body));
  }

  send(body: unknown): void {
    if (typeof body === "object" && body !== null) this.json(body);
    else this.end(typeof body === "string" ? body : null);
  }

  end(body: string | null = null): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.#resolve(new Response(body, { status: this.#status, headers: this.#headers }));
  }
}
