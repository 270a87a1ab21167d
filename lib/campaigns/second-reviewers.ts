import type { Dependence } from "./independence.ts";

/** What is known of somebody who might look again at what a reviewer decided. */
export type SecondReviewerFacts = {
  isFirstReviewer: boolean;
  isInOffice: boolean;
  /** A user here who may sign in, and one with a role that decides. */
  hasSignIn: boolean;
  mayDecide: boolean;
  /** Why they are not independent of the reviewer: independence.ts, with the reviewer as the subject. */
  ofReviewer: readonly Dependence[];
  /** How many of the items they are independent of and never had. */
  free: number;
};
export type SecondReviewerRefusal =
  | "decided_them"
  | "left"
  | "no_sign_in"
  | "no_role"
  | "reviewers_report"
  | "mutual_pair"
  | "loop"
  | "of_no_item";

/** Every reason why somebody may not look again, in the order in which they are told. Empty: they may, at what they are independent of. */
export function secondReviewerRefusals({
  isFirstReviewer,
  isInOffice,
  hasSignIn,
  mayDecide,
  ofReviewer,
  free,
}: SecondReviewerFacts): SecondReviewerRefusal[] {
  const found: [SecondReviewerRefusal, boolean][] = [
    ["decided_them", isFirstReviewer],
    ["left", !isInOffice],
    ["no_sign_in", !hasSignIn],
    ["no_role", hasSignIn && !mayDecide],
    ["reviewers_report", ofReviewer.includes("own_manager")],
    ["mutual_pair", ofReviewer.includes("mutual_pair")],
    ["loop", ofReviewer.includes("loop")],
    ["of_no_item", !isFirstReviewer && free === 0],
  ];
  return found.flatMap(([refusal, holds]) => (holds ? [refusal] : []));
}

export const SECOND_REVIEWER_WORDS: Readonly<Record<SecondReviewerRefusal, string>> = {
  decided_them: "decided them",
  left: "has left",
  no_sign_in: "has no user here",
  no_role: "has no role that decides",
  reviewers_report: "would judge what their own manager decided",
  mutual_pair: "the two would judge each other: this reviewer reviews their access",
  loop: "the reviews would close a loop",
  of_no_item: "is independent of none of it",
};
