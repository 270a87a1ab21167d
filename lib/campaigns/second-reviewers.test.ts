import { expect, it } from "vitest";
import {
  type SecondReviewerFacts,
  type SecondReviewerRefusal,
  secondReviewerCautions,
  secondReviewerRefusals,
} from "./second-reviewers.ts";

const fit: SecondReviewerFacts = { isFirstReviewer: false, isInOffice: true, hasSignIn: true, mayDecide: true, ofReviewer: [], free: 3 };

it.each<[string, Partial<SecondReviewerFacts>, SecondReviewerRefusal[]]>([
  ["somebody independent looks, at what they are independent of", { free: 1 }, []],
  ["nobody looks at what they decided themselves", { isFirstReviewer: true, free: 0 }, ["decided_them"]],
  ["whoever left looks at nothing", { isInOffice: false }, ["left"]],
  ["whoever cannot sign in looks at nothing, whatever their role", { hasSignIn: false, mayDecide: false }, ["no_sign_in"]],
  ["a user without a role that decides does not look", { mayDecide: false }, ["no_role"]],
  ["nobody judges what their own manager decided", { ofReviewer: ["own_manager"] }, ["reviewers_report"]],
  ["whoever depends on all of it has nothing to look at", { free: 0 }, ["of_no_item"]],
  ["every reason is told", { isInOffice: false, ofReviewer: ["own_manager", "loop"], free: 0 }, ["left", "reviewers_report", "of_no_item"]],
])("%s", (_name, facts, expected) => {
  expect(secondReviewerRefusals({ ...fit, ...facts })).toEqual(expected);
});

it("bars nobody for a pair or a loop with the reviewer, and tells both", () => {
  const facts = { ...fit, ofReviewer: ["mutual_pair", "loop"] as const };
  expect(secondReviewerRefusals(facts)).toEqual([]);
  expect(secondReviewerCautions(facts)).toEqual(["mutual_pair", "loop"]);
  expect(secondReviewerCautions(fit)).toEqual([]);
});
