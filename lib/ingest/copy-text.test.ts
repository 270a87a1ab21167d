import { expect, it } from "vitest";
import { copyText } from "./copy-text.ts";

it.each<[string, Record<string, string | null>, string]>([
  ["plain text", { a: "x", b: "y" }, "1\tx\ty\n"],
  ["absent, null and empty as null", { a: null, b: "" }, "1\t\\N\t\\N\n"],
  ["what looks like null", { a: "\\N", b: "N" }, "1\t\\\\N\tN\n"],
  ["every character that COPY escapes", { a: "\\\n\r\t", b: "\b\f\v" }, "1\t\\\\\\n\\r\\t\t\\b\\f\\v\n"],
  ["NUL and a lone surrogate, which no database holds", { a: "a\0b", b: "\ud800" }, "1\ta\ufffdb\t\ufffd\n"],
  ["columns that nobody knows, left out", { a: "x", b: "y", z: "secret" }, "1\tx\ty\n"],
])("writes %s", (_name, record, expected) => {
  expect(copyText(1, ["a", "b"], [record])).toBe(expected);
});
