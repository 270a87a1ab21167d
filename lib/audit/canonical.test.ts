import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalDigest, canonicalize } from "./canonical.ts";
import type { JsonValue } from "./types.ts";

describe("RFC 8785", () => {
  it("orders keys by UTF-16 code units, not by code points or locale", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 };
    expect(canonicalize(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}');
  });

  it("escapes what must be escaped, in the short form where there is one, and nothing else", () => {
    expect(canonicalize('\u20ac$\u000f\nA\'B"\\\\"/')).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
    expect(canonicalize("\b\t\n\f\r\u001f\u007f\u2028")).toBe('"\\b\\t\\n\\f\\r\\u001f\u007f\u2028"');
  });

  it.each<[JsonValue, string]>([
    [-0, "0"],
    [9007199254740991, "9007199254740991"],
    [-9007199254740991, "-9007199254740991"],
    [[], "[]"],
    [{}, "{}"],
    [[null, true, false, { b: [1], a: "" }], '[null,true,false,{"a":"","b":[1]}]'],
  ])("writes %j as %s", (value, text) => {
    expect(canonicalize(value)).toBe(text);
  });

  it("nests keys in order at every depth, whatever order they were written in", () => {
    const shuffled = { b: { z: 1, a: { y: 1, x: 2 } }, a: 1 };
    expect(canonicalize(shuffled)).toBe('{"a":1,"b":{"a":{"x":2,"y":1},"z":1}}');
    expect(canonicalDigest(shuffled)).toEqual(canonicalDigest({ a: 1, b: { a: { x: 2, y: 1 }, z: 1 } }));
  });
});

describe("refuses what would not mean the same elsewhere", () => {
  const deep = () => {
    let value: JsonValue = 1;
    for (let depth = 0; depth < 100; depth += 1) value = [value];
    return value;
  };
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  it.each<[string, unknown]>([
    ["a fraction", { amount: 1.5 }],
    ["an integer beyond 2^53 - 1", 9007199254740992],
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["a lone surrogate in a value", ["\ud800"]],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["undefined, which JSON.stringify would drop", { gone: undefined }],
    ["a hole in an array", Object.assign([1], { length: 2 })],
    ["a Date", { at: new Date(0) }],
    ["a Map", new Map([["a", 1]])],
    ["bytes", Buffer.from("a")],
    ["a bigint", 1n],
    ["a function", { toJSON: () => "1" }],
    ["a symbol key", { [Symbol("a")]: 1 }],
    ["endless nesting", deep()],
    ["a cycle", cyclic],
  ])("%s", (_name, value) => {
    expect(() => canonicalize(value as JsonValue)).toThrow(TypeError);
  });

  it("names the place", () => {
    expect(() => canonicalize({ data: { rows: [1, 0.5] } })).toThrow("/data/rows/1");
  });
});

it("is JSON that reads back to the same value, and is its own canonical form", () => {
  const json = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.string({ unit: "grapheme" }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: "grapheme" }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalize(value);
      const read: JsonValue = JSON.parse(text);
      expect(canonicalize(read)).toBe(text);
      expect(JSON.stringify(read)).toHaveLength(text.length);
    }),
  );
});
