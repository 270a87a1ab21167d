/*
 * What the frozen facts of an item speak for. It is no more than that: a fixed rule over what is on the row, without anything learned, shown after
 * the facts and never preselected. Its version and reasons are kept with each decision, so that an override can be told and checked later.
 */

export const SUGGESTION_VERSION = 1;

export const SUGGESTIONS = ["keep", "revoke", "time_limit", "none"] as const;
export type SuggestedAnswer = (typeof SUGGESTIONS)[number];

export type SuggestionReason =
  | "person_left"
  | "identity_disabled"
  | "never_used"
  | "unused"
  | "rarely_used"
  | "standing_privilege"
  | "few_peers"
  | "most_peers"
  | "used_lately"
  | "kept_before"
  | "conflict"
  | "contents_changed"
  | "use_unknown"
  | "break_glass";

export type SuggestionFacts = {
  /** grant, credential, trust, identity, chain; only a grant is judged. */
  kind: string;
  identityClass: string;
  identityStatus: string;
  personStatus: string | null;
  privileged: string;
  riskClass: string;
  change: string;
  lastOutcome: string | null;
  lastUsedKind: string;
  /** Days between the last use and the freeze; null without one. */
  unusedDays: number | null;
  /** Days between the grant's beginning and the freeze; null where that is not known. */
  heldDays: number | null;
  expires: boolean;
  peersHolding: number | null;
  peersTotal: number | null;
  conflicts: number;
};
export type Suggestion = { version: number; answer: SuggestedAnswer; reasons: SuggestionReason[] };

export const LATELY_DAYS = 30;
export const UNUSED_DAYS = 90;
export const SMALLEST_TEAM = 3;

export type PeerShare = "unknown" | "few" | "some" | "most";

/** A team too small to compare with tells nothing. */
export function peerShare(holding: number | null, total: number | null): PeerShare {
  if (holding === null || total === null || total < SMALLEST_TEAM) return "unknown";
  if (holding * 5 <= total) return "few";
  return holding * 2 > total ? "most" : "some";
}

/** What the facts speak for, the weightiest reason first. Unknown speaks for nothing: it is never taken for unused, nor for needed. */
export function suggestionFor(facts: SuggestionFacts): Suggestion {
  const as = (answer: SuggestedAnswer, ...reasons: (SuggestionReason | false)[]): Suggestion => ({
    version: SUGGESTION_VERSION,
    answer,
    reasons: reasons.filter((reason) => reason !== false),
  });
  const share = peerShare(facts.peersHolding, facts.peersTotal);
  const few = share === "few" && "few_peers";
  const most = share === "most" && "most_peers";
  if (facts.kind !== "grant") return as("none");
  if (facts.identityClass === "break_glass") return as("none", "break_glass");
  if (facts.personStatus === "left") return as("revoke", "person_left");
  if (facts.identityStatus === "disabled" || facts.identityStatus === "deleted") return as("revoke", "identity_disabled");
  const unused = unusedReason(facts);
  const conflict = facts.conflicts > 0 && "conflict";
  if (unused) return as("revoke", unused, conflict, few);
  if (conflict) return as("none", "conflict");
  if (facts.unusedDays === null) return as("none", "use_unknown", few);
  if (facts.privileged === "yes" && facts.unusedDays > LATELY_DAYS && !facts.expires)
    return as("time_limit", "rarely_used", "standing_privilege", few);
  if (facts.change === "changed") return as("none", "contents_changed", few);
  const isCalm = facts.privileged === "no" && (facts.riskClass === "low" || facts.riskClass === "ordinary");
  const keptBefore = facts.change === "unchanged" && facts.lastOutcome === "KEEP" && "kept_before";
  if (isCalm && facts.unusedDays <= LATELY_DAYS && (keptBefore || most)) return as("keep", "used_lately", keptBefore, most);
  return as("none", few);
}

/** Granted a moment ago and not yet used is no reason to take it away. */
function unusedReason({ lastUsedKind, unusedDays, heldDays }: SuggestionFacts): SuggestionReason | false {
  if (lastUsedKind === "never") return (heldDays === null || heldDays > LATELY_DAYS) && "never_used";
  return unusedDays !== null && unusedDays > UNUSED_DAYS && "unused";
}

/** Answers that do not follow what was suggested. To abstain, and to ask for an exception, leaves it open. */
export const isOverride = (suggested: SuggestedAnswer, answer: string): boolean =>
  suggested !== "none" && answer !== suggested && answer !== "abstain" && answer !== "exception_requested" && answer !== "withdrawn";

type Moment = { kind: string; at: string | null };
type Row = Omit<SuggestionFacts, "lastUsedKind" | "unusedDays" | "heldDays" | "expires" | "conflicts"> & {
  lastUsed: Moment;
  started: Moment;
  expires: Moment;
  conflicts: readonly string[];
};
const DAY_MS = 86_400_000;

/** From a reviewer's row. Days are counted up to the freeze, so that what is suggested stays what it was; suggestion.sql.ts is its twin. */
export function factsOf({ lastUsed, started, expires, conflicts, ...row }: Row, frozenAt: string): SuggestionFacts {
  const days = (at: string | null) => (at === null ? null : (Date.parse(frozenAt) - Date.parse(at)) / DAY_MS);
  return {
    ...row,
    lastUsedKind: lastUsed.kind,
    unusedDays: days(lastUsed.at),
    heldDays: days(started.at),
    expires: expires.kind === "value",
    conflicts: conflicts.length,
  };
}
