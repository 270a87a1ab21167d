import { expect, it } from "vitest";
import { columnChanges, valueText } from "./change-words.ts";

it("names the columns that differ, and nothing of our own keys", () => {
  const before = { name: "Release", meaning: "Deploys", resource_id: "a", granted_by: null };
  const after = { name: "Release", meaning: "Deploys and deletes", resource_id: "b", started_at: "2026-01-01" };
  expect(columnChanges(before, after)).toEqual([
    { column: "meaning", before: "Deploys", after: "Deploys and deletes" },
    { column: "started at", before: undefined, after: "2026-01-01" },
  ]);
  expect(columnChanges(null, { name: "x" })).toEqual([{ column: "name", before: undefined, after: "x" }]);
});

it("says that something was not told, never nothing", () => {
  expect([null, undefined, "", 0, false, { a: 1 }].map(valueText)).toEqual(["not told", "not told", "not told", "0", "false", '{"a":1}']);
});
