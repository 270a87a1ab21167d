import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FileError } from "./errors.ts";
import { duplicateKey } from "./json-keys.ts";
import { JsonLinesScanner, type JsonRow } from "./jsonl.ts";
import { LIMITS, type Limits } from "./limits.ts";

function scan(text: string, limits: Partial<Limits> = {}): JsonRow[] {
  const scanner = new JsonLinesScanner("test.jsonl", { ...LIMITS, ...limits });
  const rows: JsonRow[] = [];
  scanner.push(text, rows);
  scanner.finish(rows);
  return rows;
}

const fields = (text: string) => Object.fromEntries(scan(text)[0]?.fields ?? []);

function failure(text: string, limits?: Partial<Limits>) {
  try {
    scan(text, limits);
  } catch (error) {
    if (error instanceof FileError) return { code: error.code, where: error.where };
    throw error;
  }
  return null;
}

describe("what a line yields", () => {
  it.each<[string, string, Record<string, string | string[]>]>([
    ["text, numbers and booleans as they are written", '{"a":"x","b":1.0,"c":true,"d":1e2}', { a: "x", b: "1.0", c: "true", d: "1e2" }],
    ["a number beyond 2^53, digit for digit", '{"id":9007199254740993}', { id: "9007199254740993" }],
    ["null as empty", '{"a":null}', { a: "" }],
    ["an object as paths", '{"name":{"givenName":"Ada","x":{"y":"z"}}}', { "name.givenName": "Ada", "name.x.y": "z" }],
    ["a list of values as one cell of parts", '{"groups":["a","b",3]}', { groups: ["a", "b", "3"] }],
    ["an empty list as an empty cell", '{"groups":[]}', { groups: [] }],
    [
      "a list of objects as a list per path",
      '{"emails":[{"value":"a@x","primary":true},{"value":"b@x"}]}',
      { "emails.value": ["a@x", "b@x"], "emails.primary": ["true"] },
    ],
    ["a name that is also one of JavaScript's", '{"__proto__":"p","constructor":"c"}', { ["__proto__"]: "p", constructor: "c" }],
  ])("%s", (_name, text, expected) => {
    expect(new Map(Object.entries(fields(text)))).toEqual(new Map(Object.entries(expected)));
  });

  it("skips blank lines, takes LF, CRLF and CR, and counts lines", () => {
    const rows = scan('{"a":1}\r\n\n  \n{"a":2}\r{"a":3}');
    expect(rows.map(({ line }) => line)).toEqual([1, 4, 5]);
  });

  it("reads a line that comes in pieces", () => {
    const scanner = new JsonLinesScanner("test.jsonl", LIMITS);
    const rows: JsonRow[] = [];
    for (const piece of ['{"a"', ':"x', 'y"}\n{', '"a":1}']) scanner.push(piece, rows);
    scanner.finish(rows);
    expect(rows.map((row) => row.fields.get("a"))).toEqual(["xy", "1"]);
  });
});

describe("what is refused", () => {
  it.each<[string, string, string, string]>([
    ["no JSON", '{"a":1}\n{"a":}', "bad_json", "test.jsonl, line 2, column 6"],
    ["a line cut short", '{"a":1', "bad_json", "test.jsonl, line 1, column 7"],
    ["a list", "[1]", "not_an_object", "test.jsonl, line 1, column 1"],
    ["a number", "3", "not_an_object", "test.jsonl, line 1, column 1"],
    ["null", "null", "not_an_object", "test.jsonl, line 1, column 1"],
    ["a name twice", '{"a":1,"b":{"a":2},"a":3}', "duplicate_key", "test.jsonl, line 1, column 20"],
    ["a name twice, once written with an escape", '{"a":1,"\\u0061":2}', "duplicate_key", "test.jsonl, line 1, column 8"],
    ["a name twice inside a list", '{"a":[{"b":1,"b":2}]}', "duplicate_key", "test.jsonl, line 1, column 14"],
    ["two names for one path", '{"a.b":1,"a":{"b":2}}', "duplicate_key", "test.jsonl, line 1, column 1"],
    ["a lone surrogate", '{"a":"x\\ud800"}', "lone_surrogate", "test.jsonl, line 1, column 1 (a)"],
    ["a lone surrogate in a name", '{"\\udc00":"x"}', "lone_surrogate", "test.jsonl, line 1, column 1 (\udc00)"],
    ["NUL by escape", '{"a":"x\\u0000"}', "nul", "test.jsonl, line 1, column 1 (a)"],
    ["objects nested too deep", `${'{"a":'.repeat(9)}1${"}".repeat(9)}`, "too_deep", "test.jsonl, line 1, column 1"],
  ])("%s", (_name, text, code, where) => {
    expect(failure(text)).toEqual({ code, where });
  });

  it("lists nested a hundred thousand deep, without falling over", () => {
    expect(failure(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)?.code).toBe("too_deep");
  });

  it("a line and a value beyond their limits", () => {
    expect(failure(`{"a":"${"x".repeat(50)}"}`, { cellCharacters: 40 })?.code).toBe("cell_too_large");
    expect(failure(`{"a":"${"x".repeat(50)}`, { recordCharacters: 40 })?.code).toBe("record_too_large");
  });

  it("never quotes the line, which may hold what must not be shown", () => {
    try {
      scan('{"password":"hunter2hunter2"');
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain("hunter2");
    }
  });
});

describe("names that stand twice", () => {
  it("are found in no valid object that has each once", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => duplicateKey(JSON.stringify(value)) === null),
      { numRuns: 500 },
    );
  });

  it("are found wherever one is added", () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (name, one, other) => {
        const key = JSON.stringify(name);
        return duplicateKey(`[{"x":[{${key}:${JSON.stringify(one)},${key}:${JSON.stringify(other)}}]}]`) !== null;
      }),
    );
  });
});
