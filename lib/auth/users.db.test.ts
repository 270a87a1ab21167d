import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { ROLES, type Role, TOXIC_PAIRS } from "#lib/authz/permissions.ts";
import { userScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { operatorCtx, PASSWORD, someConfirmed, someSignedIn, someUser, visitor } from "#lib/testing/users.ts";
import { changePassword, disableUser, enableUser, linkUserToPerson } from "./commands/accounts.ts";
import {
  acceptInvitation,
  createFirstAdministrator,
  ensureFirstAdministratorCode,
  inviteUser,
  withdrawInvitation,
} from "./commands/invitations.ts";
import { endRole, grantRole } from "./commands/roles.ts";
import { checkPassword } from "./commands/sign-in.ts";
import { createUser } from "./commands/users.ts";
import { findInvitation, findUser, isWithoutAdministrator } from "./queries.ts";
import { findSignIn } from "./sign-in.sql.ts";

ownTestDatabase();

const system = (): Ctx => ({ actor: systemActor("test"), now: new Date(), requestId: randomUUID() });
const rolesOf = async (userId: string) => (await findUser(userScope(operatorCtx().actor), userId))?.roles;
const eventsOf = async (ctx: Ctx) =>
  (
    await reader.rows<{ type: string }>(
      "SELECT body::jsonb->>'type' AS type FROM audit_events WHERE body::jsonb->>'request_id' = $1::text ORDER BY id",
      [ctx.requestId],
    )
  ).map(({ type }) => type);
const person = (mail = `${randomUUID()}@example.test`) => ({ mail, displayName: "Ada Byron", password: PASSWORD });

describe("the first run", () => {
  it("is opened by the console's newest code alone, once, and invites the second administrator", async () => {
    expect(await isWithoutAdministrator()).toBe(true);
    const stale = await ensureFirstAdministratorCode(system());
    const code = (await ensureFirstAdministratorCode(system())) ?? "";
    const [first, second] = [person(), `${randomUUID()}@example.test`];
    const attempt = (given: string, ctx = visitor()) => createFirstAdministrator(ctx, { ...first, code: given, secondMail: second });

    await expect(attempt(stale ?? "")).rejects.toMatchObject({ code: "NOT_FOUND", fields: { code: expect.any(String) } });
    await expect(attempt("AAAA-BBBB")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(createFirstAdministrator(visitor(), { ...first, code, secondMail: first.mail.toUpperCase() })).rejects.toThrow(
      /somebody else/,
    );
    const races = await Promise.allSettled([attempt(code), attempt(code.toLowerCase().replaceAll("-", " ")), attempt(code)]);
    expect(races.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    const made = races.flatMap((race) => (race.status === "fulfilled" ? [race.value] : []))[0];
    expect(await rolesOf(made?.userId ?? "")).toEqual(["administrator"]);

    const accepted = await acceptInvitation(visitor(), { code: made?.second.code ?? "", displayName: "Second", password: PASSWORD });
    expect(accepted.mail).toBe(second);
    expect(await rolesOf(accepted.userId)).toEqual(["administrator"]);
    expect(await ensureFirstAdministratorCode(system())).toBeNull();
    expect(await isWithoutAdministrator()).toBe(false);
  });
});

describe("an invitation", () => {
  it("makes its user once, with its roles, granted by whoever invited", async () => {
    const admin = await someConfirmed(["administrator"]);
    const { mail } = person();
    const invited = await inviteUser(admin.ctx, { mail, roles: ["reviewer", "campaign_manager"] });
    expect(await findInvitation(invited.code)).toMatchObject({ mail, roles: ["campaign_manager", "reviewer"] });
    const accept = (ctx = visitor()) => acceptInvitation(ctx, { code: invited.code, displayName: "Ada", password: PASSWORD });
    const ctx = visitor();
    const results = await Promise.allSettled([accept(ctx), accept(), accept(), accept(), accept()]);
    const users = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.userId] : []));
    expect(users).toHaveLength(1);
    expect(await rolesOf(users[0] ?? "")).toEqual(["campaign_manager", "reviewer"]);
    const granted = await reader.rows("SELECT DISTINCT granted_by FROM role_assignments WHERE user_id = $1::uuid", [users[0]]);
    expect(granted).toEqual([{ granted_by: admin.userId }]);
    await expect(checkPassword(visitor("192.0.2.40"), { mail, password: PASSWORD })).resolves.toMatchObject({ userId: users[0] });
  });

  it("keeps the digest of its code only, and names neither code nor password in the audit", async () => {
    const admin = await someConfirmed(["administrator"]);
    const invited = await inviteUser(admin.ctx, { mail: person().mail, roles: [] });
    const ctx = visitor();
    await acceptInvitation(ctx, { code: invited.code, displayName: "Ada", password: PASSWORD });
    expect(await eventsOf(ctx)).toEqual(["user.created", "user.invitation_accepted"]);
    const stored = await reader.rows<{ text: string }>(
      "SELECT row_to_json(i)::text AS text FROM invitations i UNION ALL SELECT body FROM audit_events UNION ALL SELECT value FROM audit_values",
    );
    for (const { text } of stored) {
      expect(text).not.toContain(invited.code);
      expect(text).not.toContain(PASSWORD);
    }
  });

  it.each<[string, (invited: { invitationId: string; mail: string }, admin: Ctx) => Promise<unknown>]>([
    ["withdrawn", ({ invitationId }, admin) => withdrawInvitation(admin, { invitationId })],
    ["replaced by a newer one", ({ mail }, admin) => inviteUser(admin, { mail, roles: [] })],
    [
      "past its end",
      ({ invitationId }) =>
        reader.rows("UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = $1::uuid", [invitationId]),
    ],
  ])("that is %s is not accepted", async (_name, end) => {
    const admin = await someConfirmed(["administrator"]);
    const { mail } = person();
    const invited = await inviteUser(admin.ctx, { mail, roles: [] });
    await end({ ...invited, mail }, { ...admin.ctx, now: new Date() });
    await expect(acceptInvitation(visitor(), { code: invited.code, displayName: "Ada", password: PASSWORD })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await findInvitation(invited.code)).toBeNull();
  });

  it("is left open by a password that is refused", async () => {
    const admin = await someConfirmed(["administrator"]);
    const { code } = await inviteUser(admin.ctx, { mail: "grace.hopper@example.test", roles: [] });
    for (const password of ["short", "aaaaaaaaaaaaaaaa", "grace-hopper1"])
      await expect(acceptInvitation(visitor(), { code, displayName: "Grace Hopper", password })).rejects.toMatchObject({
        fields: { password: expect.any(String) },
      });
    await expect(acceptInvitation(visitor(), { code, displayName: "Grace Hopper", password: PASSWORD })).resolves.toBeDefined();
  });

  it("is not for somebody who is a user already, nor made by anybody but administrators", async () => {
    const admin = await someConfirmed(["administrator"]);
    const user = await someUser();
    await expect(inviteUser(admin.ctx, { mail: user.mail, roles: [] })).rejects.toMatchObject({ code: "CONFLICT" });
    const others = ROLES.filter((role) => role !== "administrator");
    for (const role of others) {
      const { ctx } = await someSignedIn([role]);
      await expect(inviteUser(ctx, { mail: person().mail, roles: [] })).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
  });

  it("cannot be guessed on and on from one address", async () => {
    const guess = () =>
      acceptInvitation(visitor("203.0.113.50"), { code: "AAAA-BBBB-CCCC", displayName: "x", password: PASSWORD }).catch(
        (error) => error.code,
      );
    const codes = [];
    for (let at = 0; at < 31; at += 1) codes.push(await guess());
    expect(codes).toEqual([...Array(30).fill("NOT_FOUND"), "RATE_LIMITED"]);
  });
});

describe("roles", () => {
  const orders = TOXIC_PAIRS.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]);

  it.each(orders)("a toxic pair is refused: %s, then %s", async (held, wanted) => {
    const admin = await someConfirmed(["administrator"]);
    const user = await someUser([held]);
    await expect(grantRole(admin.ctx, { userId: user.userId, role: wanted })).rejects.toMatchObject({ code: "PRECONDITION" });
    await expect(createUser(operatorCtx(), { ...person(), roles: [held, wanted] })).rejects.toThrow(/Nobody may be both/);
    await expect(inviteUser(admin.ctx, { mail: person().mail, roles: [wanted, held] })).rejects.toThrow(/Nobody may be both/);
    expect(await rolesOf(user.userId)).toEqual([held]);
  });

  it("a toxic pair is refused when both halves are granted at the same moment", async () => {
    const admin = await someConfirmed(["administrator"]);
    for (let round = 0; round < 10; round += 1) {
      const { userId } = await someUser();
      const wanted: Role[] = ["auditor", "campaign_manager"];
      const results = await Promise.allSettled(wanted.map((role) => grantRole(admin.ctx, { userId, role })));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await rolesOf(userId)).toHaveLength(1);
    }
  });

  it("are granted once, ended once, and kept as history with who did it", async () => {
    const admin = await someConfirmed(["administrator"]);
    const user = await someSignedIn();
    await grantRole(admin.ctx, { userId: user.userId, role: "reviewer" });
    await expect(grantRole(admin.ctx, { userId: user.userId, role: "reviewer" })).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await findSignIn(user.cookie.value, {}))?.roles).toEqual(["reviewer"]);
    await endRole(admin.ctx, { userId: user.userId, role: "reviewer" });
    expect((await findSignIn(user.cookie.value, {}))?.roles).toEqual([]);
    await expect(endRole(admin.ctx, { userId: user.userId, role: "reviewer" })).rejects.toMatchObject({ code: "CONFLICT" });
    const history = await reader.rows("SELECT role, granted_by, ended_by FROM role_assignments WHERE user_id = $1::uuid", [user.userId]);
    expect(history).toEqual([{ role: "reviewer", granted_by: admin.userId, ended_by: admin.userId }]);
    expect(await eventsOf(admin.ctx)).toEqual(["user.role_granted", "user.role_ended"]);
  });

  it("are changed only by who has just confirmed to be them, and never by a token", async () => {
    const { ctx } = await someSignedIn(["administrator"]);
    const { userId } = await someUser(["reviewer"]);
    const byToken: Ctx = { ...ctx, actor: { ...ctx.actor, authentication: { method: "token" } } };
    for (const [of, sentence] of [
      [ctx, /Confirm that it is you/],
      [byToken, /a token cannot confirm/],
    ] as const)
      for (const change of [
        () => grantRole(of, { userId, role: "platform_engineer" }),
        () => endRole(of, { userId, role: "reviewer" }),
        () => inviteUser(of, { mail: person().mail, roles: ["administrator"] }),
      ]) {
        await expect(change()).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
        await expect(change()).rejects.toThrow(sentence);
      }
    expect(await rolesOf(userId)).toEqual(["reviewer"]);
  });

  it("the last administrator stays, even when two end each other at the same moment", async () => {
    for (const { id } of await reader.rows<{ id: string }>("SELECT id FROM app_users"))
      await reader.rows(
        "UPDATE role_assignments SET ended_at = now() WHERE user_id = $1::uuid AND role = 'administrator' AND ended_at IS NULL",
        [id],
      );
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await someConfirmed(["administrator"]), await someConfirmed(["administrator"])];
      await expect(disableUser(one.ctx, { userId: one.userId })).rejects.toMatchObject({ code: "CONFLICT" });
      const results = await Promise.allSettled([
        endRole(one.ctx, { userId: other.userId, role: "administrator" }),
        disableUser(other.ctx, { userId: one.userId }),
      ]);
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await isWithoutAdministrator()).toBe(false);
      const last = results[0]?.status === "fulfilled" ? one : other;
      await expect(endRole(operatorCtx(), { userId: last.userId, role: "administrator" })).rejects.toMatchObject({ code: "PRECONDITION" });
      await expect(disableUser(operatorCtx(), { userId: last.userId })).rejects.toMatchObject({ code: "PRECONDITION" });
      await reader.rows("UPDATE role_assignments SET ended_at = now() WHERE role = 'administrator' AND ended_at IS NULL");
    }
  });
});

