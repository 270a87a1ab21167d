import fc from "fast-check";
import { expect, it } from "vitest";
import { contentsDiff, linesOfContents } from "./contents-diff.ts";

const shown = (before: string | null, after: string | null) =>
  contentsDiff(before, after).map((line) => (line === null ? "…" : `${{ same: " ", removed: "-", added: "+" }[line.kind]}${line.text}`));

it("shows a statement that a policy gained, and little around it", () => {
  const before = '{"Action":["a","b","c","d","e"],"Effect":"Allow"}';
  const after = '{"Effect":"Allow","Action":["a","b","c","d","e","DeleteStack"]}';
  expect(shown(before, after)).toEqual([
    "…",
    '     "b",',
    '     "c",',
    '     "d",',
    '-    "e"',
    '+    "e",',
    '+    "DeleteStack"',
    "   ],",
    '   "Effect": "Allow"',
    " }",
  ]);
});

it("does not take another order of keys for a change", () => {
  expect(
    contentsDiff('{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}').filter((line) => line?.kind !== "same" && line !== null),
  ).toEqual([]);
});

it("compares text line by line, and nothing with something", () => {
  expect(shown("read\nwrite", "read\nwrite\ndelete")).toEqual([" read", " write", "+delete"]);
  expect(shown(null, "read")).toEqual(["+read"]);
  expect(shown("read", null)).toEqual(["-read"]);
});

it("turns the one into the other whatever they are", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = contentsDiff(before, after).filter((line) => line !== null);
      const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
      expect(linesOfContents(after).length - linesOfContents(before).length).toBe(count("added") - count("removed"));
      expect(lines.filter(({ kind }) => kind === "added").every(({ text: line }) => linesOfContents(after).includes(line))).toBe(true);
    }),
  );
});
