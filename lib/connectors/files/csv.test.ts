import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CsvRow, CsvScanner } from "./csv.ts";
import { FileError } from "./errors.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { CsvFormat } from "./mapping.ts";

type Options = { chunks?: number[]; delimiter?: CsvFormat["delimiter"]; quote?: CsvFormat["quote"]; limits?: Partial<Limits> };

/** Pushes the text in pieces of the given sizes, never cutting a CRLF in two: the reader sees to that. */
function scan(text: string, { chunks = [], delimiter = ",", quote = '"', limits = {} }: Options = {}): CsvRow[] {
  const scanner = new CsvScanner("test.csv", { delimiter, quote }, { ...LIMITS, ...limits });
  const rows: CsvRow[] = [];
  let at = 0;
  for (const size of [...chunks, text.length]) {
    let end = Math.min(at + size, text.length);
    if (text[end - 1] === "\r" && end < text.length) end += 1;
    scanner.push(text.slice(at, end), rows);
    at = end;
  }
  scanner.finish(rows);
  return rows;
}

const cells = (text: string, options?: Options) => scan(text, options).map((row) => row.cells);

describe("what a row is", () => {
  it.each<[string, string, string[][]]>([
    [
      "LF",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "CRLF",
      "a,b\r\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "CR alone",
      "a,b\rc,d\r",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "all three mixed",
      "a,b\rc,d\r\ne,f\ng,h",
      [
        ["a", "b"],
        ["c", "d"],
        ["e", "f"],
        ["g", "h"],
      ],
    ],
    [
      "no line break at the end",
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a delimiter at the very end",
      "a,b\nc,",
      [
        ["a", "b"],
        ["c", ""],
      ],
    ],
    [
      "blank lines",
      "\n\na,b\n\r\n\nc,d\n\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "empty cells",
      ",\n,,\n",
      [
        ["", ""],
        ["", "", ""],
      ],
    ],
    ["a delimiter and line breaks in quotes", '"a,1\r\n2","b\n3"\n', [["a,1\r\n2", "b\n3"]]],
    ["doubled quotes", '"say ""yes""",""""\n', [['say "yes"', '"']]],
    ["quoted and empty", '"",""\n', [["", ""]]],
    ["one quoted empty cell is a row, not a blank line", '""\n', [[""]]],
    ["spaces belong to the cell", " a , b \n", [[" a ", " b "]]],
    ["nothing", "", []],
  ])("%s", (_name, text, expected) => {
    expect(cells(text)).toEqual(expected);
  });

  it("takes any of the delimiters, and leaves the others in the text", () => {
    for (const delimiter of [",", ";", "\t", "|"] as const) {
      const other = delimiter === ";" ? "," : ";";
      expect(cells(`a${other}1${delimiter}b`, { delimiter })).toEqual([[`a${other}1`, "b"]]);
    }
  });

  it("keeps quotation marks as text where the file quotes nothing", () => {
    expect(cells('5" disk,"x"\n', { quote: "" })).toEqual([['5" disk', '"x"']]);
  });

  it("counts lines through quoted cells, so that a later error is found where an editor shows it", () => {
    const rows = scan('h\n"1\n2\r\n3\r4"\nx\n\ny');
    expect(rows.map(({ line, nextLine }) => [line, nextLine])).toEqual([
      [1, 2],
      [2, 6],
      [6, 7],
      [8, 9],
    ]);
  });

  it("says where each row ends in the text", () => {
    const text = 'a,b\r\n"ü\n",d\nlast,row';
    const ends = scan(text).map(({ end }) => end);
    expect(ends.slice(0, 2)).toEqual([5, 12]);
  });
});

describe("what is refused", () => {
  const failure = (text: string, options?: Options) => {
    try {
      scan(text, options);
    } catch (error) {
      if (error instanceof FileError) return { code: error.code, where: error.where };
      throw error;
    }
    return null;
  };

  it.each<[string, string, string, string]>([
    ["a quote never closed is named where it opens", 'a,b\nc,"d\ne\nf\n', "unterminated_quote", "test.csv, line 2, column 2"],
    ["a quote inside an unquoted cell", 'a,b\nc,d"e\n', "stray_quote", "test.csv, line 2, column 2"],
    ["text after a closing quote", 'a,b\n"c" ,d\n', "stray_quote", "test.csv, line 2, column 1"],
  ])("%s", (_name, text, code, where) => {
    for (const chunks of [[], [1, 1, 1, 1, 1, 1, 1, 1, 1]]) expect(failure(text, { chunks })).toEqual({ code, where });
  });

  it("a cell beyond the limit, quoted or not, at its line", () => {
    const limits = { cellCharacters: 10 };
    expect(failure("a,b\nc,12345678901", { limits })).toEqual({ code: "cell_too_large", where: "test.csv, line 2, column 2" });
    expect(failure('a,b\nc,"1\n2\n3\n4\n5\n6"', { limits })).toEqual({ code: "cell_too_large", where: "test.csv, line 2, column 2" });
    expect(failure("a,b\nc,1234567890", { limits })).toBeNull();
  });

  it("a row beyond the limit, though each of its cells is small", () => {
    expect(failure("12345,12345,12345", { limits: { recordCharacters: 12 } })?.code).toBe("record_too_large");
  });

  it("more columns than the limit, and not one fewer", () => {
    expect(failure("a,b,c", { limits: { columns: 2 } })?.code).toBe("too_many_columns");
    expect(failure("a,b", { limits: { columns: 2 } })).toBeNull();
  });
});

const cell = fc.string({ unit: fc.constantFrom("a", "é", "😀", ",", ";", '"', "\n", "\r", " ", "\\", ".", "'"), maxLength: 8 });
const lineBreak = fc.constantFrom("\n", "\r\n", "\r");
const table = fc
  .integer({ min: 2, max: 5 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }));
const quoted = (value: string, always: boolean) => (always || /[,"\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

describe("for any table", () => {
  it("reads back what was written, however it was cut into chunks", () => {
    fc.assert(
      fc.property(table, lineBreak, fc.boolean(), fc.array(fc.integer({ min: 1, max: 9 })), (rows, end, always, chunks) => {
        const text = rows.map((row) => row.map((value) => quoted(value, always)).join(",") + end).join("");
        expect(cells(text, { chunks })).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with csv-parse on any text that both accept", () => {
    const alphabet = fc.constantFrom("a", "b", ",", '"', "\n", '","', '"\n', '""');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 40 }), (text) => {
        const ours = attempt(() => cells(text));
        const theirs = attempt(() => parse(text, { relax_column_count: true, skip_empty_lines: true, record_delimiter: "\n" }));
        // A line of one quoted empty cell is a row here, and a blank line there.
        const isSame = (row: string[]) => row.length > 1 || row[0] !== "";
        if (ours && theirs) expect(ours.filter(isSame)).toEqual(theirs.filter(isSame));
        else expect(ours).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });
});

function attempt(read: () => string[][]): string[][] | null {
  try {
    return read();
  } catch {
    return null;
  }
}
