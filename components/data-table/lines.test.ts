import { expect, it } from "vitest";
import { type Line, linesOf, nextRowLine } from "./lines.ts";

type Row = { id: string; of: string };
const rows: Row[] = [
  { id: "1", of: "a" },
  { id: "2", of: "a" },
  { id: "3", of: "b" },
  { id: "4", of: "a" },
];
const groupOf = (row: Row) => ({ id: row.of, label: row.of.toUpperCase() });
const shown = (lines: Line<Row>[]) => lines.map((line) => (line.kind === "group" ? `${line.group.label}×${line.size}` : line.id));

it("without groups is the rows as given", () =>
  expect(shown(linesOf(rows, (row) => row.id, undefined, new Set()))).toEqual(["1", "2", "3", "4"]));

it("puts a header with its count before each run and never reorders", () =>
  expect(shown(linesOf(rows, (row) => row.id, groupOf, new Set()))).toEqual(["A×2", "1", "2", "B×1", "3", "A×1", "4"]));

it("keeps the header and the count of a folded group, and drops its rows", () =>
  expect(shown(linesOf(rows, (row) => row.id, groupOf, new Set(["a"])))).toEqual(["A×2", "B×1", "3", "A×1"]));

it("gives two runs of one group different ids, so that a list can key them", () => {
  const ids = linesOf(rows, (row) => row.id, groupOf, new Set()).map((line) => line.id);
  expect(new Set(ids).size).toBe(ids.length);
});

it("steps over headers and stops at both ends", () => {
  const lines = linesOf(rows, (row) => row.id, groupOf, new Set());
  expect(nextRowLine(lines, -1, 1)).toBe(1);
  expect(nextRowLine(lines, 2, 1)).toBe(4);
  expect(nextRowLine(lines, 1, -1)).toBeNull();
  expect(nextRowLine(lines, 6, 1)).toBeNull();
});
