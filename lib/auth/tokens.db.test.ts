import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { someSignedIn, visitor } from "#lib/testing/users.ts";
import { disableUser } from "./commands/accounts.ts";
import { askCliLogin, confirmCliLogin, createApiToken, revokeApiToken } from "./commands/tokens.ts";
import { findCliLogin, listApiTokens, pollCliLogin } from "./queries.ts";

ownTestDatabase();

const whoAmI = defineRoute(
  { name: "test.who", method: "POST", permission: "self.manage", input: z.strictObject({}) },
  async ({ actor }) => ({ actor }),
);
const read = defineRoute(
  { name: "test.read", method: "GET", permission: "user.read", query: z.strictObject({ a: z.string().optional() }) },
  async () => ({}),
);
const drastic = defineRoute({ name: "test.drastic", method: "POST", permission: "self.manage", critical: true }, async () => ({
  done: true,
}));
const open = defineRoute(
  { name: "test.public", method: "POST", permission: "public", input: z.strictObject({ text: z.string().max(5) }) },
  async (_ctx, { input }) => input,
);

const post = (headers: Record<string, string>, body: BodyInit = "{}") =>
  new Request("http://localhost:3000/api/v1/test", { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
const bearer = (token: string) => post({ authorization: `Bearer ${token}` });

describe("an API token", () => {
  it("acts as its user, by token, and shows its secret to nobody again", async () => {
    const user = await someSignedIn(["reviewer"]);
    const { token, tokenId, expiresAt } = await createApiToken(user.ctx, { label: "nightly export" });
    const response = await whoAmI(bearer(token));
    expect(await response.json()).toMatchObject({
      actor: { userId: user.userId, roles: ["reviewer"], signInId: null, authentication: { method: "token" } },
    });
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await listApiTokens(user.userId)).toMatchObject([
      { id: tokenId, label: "nightly export", expiresAt, lastUsedAt: expect.any(String) },
    ]);
    const stored = await reader.rows<{ text: string }>(
      "SELECT row_to_json(t)::text AS text FROM api_tokens t UNION ALL SELECT body FROM audit_events",
    );
    for (const { text } of stored) expect(text).not.toContain(token);
  });

  it("lives a day unless asked otherwise, and 90 days at most", async () => {
    const { ctx } = await someSignedIn();
    const hours = async (given?: number) => {
      const { tokenId } = await createApiToken(ctx, { label: "x", ...(given ? { hours: given } : {}) });
      const [row] = await reader.rows<{ h: number }>(
        "SELECT (extract(epoch FROM expires_at - created_at) / 3600)::float8 AS h FROM api_tokens WHERE id = $1::uuid",
        [tokenId],
      );
      return row?.h;
    };
    expect(await hours()).toBe(24);
    expect(await hours(2160)).toBe(2160);
    await expect(hours(2161)).rejects.toThrow(/90 days/);
  });

  it.each<[string, (user: Awaited<ReturnType<typeof someSignedIn>>, tokenId: string) => Promise<unknown>]>([
    ["revoked", ({ ctx }, tokenId) => revokeApiToken(ctx, { tokenId })],
    [
      "run out",
      (_user, tokenId) => reader.rows("UPDATE api_tokens SET expires_at = now() - interval '1 second' WHERE id = $1::uuid", [tokenId]),
    ],
    ["of a disabled user", async ({ userId }) => disableUser((await someSignedIn(["administrator"])).ctx, { userId })],
  ])("that is %s is refused at its next use, and no cookie helps it", async (_name, end) => {
    const user = await someSignedIn();
    const other = await someSignedIn();
    const { token, tokenId } = await createApiToken(user.ctx, { label: "x" });
    expect((await whoAmI(bearer(token))).status).toBe(200);
    await end(user, tokenId);
    expect((await whoAmI(bearer(token))).status).toBe(401);
    const withCookie = {
      authorization: `Bearer ${token}`,
      cookie: `${other.cookie.name}=${other.cookie.value}`,
      origin: "http://localhost:3000",
    };
    expect((await whoAmI(post(withCookie))).status).toBe(401);
  });

  it("of somebody else cannot be revoked, and a token makes no tokens", async () => {
    const [mine, theirs] = [await someSignedIn(), await someSignedIn()];
    const { tokenId } = await createApiToken(theirs.ctx, { label: "x" });
    await expect(revokeApiToken(mine.ctx, { tokenId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const byToken = { ...mine.ctx, actor: { ...mine.ctx.actor, signInId: null } as typeof mine.ctx.actor };
    await expect(createApiToken(byToken, { label: "x" })).rejects.toMatchObject({ code: "PRECONDITION" });
  });

  it("cannot confirm a critical action", async () => {
    const { ctx } = await someSignedIn();
    const { token } = await createApiToken(ctx, { label: "x" });
    const response = await drastic(bearer(token));
    expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ title: "STEP_UP_REQUIRED", methods: [] })]);
  });
});

