import { describe, expect, it } from "vitest";
import { isDay, isMoment, recordProblems } from "./values.ts";

describe("a moment", () => {
  it.each([
    "2026-11-23T09:30:00Z",
    "2026-11-23 09:30:00.123456+05:45",
    "2026-11-23T09:30Z",
    "2026-11-23T09:30:00+02",
    "2024-02-29",
    "never",
    "unknown",
    "not_supported",
  ])("%s is one", (text) => expect(isMoment(text)).toBe(true));
  it.each([
    "2026-11-23T09:30:00",
    "2026-02-30T00:00:00Z",
    "2026-11-23T24:00:00Z",
    "23.11.2026",
    "0000-01-01",
    "Never",
    "1763890200",
    "infinity",
    "now",
    "2026-11-23T09:30:00Z; x",
  ])("%s is none", (text) => expect(isMoment(text)).toBe(false));
});

it.each([
  ["2024-02-29", true],
  ["2023-02-29", false],
  ["0001-01-01", true],
  ["2026-13-01", false],
  ["2026-1-1", false],
  ["10000-01-01", false],
])("the day %s exists: %s", (text, exists) => expect(isDay(text)).toBe(exists));

it("names all that is wrong with a record, and nothing else", () => {
  const record = { external_id: "", name: "Ada", status: "alive", started_on: "soon", surname: "x", mail: null };
  expect(recordProblems("people", record)).toEqual([
    { column: "external_id", reason: "required" },
    { column: "status", reason: "not_in_vocabulary" },
    { column: "started_on", reason: "not_a_day" },
    { column: "surname", reason: "unknown_column" },
  ]);
  expect(recordProblems("grants", { holder: "a", entitlement: "b" })).toEqual([]);
});
