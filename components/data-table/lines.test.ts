import { expect, it } from "vitest";
import { type Line, linesOf, nextStop } from "./lines.ts";

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

it("keeps the id of a header when rows before it go", () => {
  const header = (from: Row[]) =>
    linesOf(from, (row) => row.id, groupOf, new Set()).find((line) => line.kind === "group" && line.group.id === "b")?.id;
  expect(header(rows.slice(1))).toBe(header(rows));
});

it("steps over open headers and stops at both ends", () => {
  const lines = linesOf(rows, (row) => row.id, groupOf, new Set());
  expect(nextStop(lines, -1, 1)).toBe(1);
  expect(nextStop(lines, 2, 1)).toBe(4);
  expect(nextStop(lines, 1, -1)).toBeNull();
  expect(nextStop(lines, 6, 1)).toBeNull();
});

it("stops at a folded header, and at each line where asked to", () => {
  const folded = linesOf(rows, (row) => row.id, groupOf, new Set(["b"]));
  expect(nextStop(folded, 2, 1)).toBe(3);
  expect(nextStop(folded, -1, 1, "lines")).toBe(0);
});
