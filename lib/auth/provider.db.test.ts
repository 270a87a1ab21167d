import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { type IdentityProvider, startIdentityProvider } from "#lib/testing/identity-provider.ts";
import { PASSWORD, someSignedIn, someUser } from "#lib/testing/users.ts";
import { disableUser } from "./commands/accounts.ts";
import { spendStepUp } from "./commands/step-up.ts";
import { SIGN_IN_COOKIE } from "./cookie.ts";
import { runNextAuth, sameOriginUrl } from "./next-auth.ts";
import { endProviderStepUp, startProviderStepUp } from "./provider-step-up.ts";
import { ctxOfRequest, visitorCtx } from "./request.ts";
import { findSignIn } from "./sign-in.sql.ts";

ownTestDatabase();

const ORIGIN = "http://localhost:3000";
let idp: IdentityProvider;
beforeAll(async () => {
  idp = await startIdentityProvider([`${ORIGIN}/api/auth/callback/oidc`, `${ORIGIN}/api/auth/step-up/callback`]);
  Object.assign(process.env, { OIDC_ISSUER: idp.issuer, OIDC_CLIENT_ID: idp.clientId, OIDC_CLIENT_SECRET: idp.clientSecret });
});
afterAll(() => idp.close());

/** A browser, as far as signing in needs one: cookies per site, redirects followed by hand. */
class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  cookie(origin: string, name: string): string | undefined {
    return this.#jars.get(origin)?.get(name);
  }

  request(address: string, init: RequestInit = {}): Request {
    const { origin } = new URL(address);
    const jar = [...(this.#jars.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
    return new Request(address, { ...init, redirect: "manual", headers: { ...init.headers, ...(jar ? { cookie: jar } : {}) } });
  }

  keep(origin: string, response: Response): Response {
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0\b|expires=thu, 01 jan 1970/i.test(line)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    this.#jars.set(origin, jar);
    return response;
  }

  forget(origin: string): void {
    this.#jars.delete(origin);
  }

  /** Through the provider's pages, until it sends us back; that address. */
  async throughProvider(address: string): Promise<string> {
    for (let hops = 0, next = address; hops < 12; hops += 1) {
      if (next.startsWith(ORIGIN)) return next;
      const { origin } = new URL(next);
      const response = this.keep(origin, await fetch(this.request(next)));
      const location = response.headers.get("location");
      if (!location) throw new Error(`the provider answered ${response.status} at ${next}: ${await response.text()}`);
      next = new URL(location, next).href;
    }
    throw new Error("the provider sent us in circles");
  }

  async ours(address: string, form?: Record<string, string>): Promise<Response> {
    const init = form ? { method: "POST", body: new URLSearchParams(form) } : {};
    const request = this.request(address, init);
    return this.keep(ORIGIN, await runNextAuth(visitorCtx(request.headers), request));
  }

  async csrf(): Promise<string> {
    const body = (await (await this.ours(`${ORIGIN}/api/auth/csrf`)).json()) as { csrfToken: string };
    return body.csrfToken;
  }

  async startSignIn(): Promise<URL> {
    const form = { csrfToken: await this.csrf(), callbackUrl: `${ORIGIN}/reviews`, json: "true" };
    const body = (await (await this.ours(`${ORIGIN}/api/auth/signin/oidc?prompt=none&scope=nothing`, form)).json()) as { url: string };
    return new URL(body.url);
  }

  async signIn(): Promise<Response> {
    return this.ours(await this.throughProvider((await this.startSignIn()).href));
  }

  ctx() {
    return ctxOfRequest(this.request(`${ORIGIN}/`));
  }
}

describe("signing in at the identity provider", () => {
  it("uses PKCE, state and nonce, and asks for what we ask, not for what a caller adds", async () => {
    const address = await new Browser().startSignIn();
    const asked = Object.fromEntries(address.searchParams);
    expect(asked).toMatchObject({ code_challenge_method: "S256", response_type: "code", scope: "openid profile email" });
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked[name]?.length).toBeGreaterThan(30);
    expect(asked).not.toHaveProperty("prompt");
  });

  it("opens a sign-in of (issuer, subject), with what the provider said of the factors", async () => {
    const browser = new Browser();
    const response = await browser.signIn();
    expect([response.status, response.headers.get("location")]).toEqual([302, `${ORIGIN}/reviews`]);
    expect(response.headers.getSetCookie().find((line) => line.startsWith(SIGN_IN_COOKIE))).toMatch(
      /; Path=\/;.*HttpOnly; Secure; SameSite=Lax$/,
    );
    const { actor } = await browser.ctx();
    expect(actor).toMatchObject({ label: "Ada Byron", roles: [], authentication: { method: "oidc", amr: "pwd otp" } });
    const [user] = await reader.rows("SELECT issuer, subject, mail, password_hash FROM app_users WHERE display_name = 'Ada Byron'");
    expect(user).toEqual({ issuer: idp.issuer, subject: "ada", mail: "ada@example.test", password_hash: null });
  });

  it("refuses an answer to somebody else's question, a second use of an answer, and one without our cookies", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const [victim, attacker] = [new Browser(), new Browser()];
    const answer = await attacker.throughProvider((await attacker.startSignIn()).href);
    await victim.startSignIn();
    expect((await victim.ours(answer)).headers.get("location")).toContain("error=OAuthCallback");
    expect((await new Browser().ours(answer)).headers.get("location")).toContain("error=OAuthCallback");
    await attacker.ours(answer);
    const again = new Browser();
    expect((await again.ours(answer)).headers.get("location")).toContain("error=OAuthCallback");
    for (const browser of [victim, again]) expect(browser.cookie(ORIGIN, SIGN_IN_COOKIE)).toBeUndefined();
    expect(JSON.stringify(log.mock.calls)).not.toContain(new URL(answer).searchParams.get("code"));
    log.mockRestore();
  });

  it("refuses a disabled user", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const browser = new Browser();
    idp.person = { ...idp.person, id: "grace", name: "Grace" };
    await browser.signIn();
    const { actor } = await browser.ctx();
    if (actor.kind === "user") await disableUser((await someSignedIn(["administrator"])).ctx, { userId: actor.userId });
    const again = new Browser();
    const response = await again.signIn();
    expect(response.headers.get("location")).toContain("error=");
    expect(again.cookie(ORIGIN, SIGN_IN_COOKIE)).toBeUndefined();
    await expect(browser.ctx()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    log.mockRestore();
  });
});

