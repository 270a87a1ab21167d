import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { inboxScope } from "#lib/authz/scope.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { collectMails } from "./commands/collect.ts";
import { markRead, setMailPreference } from "./commands/read.ts";
import { type Notice, notify, notifyAll } from "./notify.sql.ts";
import { countUnread, listInbox, mailPreference } from "./queries.ts";
import { usersWhoMay } from "./recipients.sql.ts";

ownTestDatabase();

const ON = { isOn: true, host: "example.test", zone: "UTC" };
const T0 = new Date("2026-11-02T10:00:00Z");
const later = (minutes: number): Date => new Date(T0.getTime() + minutes * 60_000);
const at = (now: Date): Ctx => make.ctxOf(systemActor("test"), now);

type User = Awaited<ReturnType<typeof make.makeUser>>;
let source: make.TestSource;
/** A reviewer with a mail address, who is somebody in the inventory. */
async function reviewer(): Promise<{ user: User; personId: string; mail: string }> {
  const mail = `${randomUUID()}@example.test`;
  const personId = await make.makePerson(source, { mail });
  return { user: await make.makeUser({ personId, roles: ["reviewer"] }), personId, mail };
}

const waiting = (personId: string, more: { key?: string; items?: number } = {}): Notice => ({
  kind: "items_waiting",
  to: { personId },
  about: { kind: "campaign", id: randomUUID(), label: "Q4 review" },
  key: more.key ?? `launched:${randomUUID()}`,
  data: { items: more.items ?? 12, zone: "Europe/Vienna" },
  due: new Date("2026-12-11T16:00:00Z"),
});
const tell = (now: Date, ...notices: Notice[]) => transactPg(at(now), (tx, ctx) => notifyAll(tx, ctx, notices));
const mailsTo = (recipientId: string) =>
  reader.rows<{ state: string; cause: string | null; address: string | null; messageId: string; parts: number }>(
    `SELECT d.state, d.cause, d.address, d.message_id AS "messageId", (SELECT count(*)::int FROM notifications n WHERE n.mail_delivery_id = d.id) AS parts
     FROM notification_deliveries d WHERE d.recipient_id = $1::uuid ORDER BY d.created_at, d.id`,
    [recipientId],
  );

beforeEach(async () => {
  source = await make.makeSource();
  // What other tests left behind is not collected by this one's clock.
  await collectMails(at(new Date("2027-01-01T00:00:00Z")), ON);
});

describe("a notification", () => {
  it("is in the inbox of whoever it is for, in words that say what to do, by when and where", async () => {
    const { user, personId } = await reviewer();
    const stranger = await reviewer();
    await tell(T0, waiting(personId));
    const [row] = await listInbox(inboxScope(user), "unread");
    expect(row).toMatchObject({ title: "12 items wait for your answer: Q4 review", urgency: "prompt", readAt: null });
    expect(row?.body).toContain("by Fri 11 Dec 2026, 17:00");
    expect(row?.path).toMatch(/^\/campaigns\/[0-9a-f-]+\/review$/);
    expect(await countUnread(inboxScope(user))).toBe(1);
    expect(await listInbox(inboxScope(stranger.user), "all")).toEqual([]);
  });

  it("is told once per key and recipient, whoever tells it again and at the same moment", async () => {
    const { user, personId } = await reviewer();
    const other = await reviewer();
    const key = `launched:${randomUUID()}`;
    await Promise.all(Array.from({ length: 8 }, () => tell(T0, waiting(personId, { key }), waiting(other.personId, { key }))));
    expect(await countUnread(inboxScope(user))).toBe(1);
    expect(await countUnread(inboxScope(other.user))).toBe(1);
  });

  it("is not told where the transaction that it tells of comes to nothing", async () => {
    const { user, personId } = await reviewer();
    const failed = transactPg(at(T0), async (tx, ctx) => {
      await notify(tx, ctx, waiting(personId));
      throw new Error("refused");
    });
    await expect(failed).rejects.toThrow("refused");
    expect(await countUnread(inboxScope(user))).toBe(0);
  });

  it("stays as it was told, and is marked read by its reader alone", async () => {
    const { user, personId } = await reviewer();
    const stranger = await reviewer();
    await tell(T0, waiting(personId), waiting(personId));
    const [first] = await listInbox(inboxScope(user), "all");
    if (!first) throw new Error("nothing was told");
    expect(await markRead(make.ctxOf(stranger.user), { notificationIds: [first.id] })).toEqual({ read: 0 });
    expect(await markRead(make.ctxOf(user), { notificationIds: [first.id] })).toEqual({ read: 1 });
    expect(await markRead(make.ctxOf(user), {})).toEqual({ read: 1 });
    expect(await markRead(make.ctxOf(user), {})).toEqual({ read: 0 });
    expect((await make.auditOf("notifications.read")).filter(({ subject }) => subject.id === user.userId)).toHaveLength(2);
    await expect(reader.rows(`UPDATE notifications SET data = '{}' WHERE id = $1::uuid`, [first.id])).rejects.toThrow("refused");
    await expect(reader.rows(`DELETE FROM notifications WHERE id = $1::uuid`, [first.id])).rejects.toThrow();
  });

  it("for a role goes to whoever holds it, but those named", async () => {
    const [asker, confirmer, disabled] = await Promise.all(
      Array.from({ length: 3 }, () => make.makeUser({ roles: ["platform_engineer"] })),
    );
    if (!asker || !confirmer || !disabled) throw new Error("nobody was made");
    await reader.rows("UPDATE app_users SET disabled_at = now() WHERE id = $1::uuid", [disabled.userId]);
    const told = (await usersWhoMay(reader, "source.override", [asker.userId])).map(({ userId }) => userId);
    expect(told).toContain(confirmer.userId);
    expect(told).not.toContain(asker.userId);
    expect(told).not.toContain(disabled.userId);
  });
});

