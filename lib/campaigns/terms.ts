import { type AnswerTerms, type GivenTerms, MAX_ENDS, type Named } from "./answer-terms.ts";
import { isTermed } from "./answers.ts";
import type { Answer, ItemKind } from "./types.ts";

/** What the inventory says, at the moment of the answer, of what the terms speak of. */
export type TermFacts = {
  kind: ItemKind;
  /** What is under review itself, or at the start of the chain; null for a grant and an identity. */
  way: { kind: "credential" | "trust"; subjectPattern: string | null } | null;
  /** Of a grant: its entitlement first, then all that it reaches. */
  gives: Named[];
  /** Live credentials of the identity. */
  credentials: number;
  /** In office, of those whom the terms name. */
  people: Named[];
};

export type TermsProblem = { field: string; message: string };
export type ResolvedTerms = { terms: AnswerTerms | null; problem: TermsProblem | null };

const no = (field: string, message: string): ResolvedTerms => ({ terms: null, problem: { field, message } });
const yes = (terms: AnswerTerms): ResolvedTerms => ({ terms, problem: null });

/** An answer that asks for something exact says what, and no other answer does. */
export function termsMismatch(answer: Answer | "withdrawn", given: Pick<GivenTerms, "answer"> | null): TermsProblem | null {
  if (isTermed(answer)) return given?.answer === answer ? null : { field: "terms", message: "Say what exactly is asked for." };
  return given === null ? null : { field: "terms", message: `An answer of “${answer}” has no terms.` };
}

/** The terms as they are kept, everything named; or the one thing to mend. A promise that no later sync could prove is not taken. */
export function resolveTerms(given: GivenTerms, facts: TermFacts, now: Date): ResolvedTerms {
  switch (given.answer) {
    case "reduce":
      return split(given.stays, facts.gives, (sets) => ({ answer: "reduce", ...sets }));
    case "narrow":
      return narrow(given, facts);
    case "time_limit":
      return Date.parse(given.until) > now.getTime()
        ? yes({ answer: "time_limit", until: new Date(given.until).toISOString() })
        : no("until", "This date has passed: choose a later one, or revoke it.");
    case "rotate":
    case "shorten":
    case "federate":
      if (facts.way?.kind === "trust") return no("terms", "This chain starts with a trust, not with a credential: narrow it instead.");
      if (facts.credentials === 0)
        return no("terms", "The inventory knows no credential of this identity, so no sync could prove it. Choose another decision.");
      return yes(given);
    case "re_own":
      return reOwn(given, facts);
    case "split":
    case "retire":
      return yes(given);
  }
}

function split(
  stays: readonly string[],
  gives: readonly Named[],
  make: (sets: { stays: Named[]; ends: Named[] }) => AnswerTerms,
): ResolvedTerms {
  if (gives.length < 2) return no("stays", "It reaches nothing else, so there is nothing less to leave: keep it or revoke it.");
  const known = new Set(gives.map(({ id }) => id));
  if (stays.some((id) => !known.has(id))) return no("stays", "What is to stay is not part of this access any more. Load the item again.");
  const ends = gives.filter(({ id }) => !stays.includes(id));
  if (ends.length === 0) return no("stays", "Everything stays: that is a keep.");
  if (ends.length > MAX_ENDS)
    return no("stays", `It reaches more than ${MAX_ENDS} others: revoke it, and have what is needed granted by itself.`);
  return yes(make({ stays: gives.filter(({ id }) => stays.includes(id)), ends }));
}

function narrow({ subjectPattern, stays }: Extract<GivenTerms, { answer: "narrow" }>, facts: TermFacts): ResolvedTerms {
  if (facts.kind === "grant") {
    if (subjectPattern !== null) return no("subjectPattern", "A grant has no subject: choose what of it stays.");
    if (stays.length === 0) return no("stays", "Choose what stays; if nothing does, revoke it.");
    return split(stays, facts.gives, (sets) => ({ answer: "narrow", subjectPattern: null, ...sets }));
  }
  if (facts.way?.kind !== "trust") return no("terms", "This starts with a credential, not with a trust: rotate, shorten or federate it.");
  if (subjectPattern === null || stays.length > 0) return no("subjectPattern", "Say which subjects may still assume it.");
  if (subjectPattern === facts.way.subjectPattern) return no("subjectPattern", "That is what it says already.");
  return yes({ answer: "narrow", subjectPattern, stays: [], ends: [] });
}

function reOwn({ ownerId, backupOwnerId }: Extract<GivenTerms, { answer: "re_own" }>, { people }: TermFacts): ResolvedTerms {
  const owner = people.find(({ id }) => id === ownerId);
  const backupOwner = people.find(({ id }) => id === backupOwnerId);
  if (!owner) return no("ownerId", "Choose somebody who works here.");
  if (!backupOwner) return no("backupOwnerId", "Choose somebody who works here.");
  if (ownerId === backupOwnerId) return no("backupOwnerId", "The backup owner is somebody else.");
  return yes({ answer: "re_own", owner, backupOwner });
}
