import { expect, it } from "vitest";
import { answerGroups, fits, type SearchAnswer } from "./search-groups.ts";

const NONE: SearchAnswer = { people: [], identities: [], resources: [], campaigns: [], sources: [] };

it("leaves out what nothing was found of", () => {
  expect(answerGroups(NONE)).toEqual([]);
});

it("leads a reviewer to their review, and whoever reads all to the campaign", () => {
  const campaigns = [true, false].map((isMine) => ({ id: "c", name: "Q4", detail: "active", isMine }));
  expect(answerGroups({ ...NONE, campaigns })[0]?.lines.map(({ href }) => href)).toEqual(["/campaigns/c/review", "/campaigns/c"]);
});

it.each([
  ["new ca", true],
  ["ca new", true],
  ["CAMP", true],
  ["amp", false],
  ["new source", false],
  ["", true],
])("%s fits New campaign: %s", (typed, expected) => {
  expect(fits("New campaign", typed)).toBe(expected);
});