describe("the sign-in form", () => {
  const attempt = async (browser: Browser, mail: string, password: string) => {
    const form = { csrfToken: await browser.csrf(), mail, password, callbackUrl: "/", json: "true" };
    const response = await browser.ours(`${ORIGIN}/api/auth/callback/password`, form);
    return { status: response.status, url: new URL(((await response.json()) as { url: string }).url) };
  };

  it("signs in, and the cookie's value is nothing that can be read", async () => {
    const user = await someUser(["reviewer"]);
    const browser = new Browser();
    expect(await attempt(browser, user.mail, PASSWORD)).toMatchObject({ status: 200 });
    const value = browser.cookie(ORIGIN, SIGN_IN_COOKIE) ?? "";
    expect(value).toMatch(/^[\w-]{43}$/);
    expect(await findSignIn(value, {})).toMatchObject({ userId: user.userId, roles: ["reviewer"] });
    const session = await (await browser.ours(`${ORIGIN}/api/auth/session`)).json();
    expect(session).toMatchObject({ user: { name: user.displayName } });
  });

  it("answers a wrong password and an unknown address alike, and the eleventh try with how long to wait", async () => {
    const user = await someUser();
    const wrong = await attempt(new Browser(), user.mail, "wrong");
    const unknown = await attempt(new Browser(), `${randomUUID()}@example.test`, "wrong");
    expect([wrong.status, wrong.url.search]).toEqual([401, unknown.url.search]);
    for (let at = 0; at < 9; at += 1) await attempt(new Browser(), user.mail, "wrong");
    expect((await attempt(new Browser(), user.mail, PASSWORD)).url.searchParams.get("error")).toMatch(/^RATE_LIMITED\.\d+$/);
  });

  it("takes no attempt without its own CSRF token, and signs out by the same rule", async () => {
    const user = await someUser();
    const browser = new Browser();
    const form = { csrfToken: "0".repeat(64), mail: user.mail, password: PASSWORD, callbackUrl: "/", json: "true" };
    await browser.ours(`${ORIGIN}/api/auth/callback/password`, form);
    expect(browser.cookie(ORIGIN, SIGN_IN_COOKIE)).toBeUndefined();
    await attempt(browser, user.mail, PASSWORD);
    await browser.ours(`${ORIGIN}/api/auth/signout`, { csrfToken: "0".repeat(64), json: "true" });
    expect(await browser.ctx()).toBeDefined();
    const value = browser.cookie(ORIGIN, SIGN_IN_COOKIE) ?? "";
    await browser.ours(`${ORIGIN}/api/auth/signout`, { csrfToken: await browser.csrf(), json: "true" });
    expect(await findSignIn(value, {})).toBeNull();
  });

  it.each([
    "//evil.example",
    "https://evil.example/x",
    "/\\evil.example",
    "javascript:alert(1)",
    "http://localhost:3000@evil.example",
    "data:,x",
  ])("never leads to %s", (url) => {
    expect(new URL(sameOriginUrl(url, ORIGIN)).origin).toBe(ORIGIN);
  });

  it("has no log endpoint and no unknown action", async () => {
    for (const action of ["_log", "verify-request", "", "constructor"])
      await expect(new Browser().ours(`${ORIGIN}/api/auth/${action}`)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("confirming at the identity provider", () => {
  const question = () => ({ action: "test.critical", binding: randomUUID().replaceAll("-", "").repeat(2), returnTo: "/campaigns/1" });
  const signedInAs = async (id: string) => {
    idp.person = { ...idp.person, id, name: `Person ${id}` };
    const browser = new Browser();
    await browser.signIn();
    return browser;
  };
  const start = async (browser: Browser, asked: ReturnType<typeof question>) => {
    const response = browser.keep(ORIGIN, await startProviderStepUp(await browser.ctx(), asked));
    return response.headers.get("location") ?? "";
  };
  const end = async (browser: Browser, answer: string) =>
    browser.keep(ORIGIN, await endProviderStepUp(await browser.ctx(), browser.request(answer)));
  const spend = async (browser: Browser, asked: { action: string; binding: string }) => {
    const { actor } = await browser.ctx();
    return spendStepUp(reader, { ...asked, signInId: actor.kind === "user" ? (actor.signInId ?? "") : "" });
  };

  it("makes the user sign in there again, although it still knows them, and counts once", async () => {
    const browser = await signedInAs("linus");
    const [asked, before] = [question(), idp.signIns];
    const address = await start(browser, asked);
    expect(Object.fromEntries(new URL(address).searchParams)).toMatchObject({
      prompt: "login",
      max_age: "0",
      code_challenge_method: "S256",
    });
    const response = await end(browser, await browser.throughProvider(address));
    expect([response.status, response.headers.get("location")]).toEqual([302, `${ORIGIN}/campaigns/1`]);
    expect(idp.signIns).toBe(before + 1);
    expect(
      await spend(browser, { ...asked, binding: asked.binding.replace(/./, "0") === asked.binding ? "1".repeat(64) : "0".repeat(64) }),
    ).toBeNull();
    expect(await spend(browser, asked)).toMatchObject({ method: "oidc" });
    expect(await spend(browser, asked)).toBeNull();
  });

  it("does not count for somebody else who signs in there", async () => {
    const browser = await signedInAs("margaret");
    const asked = question();
    const address = await start(browser, asked);
    browser.forget(idp.issuer); // signed out there, so that the next one may sign in
    idp.person = { ...idp.person, id: "mallory" };
    const answer = await browser.throughProvider(address);
    await expect(end(browser, answer)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await spend(browser, asked)).toBeNull();
  });

  it("does not count where the provider did not ask again", async () => {
    const browser = await signedInAs("barbara");
    const asked = question();
    const address = await start(browser, asked);
    idp.authTime = Math.floor(Date.now() / 1000) - 60;
    const answer = await browser.throughProvider(address);
    idp.authTime = null;
    await expect(end(browser, answer)).rejects.toMatchObject({ code: "UPSTREAM" });
    expect(await spend(browser, asked)).toBeNull();
  });

  it("does not count in another sign-in, without its beginning, or twice", async () => {
    const [browser, other] = [await signedInAs("radia"), await signedInAs("radia")];
    const asked = question();
    const answer = await browser.throughProvider(await start(browser, asked));
    await start(other, question());
    await expect(end(other, answer)).rejects.toMatchObject({ code: "UPSTREAM" });
    await end(browser, answer);
    await expect(end(browser, answer)).rejects.toMatchObject({ code: "PRECONDITION" });
    expect(await spend(other, asked)).toBeNull();
  });

  it("is not open to somebody who is not signed in at the browser", async () => {
    const { ctx } = await someSignedIn();
    const byToken = { ...ctx, actor: { ...ctx.actor, signInId: null } as typeof ctx.actor };
    await expect(startProviderStepUp(byToken, question())).rejects.toMatchObject({ code: "PRECONDITION" });
  });
});
