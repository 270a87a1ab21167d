import type { AnswerTerms, Named } from "./answer-terms.ts";

const LISTED = 3;

/** "a, b and 4 others" */
function listed(names: readonly Named[]): string {
  const shown = names.slice(0, LISTED).map(({ name }) => name);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} other${more === 1 ? "" : "s"}` : shown.join(", ");
}

/** What exactly was asked for, in one sentence. Dates are days in UTC. */
export function termsText(terms: AnswerTerms): string {
  switch (terms.answer) {
    case "reduce":
      return `Stays: ${listed(terms.stays)}. Goes: ${listed(terms.ends)}.`;
    case "time_limit":
      return `Until ${terms.until.slice(0, 10)}.`;
    case "rotate":
      return "A newer credential, and the older one gone.";
    case "shorten":
      return `An end at most ${terms.maxDays} day${terms.maxDays === 1 ? "" : "s"} after it was made.`;
    case "federate":
      return terms.issuer === null
        ? "A trust in use, and no static credential."
        : `A trust in ${terms.issuer} in use, and no static credential.`;
    case "narrow":
      return terms.subjectPattern === null
        ? `Stays: ${listed(terms.stays)}. Goes: ${listed(terms.ends)}.`
        : `Only for subjects like ${terms.subjectPattern}.`;
    case "split":
      return "One identity for each pipeline.";
    case "re_own":
      return `Owner ${terms.owner.name}, backup owner ${terms.backupOwner.name}.`;
    case "retire":
      return "The identity gone, or disabled without any access.";
  }
}
