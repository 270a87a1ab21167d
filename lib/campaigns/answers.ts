import type { Answer, ItemKind, Way } from "./types.ts";

/** What may be said of many items at once, and of one. */
export const BULK_ANSWERS = ["keep", "revoke", "abstain"] as const satisfies readonly Answer[];
export const MACHINE_ANSWERS = [
  "rotate",
  "shorten",
  "federate",
  "narrow",
  "split",
  "re_own",
  "retire",
] as const satisfies readonly Answer[];
/** Those that say what exactly is asked for: answer-terms.ts. */
export const TERMED_ANSWERS = ["reduce", "time_limit", ...MACHINE_ANSWERS] as const satisfies readonly Answer[];
export const ANSWERS = [...BULK_ANSWERS, "exception_requested", ...TERMED_ANSWERS] as const satisfies readonly Answer[];
export type BulkAnswer = (typeof BULK_ANSWERS)[number];
export type TermedAnswer = (typeof TERMED_ANSWERS)[number];

const isOneOf = <T extends Answer>(answers: readonly T[], answer: string): answer is T => answers.some((each) => each === answer);
export const isTermed = (answer: string): answer is TermedAnswer => isOneOf(TERMED_ANSWERS, answer);
export const isMachineAnswer = (answer: string): boolean => isOneOf(MACHINE_ANSWERS, answer);

/** Classes that no person stands behind. What it is may be unknown; then it is asked about like a person's. */
const MACHINES: readonly string[] = ["service", "pipeline", "workload", "app"];
export const isMachine = (identityClass: string): boolean => MACHINES.includes(identityClass);

const OF_A_GRANT = ["keep", "revoke", "abstain", "exception_requested", "reduce", "time_limit"] as const satisfies readonly Answer[];
/** What a machine's grant reaches is narrowed; the rest is about what it signs in with, who answers for it, and whether it is needed. */
const OF_A_MACHINES_GRANT = [
  "keep",
  "revoke",
  "abstain",
  "exception_requested",
  "time_limit",
  "narrow",
  "rotate",
  "shorten",
  "federate",
  "split",
  "re_own",
  "retire",
] as const satisfies readonly Answer[];
const OF_A_CREDENTIAL = ["keep", "revoke", "abstain", "time_limit", "rotate", "shorten"] as const satisfies readonly Answer[];

const OF_A_CHAIN = {
  credential: ["keep", "revoke", "abstain", "time_limit", "rotate", "shorten", "federate", "split", "re_own", "retire"],
  trust: ["keep", "revoke", "abstain", "time_limit", "narrow", "split", "re_own", "retire"],
} as const satisfies Record<Way, readonly Answer[]>;

export type UnderReview = { kind: ItemKind; identityClass: string; way: Way | null };

/** The decisions that fit what is under review, in the order in which they are offered. Whatever is not here is refused. */
export function allowedAnswers({ kind, identityClass, way }: UnderReview): readonly Answer[] {
  switch (kind) {
    case "grant":
      return isMachine(identityClass) ? OF_A_MACHINES_GRANT : OF_A_GRANT;
    case "credential":
      return isMachine(identityClass) ? [...OF_A_CREDENTIAL, "federate", "split"] : OF_A_CREDENTIAL;
    case "trust":
      return ["keep", "revoke", "abstain", "time_limit", "narrow", "split"];
    // An identity is not revoked, it is retired: that is another proof.
    case "identity":
      return ["keep", "abstain", "re_own", "split", "retire"];
    case "chain":
      return OF_A_CHAIN[way ?? "credential"];
  }
}
