import { describe, expect, it } from "vitest";
import { countText, dateText, dueText, instantText, relativeText } from "./moment-text.ts";

const NOW = "2026-11-23T12:00:00.000Z";

describe("relativeText", () => {
  it.each([
    ["2026-11-23T11:59:30.000Z", "just now"],
    ["2026-11-23T12:00:30.000Z", "just now"],
    ["2026-11-23T11:46:00.000Z", "14 min ago"],
    ["2026-11-23T10:00:00.000Z", "2 h ago"],
    ["2026-11-22T12:00:00.000Z", "1 day ago"],
    ["2026-11-20T11:00:00.000Z", "3 days ago"],
    ["2026-07-03T12:00:00.000Z", "4 months ago"],
    ["2024-01-01T00:00:00.000Z", "2 years ago"],
    ["2026-11-25T12:00:00.000Z", "in 2 days"],
  ])("%s is %s", (iso, expected) => expect(relativeText(iso, NOW)).toBe(expected));

  it("rounds down: 59 min 59 s is not an hour", () => expect(relativeText("2026-11-23T11:00:01.000Z", NOW)).toBe("59 min ago"));
});

describe("instants carry their zone", () => {
  it.each([
    ["Europe/Berlin", "20 Nov 2026, 14:05 CET"],
    ["UTC", "20 Nov 2026, 13:05 UTC"],
    ["Asia/Kathmandu", "20 Nov 2026, 18:50 GMT+5:45"],
  ])("in %s", (zone, expected) => expect(instantText("2026-11-20T13:05:00.000Z", zone)).toBe(expected));

  it("takes the day of the zone, not of UTC", () => expect(dateText("2026-11-20T23:30:00.000Z", "Europe/Berlin")).toBe("21 Nov 2026"));
  it("shows midnight as 00, not 24", () => expect(instantText("2026-11-20T23:00:00.000Z", "Europe/Berlin")).toBe("21 Nov 2026, 00:00 CET"));
});

it("names the weekday of a due date, and its year only when it is another one", () => {
  expect(dueText("2026-12-11T16:00:00.000Z", "Europe/Berlin", NOW)).toBe("Fri 11 Dec 17:00 CET");
  expect(dueText("2027-01-08T16:00:00.000Z", "Europe/Berlin", NOW)).toBe("Fri 8 Jan 2027 17:00 CET");
});

it("groups digits of counts beyond 2^53 without losing one", () => {
  expect(countText("9007199254740993")).toBe("9\u202f007\u202f199\u202f254\u202f740\u202f993");
  expect(countText(999)).toBe("999");
  expect(countText(1000)).toBe("1\u202f000");
});
