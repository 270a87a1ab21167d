import type { Dependence } from "./independence.ts";

/* The words of the domain that its types are made of. */

export type CampaignState =
  | "DRAFT"
  | "COLLECTING"
  | "BLOCKED"
  | "STAGED"
  | "NOT_APPLICABLE"
  | "ACTIVE"
  | "PAUSED"
  | "CLOSING"
  | "SIGNED_OFF"
  | "REMEDIATING"
  | "VERIFYING"
  | "CLOSED"
  | "ARCHIVED"
  | "CANCELLED";

export type ItemState = "UNASSIGNED" | "ASSIGNED" | "DRAFTED" | "SUBMITTED" | "DECIDED" | "FINAL" | "VOIDED";

/** What is under review: an access, what somebody signs in with, who may become an identity, the identity itself, a pipeline's way to what it changes. */
export type ItemKind = "grant" | "credential" | "trust" | "identity" | "chain";

/** What a chain begins with. */
export type Way = "credential" | "trust";

/** Those after time_limit are of machines: answers.ts says which fits what. */
export type Answer =
  | "keep"
  | "revoke"
  | "abstain"
  | "exception_requested"
  | "reduce"
  | "time_limit"
  | "rotate"
  | "shorten"
  | "federate"
  | "narrow"
  | "split"
  | "re_own"
  | "retire";

/** SUSPEND is by silence only. */
export type Outcome =
  | "KEEP"
  | "REVOKE"
  | "REDUCE"
  | "TIME_LIMIT"
  | "MACHINE_ACTION"
  | "SUSPEND"
  | "ABSTAIN"
  | "EXCEPTION_REQUESTED"
  | "UNANSWERED";

export type VoidReason = "SUBJECT_GONE" | "ACCESS_GONE" | "DUPLICATE" | "OUT_OF_SCOPE";

/** The link of the chain that a reviewer was found at. "…_manager": that one was not eligible, so the one above. */
export type ReviewerRule =
  | "manager"
  | "managers_manager"
  | "resource_owner"
  | "resource_owners_manager"
  | "identity_owner"
  | "identity_owners_manager"
  | "named"
  | "group"
  | "security"
  | "fallback"
  | "reviewers_manager";

/** Why somebody in the chain may not review an item. */
export type Ineligibility = "nobody" | Dependence | "left" | "disabled" | "held_before";

export type PassedOver = { rule: ReviewerRule; personId: string | null; name: string | null; why: Ineligibility };

/** Against the last signed-off campaign over the same source. */
export type Change = "first_review" | "new" | "changed" | "unchanged";

export type Moment = { kind: "value" | "never" | "unknown" | "not_supported"; at: string | null };

/** `id` is missing in populations from before reaches were told with theirs. */
export type Reach = { id?: string; name: string; meaning: string | null; resource: string | null; privileged: string; path: string[] };

/** Why a source may not go into a campaign; numbers are in `detail`. */
export type BlockReason =
  | "never_applied"
  | "stale"
  | "partial"
  | "empty"
  | "held"
  | "failed_last"
  | "running"
  | "retired"
  | "no_independent_count";

export type Block = { sourceId: string; sourceName: string; reason: BlockReason; detail: string };
