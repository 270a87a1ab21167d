import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COLLECT_MS, type MailRecipient, mailDueAt, mailsOf, REST_MS, type Waiting } from "./mail-plan.ts";
import type { MailPreference, Urgency } from "./types.ts";

const at = (iso: string): Date => new Date(iso);
const prompt = (iso: string): Waiting => ({ createdAt: at(iso), urgency: "prompt" });
const urgent = (iso: string): Waiting => ({ createdAt: at(iso), urgency: "urgent" });
const T = "2026-11-02T10:00:00Z";

describe("the next mail goes out", () => {
  it.each<[string, MailPreference, string | null, Waiting[], string, string | null]>([
    [
      "two minutes after the first of what waits",
      "at_once",
      null,
      [prompt("2026-11-02T10:01:00Z"), prompt(T)],
      "UTC",
      "2026-11-02T10:02:00Z",
    ],
    ["half an hour after the last mail at the earliest", "at_once", "2026-11-02T09:50:00Z", [prompt(T)], "UTC", "2026-11-02T10:20:00Z"],
    [
      "at once where something is urgent, whatever the preference",
      "none",
      "2026-11-02T09:59:00Z",
      [prompt("2026-11-02T09:58:00Z"), urgent(T)],
      "UTC",
      T,
    ],
    ["at seven the next morning as a digest", "daily", null, [prompt(T)], "UTC", "2026-11-03T07:00:00Z"],
    ["at seven the same morning where it came before", "daily", null, [prompt("2026-11-02T05:59:59Z")], "UTC", "2026-11-02T07:00:00Z"],
    ["a day later where it came in that very hour", "daily", null, [prompt("2026-11-02T07:20:00Z")], "UTC", "2026-11-03T07:00:00Z"],
    ["at seven of the digest's zone", "daily", null, [prompt(T)], "Asia/Kathmandu", "2026-11-03T01:15:00Z"],
    [
      "at seven by the clock on the day that clocks go forward",
      "daily",
      null,
      [prompt("2026-03-28T20:00:00Z")],
      "Europe/Vienna",
      "2026-03-29T05:00:00Z",
    ],
    ["never where only what is not urgent waits and no mail is wanted", "none", null, [prompt(T)], "UTC", null],
    ["never where nothing waits", "at_once", null, [], "UTC", null],
  ])("%s", (_name, preference, last, waiting, zone, expected) => {
    const due = mailDueAt({ preference, lastMailAt: last ? at(last) : null, waiting }, zone);
    expect(due?.toISOString() ?? null).toBe(expected ? at(expected).toISOString() : null);
  });
});

const urgencies: Urgency[] = ["urgent", "prompt", "routine"];
const minutes = fc.integer({ min: 0, max: 5_000 });
const recipients = fc.record({
  recipientId: fc.constant("somebody"),
  address: fc.option(fc.constant("a@example.test"), { nil: null }),
  preference: fc.constantFrom<MailPreference>("at_once", "daily", "none"),
  lastMailAt: fc.option(minutes, { nil: null }).map((after) => (after === null ? null : new Date(after * 60_000))),
  waiting: fc
    .array(fc.record({ after: minutes, urgency: fc.constantFrom(...urgencies), isRead: fc.boolean() }), { maxLength: 12 })
    .map((all) => all.map(({ after, ...each }, index) => ({ ...each, id: String(index), createdAt: new Date(after * 60_000) }))),
});

describe("whatever waits", () => {
  const office = (isOn: boolean, after: number) => ({ isOn, zone: "Europe/Vienna", now: new Date(after * 60_000) });

  it("is in at most one mail, and each notification in one place at most", () => {
    fc.assert(
      fc.property(recipients, fc.boolean(), minutes, (recipient, isOn, now) => {
        const planned = mailsOf(recipient, office(isOn, now));
        expect(planned.filter(({ cause }) => cause === null).length).toBeLessThanOrEqual(1);
        const ids = planned.flatMap(({ notificationIds }) => notificationIds);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it("is settled after a day and half an hour at the latest, and what is urgent at once", () => {
    fc.assert(
      fc.property(recipients, (recipient: MailRecipient) => {
        const all = (now: number) => mailsOf(recipient, office(true, now)).flatMap(({ notificationIds }) => notificationIds);
        const latest = 5_000 + 25 * 60 + (COLLECT_MS + REST_MS) / 60_000;
        expect(all(latest)).toHaveLength(recipient.waiting.length);
        const urgentIds = recipient.waiting.filter(({ urgency }) => urgency === "urgent").map(({ id }) => id);
        expect(all(5_000)).toEqual(expect.arrayContaining(urgentIds));
      }),
    );
  });
});
