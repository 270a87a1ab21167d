import { expect, it } from "vitest";
import { sentenceOf, throughText, utcDayText } from "./access-words.ts";

it.each([
  ["Can deploy to production.", "Can deploy to production"],
  [null, "Has deployer, whose meaning is not told"],
  ["  ", "Has deployer, whose meaning is not told"],
])("says what access does, and that it is not told where it is not: %j", (meaning, sentence) => {
  expect(sentenceOf({ meaning, entitlement: "deployer" })).toBe(sentence);
});

it("names every group between holder and entitlement", () => {
  const steps = ["release-team", "deployers", "Deploy"].map((name) => ({ name }));
  expect(throughText(steps)).toBe("through release-team → deployers");
  expect(throughText(steps.slice(2))).toBe("held directly");
});

it("names a day with its zone", () => {
  expect(utcDayText("2026-11-20")).toBe("20 Nov 2026 UTC");
});
