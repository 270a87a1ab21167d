import { expect, it } from "vitest";
import { type PastState, pastDay, pastState } from "./past-day.ts";

const now = new Date("2026-11-20T09:00:00.000Z");

it.each<[string, string | undefined, string | null]>([
  ["a day that is over is shown up to its end", "2026-11-19", "2026-11-19T23:59:59.999Z"],
  ["today is what is live", "2026-11-20", null],
  ["a day to come is what is live", "2027-01-01", null],
  ["no day is what is live", undefined, null],
  ["what is no day is what is live", "2026-13-45", null],
])("%s", (_name, day, at) => {
  expect(pastDay(day, now)?.at.toISOString() ?? null).toBe(at);
});

it.each<[string, string, string | null, boolean, PastState]>([
  ["before its source was first read nobody knows", "2026-11-01T23:59:59.999Z", "2026-11-02T08:00:00.000Z", false, "unknown"],
  ["of a source that was never read nobody knows", "2026-11-01T23:59:59.999Z", null, true, "unknown"],
  [
    "a source that was read and did not name it says that it was not there",
    "2026-11-02T23:59:59.999Z",
    "2026-11-02T08:00:00.000Z",
    false,
    "not_there",
  ],
  ["what was read was there", "2026-11-02T23:59:59.999Z", "2026-11-02T08:00:00.000Z", true, "there"],
])("%s", (_name, at, since, wasPresent, state) => {
  expect(pastState(new Date(at), since, wasPresent)).toBe(state);
});
