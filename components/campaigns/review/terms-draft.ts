import { instantOf } from "#components/campaigns/zoned.ts";
import type { GivenTermsInput } from "#lib/campaigns/answer-terms.ts";
import type { TermedAnswer } from "#lib/campaigns/answers.ts";
import type { PersonChoice } from "../person-search.tsx";

/** What the small form of a decision holds while it is filled in. */
export type TermsDraft = {
  stays: readonly string[];
  day: string;
  maxDays: string;
  issuer: string;
  subjectPattern: string;
  owner: PersonChoice | null;
  backupOwner: PersonChoice | null;
};
export const EMPTY_DRAFT: TermsDraft = {
  stays: [],
  day: "",
  maxDays: "90",
  issuer: "",
  subjectPattern: "",
  owner: null,
  backupOwner: null,
};

export type DraftProblem = { field: keyof TermsDraft; message: string };
type Read = { terms: GivenTermsInput } | { problem: DraftProblem };
const no = (field: keyof TermsDraft, message: string): Read => ({ problem: { field, message } });

/** The terms of the form, or the one thing to mend. The server looks again, at what it knows by then. */
export function termsOf(
  answer: TermedAnswer,
  draft: TermsDraft,
  { isGrant, zone, now }: { isGrant: boolean; zone: string; now: string },
): Read {
  switch (answer) {
    case "reduce":
      return draft.stays.length > 0
        ? { terms: { answer, stays: [...draft.stays] } }
        : no("stays", "Choose what stays; if nothing does, revoke it.");
    case "narrow":
      if (!isGrant) {
        const subjectPattern = draft.subjectPattern.trim();
        return subjectPattern ? { terms: { answer, subjectPattern } } : no("subjectPattern", "Say which subjects may still assume it.");
      }
      return draft.stays.length > 0
        ? { terms: { answer, stays: [...draft.stays] } }
        : no("stays", "Choose what stays; if nothing does, revoke it.");
    case "time_limit": {
      const until = instantOf({ date: draft.day, time: "23:59" }, zone);
      if (until === null) return no("day", "Choose the last day.");
      return until > now ? { terms: { answer, until } } : no("day", "This day has passed.");
    }
    case "shorten": {
      const maxDays = Number(draft.maxDays);
      return Number.isInteger(maxDays) && maxDays >= 1 && maxDays <= 3650
        ? { terms: { answer, maxDays } }
        : no("maxDays", "A number of days, at most 3,650.");
    }
    case "federate":
      return { terms: { answer, issuer: draft.issuer.trim() || null } };
    case "re_own":
      if (!draft.owner) return no("owner", "Choose who answers for it.");
      if (!draft.backupOwner) return no("backupOwner", "Choose who does in their absence.");
      if (draft.owner.personId === draft.backupOwner.personId) return no("backupOwner", "The backup owner is somebody else.");
      return { terms: { answer, ownerId: draft.owner.personId, backupOwnerId: draft.backupOwner.personId } };
    case "rotate":
    case "split":
    case "retire":
      return { terms: { answer } };
  }
}
