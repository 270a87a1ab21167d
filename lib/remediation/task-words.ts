import type { AnswerTerms } from "#lib/campaigns/answer-terms.ts";
import { termsText } from "#lib/campaigns/terms-words.ts";
import type { ItemKind } from "#lib/campaigns/types.ts";
import type { RemediationKind } from "./types.ts";

export const KIND_VERBS: Readonly<Record<RemediationKind, string>> = {
  revoke: "Revoke",
  reduce: "Reduce",
  time_limit: "Limit in time",
  suspend: "Suspend",
  rotate: "Rotate",
  shorten: "Shorten",
  federate: "Federate",
  narrow: "Narrow",
  split: "Split",
  re_own: "Name new owners",
  retire: "Retire",
};

const THING: Readonly<Record<ItemKind, string>> = {
  grant: "access",
  credential: "credential",
  trust: "trust",
  identity: "identity",
  chain: "way in",
};

export type TaskWords = { kind: RemediationKind; itemKind: ItemKind; terms: AnswerTerms | null };

/** What somebody does in the source, in plain words. */
export function todoText({ kind, itemKind, terms }: TaskWords): string {
  const thing = THING[itemKind];
  switch (kind) {
    case "revoke":
      return itemKind === "grant" ? "Take the access away, whichever way it comes." : `Delete the ${thing}.`;
    case "suspend":
      return `Disable the identity, or take the ${thing} away in a way that can be undone. Nobody decided it: it may be asked for again.`;
    case "reduce":
      return `Leave a part and take the rest away. ${terms ? termsText(terms) : ""}`.trim();
    case "time_limit":
      return `Give the ${thing} an end in the source, or take it away on the date. ${terms ? termsText(terms) : ""}`.trim();
    case "rotate":
      return "Make a new credential, put it where the old one is used, then delete the old one.";
    case "shorten":
      return `Replace the credential by one with an end. ${terms ? termsText(terms) : ""}`.trim();
    case "federate":
      return `Let it sign in by a trust, check that it works, then delete its static credentials. ${terms ? termsText(terms) : ""}`.trim();
    case "narrow":
      return `${itemKind === "grant" ? "Leave what is needed and take the rest away." : "Change who may assume it."} ${terms ? termsText(terms) : ""}`.trim();
    case "split":
      return "Give each pipeline an identity with a credential or trust of its own, and take the others' way into this one away.";
    case "re_own":
      return `Enter the new owners in the source. ${terms ? termsText(terms) : ""}`.trim();
    case "retire":
      return "Delete the identity. Where it has to stay for the record, disable it and take all of its access away.";
  }
}

/** What two later complete syncs have to show. */
export function proofText({ kind, itemKind }: Pick<TaskWords, "kind" | "itemKind">): string {
  switch (kind) {
    case "revoke":
      return itemKind === "grant"
        ? "The identity no longer holds it, directly or by any path."
        : `The ${THING[itemKind]} is no longer there.`;
    case "suspend":
      return "The identity is disabled, or the access is gone.";
    case "reduce":
      return "Of what goes, nothing is held any more, directly or by any path.";
    case "narrow":
      return itemKind === "grant"
        ? "Of what goes, nothing is held any more, directly or by any path."
        : "No trust of this issuer admits more than what was decided.";
    case "time_limit":
      return "An end in the source by the date, or its absence.";
    case "rotate":
      return "A newer credential is there, and the older one is not.";
    case "shorten":
      return "Each credential expires within the limit.";
    case "federate":
      return "The trust has been used, and no static credential is there.";
    case "split":
      return "One credential or one trust of one pipeline is all that leads into the identity.";
    case "re_own":
      return "Both are entered in the source, and both are in office.";
    case "retire":
      return "The identity is gone, or disabled without any live grant.";
  }
}
