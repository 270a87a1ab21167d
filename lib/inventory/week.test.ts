import { expect, it } from "vitest";
import { changeBars, dayOf, type RunChanges, type Week, weekDays } from "./week.ts";

const run = (at: string, given: Partial<RunChanges> = {}): RunChanges => ({
  runId: at,
  sourceId: "s",
  source: "S",
  at,
  added: 0,
  addedPrivileged: 0,
  addedUnknown: 0,
  ended: 0,
  endedPrivileged: 0,
  endedUnknown: 0,
  ...given,
});
const week = (until: string, ...runs: RunChanges[]): Week => ({ until, runs, firstReads: [], uncounted: 0 });

it("shows seven days up to today, also those on which nothing changed", () => {
  const bars = changeBars(week("2026-11-28T12:00:00.000Z"), "UTC");
  expect(bars.map(({ label }) => label)).toEqual(["Sun 22", "Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28"]);
  expect(bars.every(({ addedPrivileged, addedOther, unknown }) => addedPrivileged + addedOther + unknown === 0)).toBe(true);
});

it.each([
  ["UTC", "2026-11-27"],
  ["Asia/Kathmandu", "2026-11-28"],
  ["America/Los_Angeles", "2026-11-27"],
])("a sync just before midnight in London belongs to the day of somebody in %s", (zone, day) => {
  expect(dayOf(new Date("2026-11-27T23:30:00.000Z"), zone)).toBe(day);
});

it("leaves out no day and doubles none where clocks change", () => {
  const spring = weekDays(new Date("2026-03-29T22:30:00.000Z"), "Europe/Vienna"); // 00:30 of the 30th, after a day of 23 hours
  expect(spring).toEqual(["2026-03-24", "2026-03-25", "2026-03-26", "2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"]);
  const autumn = weekDays(new Date("2026-10-25T23:30:00.000Z"), "Europe/Vienna");
  expect(new Set(autumn).size).toBe(7);
});

it("marks privileged ones, and counts what nobody knows as neither", () => {
  const changed = run("2026-11-28T08:00:00.000Z", { added: 10, addedPrivileged: 2, addedUnknown: 1, ended: 4, endedUnknown: 4 });
  const [today] = changeBars(week("2026-11-28T12:00:00.000Z", changed, changed), "UTC").slice(-1);
  expect(today).toMatchObject({ addedPrivileged: 4, addedOther: 14, endedPrivileged: 0, endedOther: 0, unknown: 10 });
});

it("leaves out what fell on an earlier day of the reader", () => {
  const bars = changeBars(week("2026-11-28T12:00:00.000Z", run("2026-11-21T23:00:00.000Z", { added: 3 })), "UTC");
  expect(bars.reduce((sum, { addedOther }) => sum + addedOther, 0)).toBe(0);
});
