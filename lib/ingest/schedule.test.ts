import { expect, it } from "vitest";
import { nextRun, scheduleProblem } from "./schedule.ts";

const now = new Date("2026-03-28T22:30:00.000Z");

it.each([
  ["0 3 * * *", "UTC", "2026-03-29T03:00:00.000Z"],
  ["0 3 * * *", "Asia/Kathmandu", "2026-03-29T21:15:00.000Z"],
  ["30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00.000Z"],
  ["0 0 1 1 *", "UTC", "2027-01-01T00:00:00.000Z"],
])("%s in %s comes next at %s", (schedule, zone, expected) => {
  expect(nextRun(schedule, zone, now)?.toISOString()).toBe(expected);
});

it.each([
  ["* * * * *", "UTC"],
  ["*/4 * * * *", "UTC"],
  ["0 3 * *", "UTC"],
  ["0 0 3 * * *", "UTC"],
  ["0 0 30 2 *", "UTC"],
  ["0 3 * * *", "Mars/Olympus"],
  ["every day", "UTC"],
])("refuses %s in %s", (schedule, zone) => {
  expect(scheduleProblem(schedule, zone, now)).not.toBeNull();
});

it("takes what comes every five minutes", () => {
  expect(scheduleProblem("*/5 * * * *", "UTC", now)).toBeNull();
});
