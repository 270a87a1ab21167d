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
export type SecondReviewerRefusal = "decided_them" | "left" | "no_sign_in" | "no_role" | "reviewers_report" | "of_no_item";
/** What makes somebody less than wholly independent of the reviewer. Where one person reviewed everybody nobody is, and a sign-off must not wait for ever. */
export type SecondReviewerCaution = "mutual_pair" | "loop";

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
    ["of_no_item", !isFirstReviewer && free === 0],
  ];
  return found.flatMap(([refusal, holds]) => (holds ? [refusal] : []));
}

/** Told beside their name, kept with the draw, and a reason to be proposed last. */
export const secondReviewerCautions = ({ ofReviewer }: Pick<SecondReviewerFacts, "ofReviewer">): SecondReviewerCaution[] =>
  (["mutual_pair", "loop"] as const).filter((reason) => ofReviewer.includes(reason));

export const SECOND_REVIEWER_WORDS: Readonly<Record<SecondReviewerRefusal | SecondReviewerCaution, string>> = {
  decided_them: "decided them",
  left: "has left",
  no_sign_in: "has no user here",
  no_role: "has no role that decides",
  reviewers_report: "would judge what their own manager decided",
  mutual_pair: "this reviewer judged their access too",
  loop: "this reviewer, over others, judged their access too",
  of_no_item: "is independent of none of it",
};