describe("what waits for somebody", () => {
  it("goes into one mail with all that came shortly after it, under one Message-ID", async () => {
    const { personId, mail } = await reviewer();
    await tell(T0, waiting(personId), waiting(personId));
    await collectMails(at(later(1)), ON);
    expect(await mailsTo(personId)).toEqual([]);
    await tell(later(1), waiting(personId));
    await Promise.all([collectMails(at(later(2)), ON), collectMails(at(later(2)), ON), collectMails(at(later(2)), ON)]);
    const mails = await mailsTo(personId);
    expect(mails).toEqual([
      { state: "WAITING", cause: null, address: mail, messageId: expect.stringMatching(/^<[0-9a-f-]{36}@example\.test>$/), parts: 3 },
    ]);
  });

  it("waits half an hour for company after a mail, unless it is urgent", async () => {
    const { user, personId } = await reviewer();
    await tell(T0, waiting(personId));
    await collectMails(at(later(2)), ON);
    await tell(later(3), waiting(personId));
    await collectMails(at(later(31)), ON);
    expect(await mailsTo(personId)).toHaveLength(1);
    await tell(later(31), {
      kind: "account_changed",
      to: { userId: user.userId },
      about: { kind: "user", id: user.userId, label: "me" },
      key: `changed:${randomUUID()}`,
      data: { change: "password_changed" },
    });
    await collectMails(at(later(31)), ON);
    expect((await mailsTo(personId)).map(({ parts }) => parts)).toEqual([1, 2]);
  });

  it("is mailed as the user prefers: daily, or never but for what is urgent", async () => {
    const [daily, none] = [await reviewer(), await reviewer()];
    await setMailPreference(make.ctxOf(daily.user), { mail: "daily" });
    await setMailPreference(make.ctxOf(none.user), { mail: "none" });
    expect(await mailPreference(inboxScope(daily.user))).toBe("daily");
    await tell(T0, waiting(daily.personId), waiting(none.personId));
    await collectMails(at(later(60)), ON);
    expect(await mailsTo(daily.personId)).toEqual([]);
    expect(await mailsTo(none.personId)).toMatchObject([{ state: "NOT_SENT", cause: "preference" }]);
    await collectMails(at(new Date("2026-11-03T07:00:00Z")), ON);
    expect(await mailsTo(daily.personId)).toMatchObject([{ state: "WAITING", parts: 1 }]);
  });

  it("says why it is not mailed: no server, no address, read in the app before", async () => {
    const [off, nowhere, reads] = [await reviewer(), { personId: await make.makePerson(source) }, await reviewer()];
    await tell(T0, waiting(off.personId));
    await collectMails(at(T0), { ...ON, isOn: false });
    await tell(T0, waiting(nowhere.personId), waiting(reads.personId));
    await markRead(make.ctxOf(reads.user, later(1)), {});
    await collectMails(at(later(2)), ON);
    const causes = await Promise.all([off, nowhere, reads].map(({ personId }) => mailsTo(personId)));
    expect(causes.map(([mail]) => [mail?.state, mail?.cause])).toEqual([
      ["NOT_SENT", "mail_off"],
      ["NOT_SENT", "no_address"],
      ["NOT_SENT", "read_first"],
    ]);
  });
});
