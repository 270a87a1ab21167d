import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import { revokeSignIn } from "#lib/auth/commands/sign-in.ts";
import { confirmByPassword } from "#lib/auth/commands/step-up.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader, transact, transactPg } from "#lib/db/transact.ts";
import { conflict } from "#lib/errors/domain-error.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { receive } from "#lib/testing/next-headers.ts";
import { PASSWORD, someSignedIn } from "#lib/testing/users.ts";
import { defineAction } from "./define-action.ts";
import { takeKey } from "./idempotency.sql.ts";
import { registeredActions } from "./registry.ts";
import type { ActionOptions, ActionResult, TransactionForm } from "./types.ts";

vi.mock("next/headers", () => import("#lib/testing/next-headers.ts"));

ownTestDatabase();

type SignedIn = Awaited<ReturnType<typeof someSignedIn>>;
const OWN = { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" };
const from = (user: SignedIn | null, extra: Record<string, string> = OWN) =>
  receive({ ...extra, ...(user ? { cookie: `${user.cookie.name}=${user.cookie.value}` } : {}) });

const input = z.strictObject({ key: z.string().min(1), amount: z.number().default(1) });
const confirmations: Ctx["actor"][] = [];

/** The effect: a row that counts how often it happened, with its audit event. */
async function bump(ctx: Ctx, { key }: { key: string }): Promise<{ key: string; secret: string }> {
  await transact(ctx, async ({ tx, ctx: inner }) => {
    confirmations.push(inner.actor);
    await tx.rows(
      `INSERT INTO settings (key, value) VALUES ($1::text, '1')
       ON CONFLICT (key) DO UPDATE SET value = to_jsonb((settings.value #>> '{}')::int + 1)`,
      [`test.${key}`],
    );
    const subject = { kind: "setting", id: key, label: key };
    await recordAudit(tx, inner, { type: "setting.changed", subject, data: { key, before: null, after: "x" } });
  });
  if (key.startsWith("refused")) throw conflict("The rule says no.");
  return { key, secret: `shown once ${randomUUID()}` };
}

const plain = defineAction({ name: "test.plain", permission: "self.manage", input }, bump);
const managed = defineAction({ name: "test.managed", permission: "campaign.manage", input }, bump);
const critical = defineAction({ name: "test.critical", permission: "self.manage", input, critical: true }, bump);
const other = defineAction({ name: "test.other_critical", permission: "self.manage", input, critical: true }, bump);
const secretive = defineAction({ name: "test.secretive", permission: "self.manage", input, answer: "once" }, bump);
const open = defineAction({ name: "test.open", permission: "public", input }, async (ctx) => ctx.actor.kind);
const long = defineAction({ name: "test.long", permission: "self.manage", input, critical: true, transaction: "own" }, bump);
const hot = defineAction({ name: "test.hot", permission: "self.manage", input, transaction: "pg" }, (ctx, { key }) =>
  transactPg(ctx, async (tx) => {
    await tx.rows("INSERT INTO settings (key, value) VALUES ($1::text, '1')", [`test.${key}`]);
    return { key };
  }),
);

const times = async (key: string) =>
  (await reader.rows<{ value: number }>("SELECT value FROM settings WHERE key = $1::text", [`test.${key}`]))[0]?.value ?? 0;
const codeOf = (result: ActionResult) => (result.ok ? "OK" : result.code);
const asked = (result: ActionResult) => {
  if (result.ok || result.code !== "STEP_UP_REQUIRED") throw new Error(`expected to be asked, got ${JSON.stringify(result)}`);
  return { action: String(result.details?.action), binding: String(result.details?.binding) };
};

let user: SignedIn;
beforeEach(async () => {
  user = await someSignedIn();
  from(user);
});

describe("an action", () => {
  it("is registered with its policy", () => {
    expect(registeredActions()).toContainEqual(
      expect.objectContaining({ name: "test.critical", permission: "self.manage", critical: true }),
    );
    expect(registeredActions()).toContainEqual(expect.objectContaining({ name: "test.open", permission: "public", critical: false }));
  });

  it.each<[string, Record<string, string>]>([
    ["from another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["from another site that hides its mark", { origin: "https://evil.example" }],
    ["from nowhere (Origin: null)", { origin: "null", "sec-fetch-site": "same-origin" }],
    ["from a sister site", { origin: "http://localhost:3000", "sec-fetch-site": "same-site" }],
    ["from our name on another port", { origin: "http://localhost:3001" }],
    ["without any mark", {}],
  ])("%s is refused, with a good cookie", async (_name, headers) => {
    const key = randomUUID();
    from(user, headers);
    expect(codeOf(await plain({ key }))).toBe("FORBIDDEN");
    expect(await times(key)).toBe(0);
  });

  it("without a sign-in, with a made-up one and with a revoked one is UNAUTHENTICATED", async () => {
    const key = randomUUID();
    from(null);
    expect(codeOf(await plain({ key }))).toBe("UNAUTHENTICATED");
    receive({ ...OWN, cookie: `${user.cookie.name}=${"A".repeat(43)}` });
    expect(codeOf(await plain({ key }))).toBe("UNAUTHENTICATED");
    from(user);
    expect(codeOf(await plain({ key }))).toBe("OK");
    await revokeSignIn(user.ctx, { signInId: user.signInId });
    expect(codeOf(await plain({ key }))).toBe("UNAUTHENTICATED");
    expect(await times(key)).toBe(1);
  });

  it("beyond the user's roles is FORBIDDEN before its input is looked at, and recorded", async () => {
    expect(codeOf(await managed({ nonsense: true }))).toBe("FORBIDDEN");
    const events = await reader.rows<{ body: string }>(
      "SELECT body FROM audit_events WHERE body::jsonb->>'type' = 'command.refused' AND body::jsonb->'actor'->>'id' = $1::text",
      [user.userId],
    );
    expect(events.map(({ body }) => JSON.parse(body).data)).toEqual([
      { command: "test.managed", code: "FORBIDDEN", permission: "campaign.manage" },
    ]);
  });

  it("with an extra or wrong field is INVALID with the fields", async () => {
    expect(await plain({ key: "", extra: 1 })).toMatchObject({ ok: false, code: "INVALID", fields: { key: expect.any(String) } });
    expect(codeOf(await plain(null))).toBe("INVALID");
    expect(codeOf(await plain(["key"]))).toBe("INVALID");
  });

  it("takes hostile text without breaking", async () => {
    const key = `a\u0000b\ud800c ${randomUUID()}`;
    const result = await plain({ key });
    expect(result).toMatchObject({ ok: true, data: { key: key.replace("\u0000", "").replace("\ud800", "\ufffd") } });
  });

  it("that is public runs as a visitor, never as the cookie's user", async () => {
    expect(await open({ key: "x" })).toEqual({ ok: true, data: "visitor" });
  });

  it("answers an unknown error with a reference and no message of its own", async () => {
    const broken = defineAction({ name: "test.broken", permission: "self.manage", input }, async () => {
      throw new Error("password=hunter2");
    });
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const result = await broken({ key: "x" });
    log.mockRestore();
    expect(result).toMatchObject({ ok: false, code: "INTERNAL", details: { reference: expect.any(String) } });
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });
});

describe("a repeated action", () => {
  const withKey = (idempotencyKey: string): ActionOptions => ({ idempotencyKey });

  it.each<[string, typeof plain]>([
    ["in a Prisma transaction", plain],
    ["in a pg transaction", hot as typeof plain],
  ])("with one key happens once and answers alike, ten times over, %s", async (_name, action) => {
    const [key, options] = [randomUUID(), withKey(randomUUID())];
    const results = [];
    for (let at = 0; at < 10; at += 1) results.push(await action({ key }, options));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(results[0]).toMatchObject({ ok: true });
    expect(await times(key)).toBe(1);
  });

  it("with one key happens once when all come at the same moment", async () => {
    const [key, options] = [randomUUID(), withKey(randomUUID())];
    const results = await Promise.all(Array.from({ length: 10 }, () => plain({ key }, options)));
    expect(await times(key)).toBe(1);
    expect(results.every((result) => result.ok || result.code === "CONFLICT")).toBe(true);
    expect(new Set(results.filter((result) => result.ok).map((result) => JSON.stringify(result))).size).toBe(1);
  });

  it.each([
    ["Prisma", plain],
    ["pg", hot as typeof plain],
  ])("does not wait for ever for the first, nor act beside it (%s)", async (_name, action) => {
    const [key, options] = [randomUUID(), withKey(randomUUID())];
    const name = action === plain ? "test.plain" : "test.hot";
    await transactPg(user.ctx, async (tx) => {
      await takeKey(tx, { actorId: user.userId, route: name, key: String(options.idempotencyKey), bodyDigest: "x" });
      expect(await action({ key }, options)).toMatchObject({
        ok: false,
        code: "CONFLICT",
        message: expect.stringContaining("still being worked on"),
      });
    });
    expect(await times(key)).toBe(0);
  });

  it("with the same key and another body is a conflict and changes nothing", async () => {
    const [key, another, options] = [randomUUID(), randomUUID(), withKey(randomUUID())];
    await plain({ key }, options);
    expect(codeOf(await plain({ key: another }, options))).toBe("IDEMPOTENCY_CONFLICT");
    expect(await times(another)).toBe(0);
  });

  it("with a key of somebody else's is a call of its own", async () => {
    const [key, options] = [randomUUID(), withKey(randomUUID())];
    await plain({ key }, options);
    from(await someSignedIn());
    expect(codeOf(await plain({ key }, options))).toBe("OK");
    expect(await times(key)).toBe(2);
  });

  it("after a refusal is a new call, since nothing had happened", async () => {
    const [key, options] = [`refused ${randomUUID()}`, withKey(randomUUID())];
    expect(codeOf(await plain({ key }, options))).toBe("CONFLICT");
    expect(await times(key)).toBe(0);
    expect(await plain({ key }, options)).toMatchObject({ message: "The rule says no." });
  });

  it("never repeats a secret, and does not keep it", async () => {
    const [key, options] = [randomUUID(), withKey(randomUUID())];
    const first = await secretive({ key }, options);
    expect(first).toMatchObject({ ok: true, data: { secret: expect.stringContaining("shown once") } });
    expect(codeOf(await secretive({ key }, options))).toBe("CONFLICT");
    const kept = await reader.rows<{ response: unknown }>("SELECT response FROM idempotency_keys WHERE key = $1::text", [
      options.idempotencyKey,
    ]);
    expect(kept).toEqual([{ response: { state: "done_once" } }]);
    expect(await times(key)).toBe(1);
  });

  it("that leads elsewhere has its effect, although redirect() is thrown", async () => {
    const leading = defineAction({ name: "test.leading", permission: "self.manage", input }, async (ctx, given) => {
      await bump(ctx, given);
      redirect("/elsewhere");
    });
    const [key, options] = [randomUUID(), withKey(randomUUID())];
    await expect(leading({ key }, options)).rejects.toMatchObject({ digest: expect.stringContaining("/elsewhere") });
    expect(await leading({ key }, options)).toMatchObject({ ok: true });
    expect(await times(key)).toBe(1);
  });

  it("after a day counts as new", async () => {
    const [key, options] = [randomUUID(), withKey(randomUUID())];
    await plain({ key }, options);
    await reader.rows("UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1::text", [
      options.idempotencyKey,
    ]);
    expect(codeOf(await plain({ key }, options))).toBe("OK");
    expect(await times(key)).toBe(2);
  });

  it("with a key that is no key is INVALID", async () => {
    expect(codeOf(await plain({ key: "x" }, withKey("short")))).toBe("INVALID");
    expect(codeOf(await plain({ key: "x" }, withKey(`${"x".repeat(20)}\u0000`)))).toBe("INVALID");
  });
});

describe.each<[TransactionForm, typeof critical]>([
  ["prisma", critical],
  ["own", long],
])("a critical action (%s)", (_form, action) => {
  it("asks first, then happens once for one confirmation", async () => {
    const key = randomUUID();
    const question = asked(await action({ key }));
    expect(await times(key)).toBe(0);
    await confirmByPassword(user.ctx, { ...question, password: PASSWORD });
    expect(codeOf(await action({ key }))).toBe("OK");
    expect(codeOf(await action({ key }))).toBe("STEP_UP_REQUIRED");
    expect(await times(key)).toBe(1);
  });

  it("tells its command how and when it was confirmed, and never calls a password MFA", async () => {
    const key = randomUUID();
    await confirmByPassword(user.ctx, { ...asked(await action({ key })), password: PASSWORD });
    confirmations.length = 0;
    await action({ key });
    expect(confirmations[0]?.authentication).toEqual({ method: "password", stepUp: { method: "password", at: expect.any(String) } });
    const [event] = await reader.rows<{ body: string }>(
      "SELECT body FROM audit_events WHERE body::jsonb->'subject'->>'id' = $1::text ORDER BY id DESC LIMIT 1",
      [key],
    );
    expect(JSON.parse(event?.body ?? "").actor.authenticated).toMatchObject({ method: "password", step_up: { method: "password" } });
    expect(event?.body).not.toMatch(/mfa|multi/i);
  });

  it("gives one of two simultaneous calls the confirmation", async () => {
    const key = randomUUID();
    await confirmByPassword(user.ctx, { ...asked(await action({ key })), password: PASSWORD });
    const codes = (await Promise.all([action({ key }), action({ key }), action({ key })])).map(codeOf);
    expect(codes.sort()).toEqual(["OK", "STEP_UP_REQUIRED", "STEP_UP_REQUIRED"]);
    expect(await times(key)).toBe(1);
  });

  it("refuses a confirmation that is two minutes old by the database's clock", async () => {
    const key = randomUUID();
    const { stepUpId } = await confirmByPassword(user.ctx, { ...asked(await action({ key })), password: PASSWORD });
    await reader.rows("UPDATE step_ups SET created_at = now() - interval '121 seconds' WHERE id = $1::uuid", [stepUpId]);
    expect(codeOf(await action({ key }))).toBe("STEP_UP_REQUIRED");
    expect(await times(key)).toBe(0);
  });

  it("refuses a confirmation of other input, of another action, and of another sign-in of the same user", async () => {
    const key = randomUUID();
    const question = asked(await action({ key }));
    await confirmByPassword(user.ctx, { ...question, password: PASSWORD });
    expect(codeOf(await action({ key, amount: 2 }))).toBe("STEP_UP_REQUIRED");
    expect(codeOf(await other({ key }))).toBe("STEP_UP_REQUIRED");
    from(await someSignedIn());
    expect(codeOf(await action({ key }))).toBe("STEP_UP_REQUIRED");
    expect(await times(key)).toBe(0);
    from(user);
    expect(codeOf(await action({ amount: 1, key }))).toBe("OK"); // the same input, written in another order with its default spelled out
  });

  it("is answered again, without a second confirmation, when the same call is retried by its key", async () => {
    const [key, options] = [randomUUID(), { idempotencyKey: randomUUID() }];
    await confirmByPassword(user.ctx, { ...asked(await action({ key }, options)), password: PASSWORD });
    const first = await action({ key }, options);
    expect(await action({ key }, options)).toEqual(first);
    expect(await times(key)).toBe(1);
  });
});

describe("a confirmation", () => {
  it("is kept where the command was refused and so changed nothing", async () => {
    const key = `refused ${randomUUID()}`;
    await confirmByPassword(user.ctx, { ...asked(await critical({ key })), password: PASSWORD });
    expect(codeOf(await critical({ key }))).toBe("CONFLICT");
    expect(codeOf(await critical({ key }))).toBe("CONFLICT");
  });

  it("that is refused inside somebody's transaction is recorded all the same", async () => {
    const question = asked(await critical({ key: randomUUID() }));
    await transact(user.ctx, ({ ctx }) => confirmByPassword(ctx, { ...question, password: "wrong" })).catch(() => {});
    const refused = await reader.rows(
      "SELECT FROM audit_events WHERE body::jsonb->>'type' = 'user.step_up_refused' AND body::jsonb->'actor'->>'id' = $1::text",
      [user.userId],
    );
    expect(refused).toHaveLength(1);
  });

  it("with a wrong password is refused, recorded, and limited", async () => {
    const question = asked(await critical({ key: randomUUID() }));
    const codes = [];
    for (let at = 0; at < 11; at += 1)
      codes.push(await confirmByPassword(user.ctx, { ...question, password: "wrong" }).catch((error) => error.code));
    expect(codes).toEqual([...Array(10).fill("UNAUTHENTICATED"), "RATE_LIMITED"]);
    const refused = await reader.rows(
      "SELECT FROM audit_events WHERE body::jsonb->>'type' = 'user.step_up_refused' AND body::jsonb->'actor'->>'id' = $1::text",
      [user.userId],
    );
    expect(refused).toHaveLength(10);
  });
});
