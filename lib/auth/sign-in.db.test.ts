import { randomUUID } from "node:crypto";
import { verify } from "@node-rs/argon2";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { PASSWORD, someConfirmed, someSignedIn, someUser, visitor } from "#lib/testing/users.ts";
import { disableUser } from "./commands/accounts.ts";
import { grantRole } from "./commands/roles.ts";
import { admitProviderUser, checkPassword, createSignIn, revokeSignIn, revokeUserSignIns, signOut } from "./commands/sign-in.ts";
import { ctxOfRequest } from "./request.ts";
import { digestOf } from "./secrets.ts";
import { findSignIn } from "./sign-in.sql.ts";

vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof import("@node-rs/argon2")>();
  return { ...real, verify: vi.fn(real.verify) };
});

ownTestDatabase();
beforeEach(() => {
  vi.mocked(verify).mockClear();
});

const system = (): Ctx => ({ actor: systemActor("test"), now: new Date(), requestId: randomUUID() });
const refusals = async (ctx: Ctx) =>
  (
    await reader.rows<{ body: string }>(
      "SELECT body FROM audit_events WHERE body::jsonb->>'request_id' = $1::text AND body::jsonb->>'type' = 'user.sign_in_refused'",
      [ctx.requestId],
    )
  ).map(({ body }) => JSON.parse(body).data.cause as string);

/** Every refused attempt as seen from outside and by what it did inside: answer, argon2 runs, audit events. */
async function refused(mail: string, password: string) {
  const ctx = visitor("198.51.100.7");
  vi.mocked(verify).mockClear();
  const error = await checkPassword(ctx, { mail, password }).catch((thrown: Error & { code: string }) => thrown);
  const said = "code" in error ? { code: error.code, message: error.message } : error;
  return { said, runs: vi.mocked(verify).mock.calls.length, causes: await refusals(ctx) };
}