describe("a route", () => {
  it.each<[string, Record<string, string>, number]>([
    ["its own page", { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" }, 200],
    ["another site", { origin: "https://evil.example" }, 403],
    ["Origin: null", { origin: "null" }, 403],
    ["no page at all", {}, 403],
  ])("with a cookie takes a change from %s: %#", async (_name, headers, status) => {
    const { cookie } = await someSignedIn();
    expect((await whoAmI(post({ ...headers, cookie: `a=b; ${cookie.name}=${cookie.value}` }))).status).toBe(status);
  });

  it("that is public takes programs, and no other site", async () => {
    expect(await (await open(post({}, '{"text": "hello"}'))).json()).toEqual({ text: "hello" });
    expect((await open(post({ origin: "https://evil.example" }, '{"text": "hello"}'))).status).toBe(403);
  });

  it("refuses what its user's roles do not allow", async () => {
    const { cookie } = await someSignedIn(["reviewer"]);
    const request = new Request("http://localhost:3000/api/v1/test?a=1", { headers: { cookie: `${cookie.name}=${cookie.value}` } });
    const response = await read(request);
    expect([response.status, response.headers.get("content-type")]).toEqual([403, "application/problem+json"]);
    expect(await response.json()).toMatchObject({ type: "urn:countersign:error:FORBIDDEN", permission: "user.read" });
    expect((await read(new Request("http://localhost:3000/api/v1/test"))).status).toBe(401);
  });

  it.each<[string, BodyInit, Record<string, string>, number]>([
    ["a body that is no JSON", "{", {}, 400],
    ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), {}, 400],
    ["another content type", "{}", { "content-type": "text/plain" }, 400],
    ["a field too many", '{"text": "a", "b": 1}', {}, 400],
    ["an array", "[]", {}, 400],
    ["a body beyond the cap", JSON.stringify({ text: "x".repeat(2_000_000) }), {}, 413],
    ["a length beyond the cap", "{}", { "content-length": "5000000" }, 413],
  ])("answers %s with a problem, never with 500", async (_name, body, headers, status) => {
    expect((await open(post(headers, body))).status).toBe(status);
  });

  it("with one Idempotency-Key acts once", async () => {
    const user = await someSignedIn();
    const { token } = await createApiToken(user.ctx, { label: "x" });
    let acted = 0;
    const count = defineRoute({ name: "test.count", method: "POST", permission: "self.manage", input: z.object({}) }, async () => ({
      acted: ++acted,
    }));
    const again = (body: string) => count(post({ authorization: `Bearer ${token}`, "idempotency-key": "0123456789" }, body));
    const answers = [];
    for (let at = 0; at < 10; at += 1) answers.push(await (await again("{}")).json());
    expect([acted, new Set(answers.map((answer) => JSON.stringify(answer))).size]).toEqual([1, 1]);
  });
});

describe("countersign login", () => {
  it("gets a token that counts once a signed-in user has confirmed the shown code", async () => {
    const user = await someSignedIn(["auditor"]);
    const { code, pollToken } = await askCliLogin(visitor("192.0.2.60"), { label: "laptop" });
    expect((await whoAmI(bearer(pollToken))).status).toBe(401);
    expect(await pollCliLogin(pollToken)).toEqual({ state: "pending" });
    expect(await findCliLogin(code.toLowerCase())).toMatchObject({ label: "laptop", address: "192.0.2.60" });

    const confirmed = await confirmCliLogin(user.ctx, { code: code.replace("-", "") });
    expect(await pollCliLogin(pollToken)).toEqual({ state: "confirmed", token: pollToken, expiresAt: confirmed.expiresAt });
    expect(await (await whoAmI(bearer(pollToken))).json()).toMatchObject({ actor: { userId: user.userId, roles: ["auditor"] } });
    await expect(confirmCliLogin(user.ctx, { code })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await findCliLogin(code)).toBeNull();
  });

  it("runs out after ten minutes, and its code tells nothing about its token", async () => {
    const { ctx } = await someSignedIn();
    const { code, pollToken } = await askCliLogin(visitor("192.0.2.61"), {});
    await reader.rows("UPDATE cli_logins SET expires_at = now() - interval '1 second' WHERE expires_at > now()");
    await expect(pollCliLogin(pollToken)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(pollCliLogin(code)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(confirmCliLogin(ctx, { code })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("whose token was revoked is told so", async () => {
    const { ctx, userId } = await someSignedIn();
    const { code, pollToken } = await askCliLogin(visitor("192.0.2.62"), {});
    await confirmCliLogin(ctx, { code });
    const [token] = await listApiTokens(userId);
    await revokeApiToken(ctx, { tokenId: token?.id ?? "" });
    await expect(pollCliLogin(pollToken)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("codes cannot be guessed by the dozen", async () => {
    const { ctx } = await someSignedIn();
    const codes = [];
    for (let at = 0; at < 21; at += 1) codes.push(await confirmCliLogin(ctx, { code: "AAAA-AAAA" }).catch((error) => error.code));
    expect(codes).toEqual([...Array(20).fill("NOT_FOUND"), "RATE_LIMITED"]);
  });
});
