import { expect, it } from "vitest";
import { DEFAULT_TOXIC_PAIRS, toxicPairs } from "./duties.ts";
import { patternOf, wordsOf } from "./duty-words.ts";

it.each<[string, string[], string, boolean]>([
  ["a word that begins so", ["approv"], "may approve invoices", true],
  ["not in the middle of a word", ["rove"], "improvement", false],
  ["whatever the case of letters typed", ["Sign-Off"], "sign-off of releases", true],
  ["letters of a pattern mean themselves", ["a.b", "c++"], "axb", false],
  ["and match themselves", ["a.b", "c++"], "writes c++ code", true],
])("%s", (_name, words, text, expected) => {
  expect(new RegExp(patternOf(words), "i").test(text)).toBe(expected);
});

it("tells the words of a pattern again, and of one that says more nothing", () => {
  expect(wordsOf(patternOf(["approv", "a.b", "c++"]))).toEqual(["approv", "a.b", "c++"]);
  expect(wordsOf("^asks")).toBeNull();
  expect(wordsOf("(^|[^a-z])(authori[sz]e|sign.?off)")).toBeNull();
});

it("comes with pairs that are valid", () => {
  expect(toxicPairs.parse(DEFAULT_TOXIC_PAIRS)).toHaveLength(DEFAULT_TOXIC_PAIRS.length);
});
