import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvCell, csvRow, FORMULA_START } from "./csv.ts";

describe("csvCell", () => {
  it.each([
    ["=1+1", `"'=1+1"`],
    ["+49 30 1234", `"'+49 30 1234"`],
    ["-2", `"'-2"`],
    ["@SUM(A1)", `"'@SUM(A1)"`],
    ["\t=1", `"'\t=1"`],
    ["\r=1", `"'\r=1"`],
    ["\n=1", `"'\n=1"`],
    ["\uff1d1+1", `"'\uff1d1+1"`],
    ['=HYPERLINK("http://a","b")', `"'=HYPERLINK(""http://a"",""b"")"`],
    ["plain", `"plain"`],
    ["a=b", `"a=b"`],
    ['say "hi", twice\r\n', `"say ""hi"", twice\r\n"`],
    ["", `""`],
    [null, `""`],
    [true, `"true"`],
    [-5, `"'-5"`],
  ])("%j is written %s", (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});

it("writes counts beyond 2^53 exactly", () => {
  expect(csvCell(9007199254740993n)).toBe('"9007199254740993"');
});

it("any value comes back as it was or with one apostrophe before it, and no cell starts like a formula", () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", '"', ",", ";", "'"), fc.string({ maxLength: 1, minLength: 1 })),
  });
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }), (rows) => {
      const read: string[][] = parse(rows.map(csvRow).join(""));
      expect(read).toHaveLength(rows.length);
      for (const [at, row] of rows.entries())
        for (const [column, value] of row.entries()) {
          const cell = read[at]?.[column] ?? "";
          expect([value, `'${value}`]).toContain(cell);
          expect(new RegExp(FORMULA_START, "u").test(cell)).toBe(false);
        }
    }),
    { numRuns: 500 },
  );
});