describe("a password", () => {
  it("proves a local user, whatever the case of the mail address", async () => {
    const user = await someUser();
    const proof = await checkPassword(visitor(), { mail: ` ${user.mail.toUpperCase()} `, password: PASSWORD });
    expect(proof).toEqual({ userId: user.userId, displayName: user.displayName, method: "password" });
  });

  it("gives nobody away: unknown, mistaken, disabled and passwordless get one answer for the same work", async () => {
    const admin = await someSignedIn(["administrator"]);
    const [known, disabled] = [await someUser(), await someUser()];
    await disableUser(admin.ctx, { userId: disabled.userId });
    const provider = { issuer: "https://id.example.test", subject: randomUUID(), mail: "a@example.test", displayName: "A", amr: null };
    await admitProviderUser(visitor(), provider);

    const unknown = await refused(`${randomUUID()}@example.test`, PASSWORD);
    const cases = [
      await refused(known.mail, "not the password"),
      await refused(disabled.mail, PASSWORD),
      await refused(provider.subject, PASSWORD),
    ];
    expect(unknown).toEqual({ said: expect.objectContaining({ code: "UNAUTHENTICATED" }), runs: 1, causes: ["unknown_account"] });
    for (const each of cases) expect({ said: each.said, runs: each.runs }).toEqual({ said: unknown.said, runs: 1 });
    expect(cases.map(({ causes }) => causes)).toEqual([["wrong_password"], ["disabled"], ["unknown_account"]]);
  });

  it("keeps what was typed out of the audit", async () => {
    await refused("my secret typed into the wrong field", "x");
    const found = await reader.rows("SELECT FROM audit_values WHERE value LIKE '%wrong field%'");
    expect(found).toEqual([]);
  });

  it("is tried ten times from one address and no more, however many try at once", async () => {
    const user = await someUser();
    const tries = Array.from({ length: 40 }, () => checkPassword(visitor("203.0.113.5"), { mail: user.mail, password: "wrong" }));
    const codes = (await Promise.allSettled(tries)).map((each) => (each.status === "rejected" ? each.reason.code : "let in"));
    expect(codes.filter((code) => code === "UNAUTHENTICATED")).toHaveLength(10);
    expect(codes.filter((code) => code === "RATE_LIMITED")).toHaveLength(30);
    expect(vi.mocked(verify)).toHaveBeenCalledTimes(10);
  });

  it("that is right is refused as well while the limit holds, and says how long", async () => {
    const user = await someUser();
    for (let at = 0; at < 10; at += 1) await checkPassword(visitor("203.0.113.6"), { mail: user.mail, password: "wrong" }).catch(() => {});
    const error = await checkPassword(visitor("203.0.113.6"), { mail: user.mail, password: PASSWORD }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "RATE_LIMITED", details: { retryAfterSeconds: expect.any(Number) } });
    expect(error.message).toMatch(/Wait 1[45] minutes/);
  });

  it("cannot be used to lock a user out from elsewhere", async () => {
    const user = await someUser();
    for (let at = 0; at < 10; at += 1) await checkPassword(visitor("203.0.113.7"), { mail: user.mail, password: "wrong" }).catch(() => {});
    await expect(checkPassword(visitor("203.0.113.8"), { mail: user.mail, password: PASSWORD })).resolves.toMatchObject({
      userId: user.userId,
    });
  });

  it("is not guessed at many accounts from one address", async () => {
    const key = digestOf("address 203.0.113.9").toString("base64url");
    await reader.rows("INSERT INTO sign_in_attempts (key) SELECT $1::text FROM generate_series(1, 100)", [key]);
    const user = await someUser();
    await expect(checkPassword(visitor("203.0.113.9"), { mail: user.mail, password: PASSWORD })).rejects.toMatchObject({
      code: "RATE_LIMITED",
    });
  });

  it("that is right clears the earlier mistakes", async () => {
    const user = await someUser();
    const from = () => visitor("203.0.113.10");
    for (let round = 0; round < 3; round += 1) {
      for (let at = 0; at < 8; at += 1) await checkPassword(from(), { mail: user.mail, password: "wrong" }).catch(() => {});
      await expect(checkPassword(from(), { mail: user.mail, password: PASSWORD })).resolves.toMatchObject({ userId: user.userId });
    }
  });
});