describe("a user", () => {
  it("is disabled and enabled again, but their sign-ins stay ended", async () => {
    const admin = await someConfirmed(["administrator"]);
    const user = await someSignedIn();
    await disableUser(admin.ctx, { userId: user.userId });
    expect(await findSignIn(user.cookie.value, {})).toBeNull();
    await expect(disableUser(admin.ctx, { userId: user.userId })).rejects.toMatchObject({ code: "CONFLICT" });
    await enableUser(admin.ctx, { userId: user.userId });
    expect(await findSignIn(user.cookie.value, {})).toBeNull();
    await expect(checkPassword(visitor("192.0.2.41"), { mail: user.mail, password: PASSWORD })).resolves.toMatchObject({
      userId: user.userId,
    });
  });

  it("changes the password, which ends every other sign-in and leaves this one", async () => {
    const user = await someSignedIn();
    const elsewhere = await import("./commands/sign-in.ts").then(({ createSignIn }) =>
      createSignIn(visitor(), { userId: user.userId, method: "password" }),
    );
    await expect(changePassword(user.ctx, { next: "too short" })).rejects.toMatchObject({ fields: { next: expect.any(String) } });
    await expect(changePassword(user.ctx, { next: "another long passphrase" })).resolves.toEqual({ otherSignInsEnded: 1 });
    expect(await findSignIn(elsewhere.value, {})).toBeNull();
    expect(await findSignIn(user.cookie.value, {})).not.toBeNull();
    await expect(checkPassword(visitor("192.0.2.42"), { mail: user.mail, password: PASSWORD })).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  it("is linked to a person that exists, and that is audited", async () => {
    const admin = await someConfirmed(["administrator"]);
    const user = await someUser();
    await expect(linkUserToPerson(admin.ctx, { userId: user.userId, personId: randomUUID() })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(linkUserToPerson(admin.ctx, { userId: user.userId, personId: null })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await eventsOf(admin.ctx)).toEqual([]);
  });

  it("cannot be made twice, not even at the same moment", async () => {
    const given = person();
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => createUser(operatorCtx(), given)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "CONFLICT" });
  });
});
