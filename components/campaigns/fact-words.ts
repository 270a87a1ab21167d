import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { factsOf, type SuggestedAnswer, type Suggestion, type SuggestionReason, suggestionFor } from "#lib/campaigns/suggestion.ts";
import type { Outcome } from "#lib/campaigns/types.ts";

/* The facts beside an item, in a manager's words. What is not known is said so. */

/** "1 of 6 peers" */
export function peersWords({ peersHolding, peersTotal }: ReviewItemRow): string {
  if (peersHolding === null || peersTotal === null || peersTotal === 0) return "no team known";
  return `${peersHolding} of ${peersTotal} peers`;
}

/** "backup code, passkey" */
export const factorsWords = (factors: string): string => factors.replaceAll("_", " ");

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  KEEP: "kept",
  REVOKE: "revoked",
  ABSTAIN: "left undecided",
  REDUCE: "reduced",
  TIME_LIMIT: "limited in time",
  MACHINE_ACTION: "given a task",
  SUSPEND: "suspended",
  EXCEPTION_REQUESTED: "excepted",
  UNANSWERED: "not answered",
};

/** "kept by Mia"; where nobody decided, that it was by silence. */
export function lastDecisionWords({ lastOutcome, lastDecision, change }: ReviewItemRow): string {
  if (change === "first_review") return "first review";
  if (lastOutcome === null) return "new";
  const decided = OUTCOME_WORDS[lastOutcome];
  if (!lastDecision) return decided;
  return lastDecision.by ? `${decided} by ${lastDecision.by}` : `${decided}, by nobody`;
}

/** "now also deletes stacks; no longer reads logs": the first lines of each, and how many more there are. */
export function contentsChangeWords({ contentsChange, change }: ReviewItemRow): string | null {
  if (change !== "changed") return null;
  if (!contentsChange || contentsChange.lines === 0) return "its contents changed; what exactly, the source does not tell";
  const { added, removed, lines } = contentsChange;
  const more = lines - added.length - removed.length;
  return [
    added.length > 0 ? `now also ${added.join(", ")}` : null,
    removed.length > 0 ? `no longer ${removed.join(", ")}` : null,
    more > 0 ? `and ${more} more` : null,
  ]
    .filter(Boolean)
    .join("; ");
}

export const SUGGESTED: Readonly<Record<SuggestedAnswer, string>> = {
  keep: "keep",
  revoke: "revoke",
  time_limit: "keep for a time only",
  none: "none",
};

const REASONS: Readonly<Record<SuggestionReason, (row: ReviewItemRow, stagedAt: string) => string>> = {
  person_left: () => "the person left",
  identity_disabled: (row) => `the identity is ${row.identityStatus}`,
  never_used: () => "never used",
  unused: (row, stagedAt) => `not used for ${unusedDays(row, stagedAt)} days`,
  rarely_used: (row, stagedAt) => `not used for ${unusedDays(row, stagedAt)} days`,
  standing_privilege: () => "privileged without an end",
  few_peers: ({ peersHolding, peersTotal }) => `${(peersTotal ?? 0) - (peersHolding ?? 0)} of ${peersTotal} peers do without`,
  most_peers: ({ peersHolding, peersTotal }) => `${peersHolding} of ${peersTotal} peers hold it`,
  used_lately: () => "used lately",
  kept_before: () => "unchanged since it was kept",
  conflict: () => "it conflicts: settle one side",
  contents_changed: () => "it means something else than last time",
  use_unknown: () => "whether it is used is unknown",
  break_glass: () => "for emergencies: security decides",
};

const unusedDays = (row: ReviewItemRow, stagedAt: string): number => Math.floor(factsOf(row, stagedAt).unusedDays ?? 0);

export const suggestionOf = (row: ReviewItemRow, stagedAt: string): Suggestion => suggestionFor(factsOf(row, stagedAt));

/** "not used for 143 days; 5 of 6 peers do without" */
export const reasonWords = ({ reasons }: Suggestion, row: ReviewItemRow, stagedAt: string): string =>
  reasons.map((reason) => REASONS[reason](row, stagedAt)).join("; ");