describe("a sign-in", () => {
  it("is an opaque value of which only the digest is kept, and is audited with who, how and from where", async () => {
    const user = await someUser(["reviewer"]);
    const ctx = visitor("192.0.2.77");
    const { value, signInId } = await createSignIn(ctx, { userId: user.userId, method: "oidc", amr: "pwd otp" });
    const [row] = await reader.rows<Record<string, unknown>>("SELECT * FROM sign_ins WHERE id = $1::uuid", [signInId]);
    expect(JSON.stringify(row)).not.toContain(value);
    const [event] = await reader.rows<{ body: string }>("SELECT body FROM audit_events WHERE body::jsonb->>'request_id' = $1::text", [
      ctx.requestId,
    ]);
    expect(JSON.parse(event?.body ?? "")).toMatchObject({
      type: "user.signed_in",
      actor: { id: user.userId, sign_in_id: signInId, roles: ["reviewer"], authenticated: { method: "oidc", amr: "pwd otp" } },
      data: { method: "oidc" },
    });
    expect(await reader.rows("SELECT FROM audit_values WHERE value = '\"192.0.2.77\"'")).not.toEqual([]);
  });

  it("reads roles anew on every request", async () => {
    const { cookie, userId } = await someSignedIn(["reviewer"]);
    const admin = await someConfirmed(["administrator"]);
    await grantRole(admin.ctx, { userId, role: "auditor" });
    expect((await findSignIn(cookie.value, {}))?.roles).toEqual(["auditor", "reviewer"]);
  });

  it.each<[string, (user: Awaited<ReturnType<typeof someSignedIn>>) => Promise<unknown>]>([
    ["signed out", ({ ctx }) => signOut(ctx)],
    ["revoked by its owner", ({ ctx, signInId }) => revokeSignIn(ctx, { signInId })],
    ["ended by an administrator", async ({ userId }) => revokeUserSignIns((await someSignedIn(["administrator"])).ctx, { userId })],
    ["of a disabled user", async ({ userId }) => disableUser((await someSignedIn(["administrator"])).ctx, { userId })],
    [
      "past its absolute end",
      ({ signInId }) => reader.rows("UPDATE sign_ins SET expires_at = now() - interval '1 second' WHERE id = $1::uuid", [signInId]),
    ],
    [
      "idle for half an hour",
      ({ signInId }) =>
        reader.rows("UPDATE sign_ins SET last_seen_at = now() - interval '30 minutes 1 second' WHERE id = $1::uuid", [signInId]),
    ],
  ])("that is %s is refused at the next request", async (_name, end) => {
    const user = await someSignedIn();
    const request = () =>
      ctxOfRequest(new Request("http://localhost:3000/api", { headers: { cookie: `${user.cookie.name}=${user.cookie.value}` } }));
    await expect(request()).resolves.toMatchObject({ actor: { userId: user.userId } });
    await end(user);
    await expect(request()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("slides while it is used, with at most a write a minute", async () => {
    const { cookie, signInId } = await someSignedIn();
    const seen = async () =>
      (await reader.rows<{ at: string }>("SELECT last_seen_at::text AS at FROM sign_ins WHERE id = $1::uuid", [signInId]))[0]?.at;
    const before = await seen();
    await findSignIn(cookie.value, {});
    expect(await seen()).toBe(before);
    await reader.rows("UPDATE sign_ins SET last_seen_at = now() - interval '29 minutes' WHERE id = $1::uuid", [signInId]);
    const stale = await seen();
    await findSignIn(cookie.value, {});
    expect(await seen()).not.toBe(stale);
  });

  it("of somebody else cannot be revoked by guessing its id", async () => {
    const [mine, theirs] = [await someSignedIn(), await someSignedIn()];
    await expect(revokeSignIn(mine.ctx, { signInId: theirs.signInId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await findSignIn(theirs.cookie.value, {})).not.toBeNull();
  });

  it("is not opened for a disabled user, even with a proof in hand", async () => {
    const user = await someUser();
    await disableUser((await someSignedIn(["administrator"])).ctx, { userId: user.userId });
    await expect(createSignIn(system(), { userId: user.userId, method: "password" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a user of the identity provider", () => {
  const person = (subject: string, mail: string) => ({ issuer: "https://id.example.test", subject, mail, displayName: "Ada", amr: null });

  it("is who (issuer, subject) says, never who a mail address says", async () => {
    const local = await someUser(["administrator"]);
    const first = await admitProviderUser(visitor(), person("s-1", local.mail));
    const again = await admitProviderUser(visitor(), person("s-1", "other@example.test"));
    const other = await admitProviderUser(visitor(), person("s-2", local.mail));
    expect(first.userId).not.toBe(local.userId);
    expect(again.userId).toBe(first.userId);
    expect(other.userId).not.toBe(first.userId);
  });

  it("begins without a role, and is made once however many first sign-ins come at once", async () => {
    const proofs = await Promise.all(Array.from({ length: 10 }, () => admitProviderUser(visitor(), person("s-3", "x@example.test"))));
    expect(new Set(proofs.map(({ userId }) => userId)).size).toBe(1);
    const roles = await reader.rows("SELECT FROM role_assignments WHERE user_id = $1::uuid", [proofs[0]?.userId]);
    expect(roles).toEqual([]);
  });

  it("cannot pass for a local user", async () => {
    await expect(admitProviderUser(visitor(), { ...person("s-4", "x@example.test"), issuer: "local" })).rejects.toMatchObject({
      code: "INVALID",
    });
  });
});
