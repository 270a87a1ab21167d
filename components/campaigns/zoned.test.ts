import { expect, test } from "vitest";
import { daysAhead, instantOf, localTimeOf } from "./zoned.ts";

test("a wall clock is read in its own zone, whatever zone the machine is in", () => {
  expect(instantOf({ date: "2026-12-11", time: "17:00" }, "Europe/Vienna")).toBe("2026-12-11T16:00:00.000Z");
  expect(instantOf({ date: "2026-07-11", time: "17:00" }, "Europe/Vienna")).toBe("2026-07-11T15:00:00.000Z");
  expect(instantOf({ date: "2026-07-11", time: "17:00" }, "Asia/Kathmandu")).toBe("2026-07-11T11:15:00.000Z");
});

test("and back", () => {
  expect(localTimeOf("2026-12-31T23:30:00.000Z", "Europe/Vienna")).toEqual({ date: "2027-01-01", time: "00:30" });
  expect(localTimeOf("2026-12-31T23:30:00.000Z", "America/New_York")).toEqual({ date: "2026-12-31", time: "18:30" });
});

test("a time that the change of clocks skips is one that exists", () => {
  const at = instantOf({ date: "2026-03-29", time: "02:30" }, "Europe/Vienna");
  expect(at).toBe("2026-03-29T01:30:00.000Z");
});

test("a form that is not filled is no instant", () => {
  expect(instantOf({ date: "", time: "17:00" }, "UTC")).toBeNull();
  expect(instantOf({ date: "2026-12-11", time: "" }, "UTC")).toBeNull();
});

test("two weeks ahead is a day of the zone's own calendar", () => {
  expect(daysAhead("2026-11-23T23:30:00.000Z", 14, "Asia/Tokyo")).toEqual({ date: "2026-12-08", time: "17:00" });
  expect(daysAhead("2026-11-23T23:30:00.000Z", 14, "UTC")).toEqual({ date: "2026-12-07", time: "17:00" });
});
