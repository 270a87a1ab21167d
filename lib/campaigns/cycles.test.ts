import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CycleFacts, cronOf, cyclesBetween, dayOf, dueAfter, missedBecause, nextCycles, PERIODS, type Recurrence } from "./cycles.ts";

const quarterly: Recurrence = { every: "quarter", on: 1, from: 1, at: "09:00" };
const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString());

it.each<[string, Recurrence, string]>([
  ["each week on a Sunday", { every: "week", on: 7, from: 1, at: "08:30" }, "30 8 * * 0"],
  ["each month", { every: "month", on: 15, from: 1, at: "09:00" }, "0 9 15 * *"],
  ["each quarter of a year that begins in February", { every: "quarter", on: 1, from: 2, at: "09:00" }, "0 9 1 2,5,8,11 *"],
  ["half a year", { every: "half_year", on: 1, from: 10, at: "09:00" }, "0 9 1 4,10 *"],
  ["each year", { every: "year", on: 28, from: 12, at: "00:05" }, "5 0 28 12 *"],
])("says %s", (_name, recurrence, cron) => expect(cronOf(recurrence)).toBe(cron));

it("keeps the wall clock over both changes of clocks", () => {
  expect(iso(nextCycles(quarterly, "Europe/Vienna", new Date("2026-11-28T12:00:00Z"), 4))).toEqual([
    "2027-01-01T08:00:00.000Z",
    "2027-04-01T07:00:00.000Z",
    "2027-07-01T07:00:00.000Z",
    "2027-10-01T07:00:00.000Z",
  ]);
});

it("comes once where the clocks skip its time, after the change, and once where they repeat it", () => {
  const at: Recurrence = { every: "week", on: 7, from: 1, at: "02:30" };
  expect(iso(nextCycles(at, "Europe/Vienna", new Date("2027-03-22T00:00:00Z"), 2))).toEqual([
    "2027-03-28T01:00:00.000Z",
    "2027-04-04T00:30:00.000Z",
  ]);
  expect(iso(nextCycles(at, "Europe/Vienna", new Date("2027-10-25T00:00:00Z"), 2))).toEqual([
    "2027-10-31T00:30:00.000Z",
    "2027-11-07T01:30:00.000Z",
  ]);
});

it("falls on the day and time of its zone, whatever the zone, always later than asked", () => {
  const zones = ["UTC", "Europe/Vienna", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"];
  fc.assert(
    fc.property(
      fc.record({
        every: fc.constantFrom(...PERIODS),
        on: fc.integer({ min: 1, max: 7 }),
        from: fc.integer({ min: 1, max: 12 }),
        at: fc
          .tuple(fc.integer({ min: 4, max: 23 }), fc.integer({ min: 0, max: 59 }))
          .map(([h, m]) => `${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`),
      }),
      fc.constantFrom(...zones),
      fc.date({ min: new Date("2026-01-01"), max: new Date("2032-01-01"), noInvalidDate: true }),
      (recurrence, zone, after) => {
        const found = nextCycles(recurrence, zone, after, 4);
        expect(found).toHaveLength(4);
        let last = after;
        for (const at of found) {
          expect(+at).toBeGreaterThan(+last);
          last = at;
          const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
            at,
          );
          expect(clock).toBe(recurrence.at);
        }
        expect(cyclesBetween(recurrence, zone, after, last)).toEqual(found);
      },
    ),
    { numRuns: 300 },
  );
});

it("is due so many days later on the calendar, at its time, over a change of clocks", () => {
  const start = new Date("2027-03-20T08:00:00Z");
  expect(dueAfter(start, 14, "17:00", "Europe/Vienna").toISOString()).toBe("2027-04-03T15:00:00.000Z");
  expect(dayOf(new Date("2027-03-31T22:30:00Z"), "Europe/Vienna")).toBe("2027-04-01");
});

describe("a cycle", () => {
  const now = new Date("2027-01-10T00:00:00Z");
  const before = new Date("2027-01-05T00:00:00Z");
  const after = new Date("2027-04-01T00:00:00Z");
  it.each<[string, CycleFacts, ReturnType<typeof missedBecause>]>([
    ["without a campaign is missed", { campaign: null, nextAt: after }, "no_campaign"],
    ["whose campaign was cancelled is missed", { campaign: { state: "CANCELLED", launchedAt: before }, nextAt: after }, "cancelled"],
    [
      "that nobody was asked in before the next began is missed",
      { campaign: { state: "BLOCKED", launchedAt: null }, nextAt: before },
      "never_launched",
    ],
    ["that may still be launched is not", { campaign: { state: "STAGED", launchedAt: null }, nextAt: after }, null],
    ["that is under way is not", { campaign: { state: "ACTIVE", launchedAt: before }, nextAt: before }, null],
    ["with zero items, proven, is not", { campaign: { state: "NOT_APPLICABLE", launchedAt: null }, nextAt: before }, null],
    ["that none follows may still be launched", { campaign: { state: "DRAFT", launchedAt: null }, nextAt: null }, null],
  ])("%s", (_name, facts, expected) => expect(missedBecause(facts, now)).toBe(expected));
});
