import type { BlockReason, CampaignState, ExclusionCause, ItemKind } from "#lib/campaigns/types.ts";

/** What a campaign's state means, and what comes next, in a sentence. */
export const STATE_SENTENCES: Readonly<Record<CampaignState, string>> = {
  DRAFT: "Nothing is frozen yet. Freezing fixes the population, finds reviewers and signs the account of both.",
  COLLECTING: "The population is being frozen. This page can be left.",
  BLOCKED: "Not frozen, because the sources below are not fit to be reviewed as they stand.",
  STAGED: "The population is frozen and signed. Nobody was asked yet.",
  NOT_APPLICABLE: "Nothing in the sources falls into this scope. The proof of that is kept.",
  ACTIVE: "Reviewers decide. When all has been handed in, or the due date has passed, close decisions.",
  PAUSED: "Nobody can decide. When it resumes, due dates move by as long as it stood still.",
  CLOSING: "Decisions have stopped. The campaign's owner looks through the outcomes and signs them off.",
  SIGNED_OFF: "The outcomes are fixed. Removals are being planned.",
  REMEDIATING: "Access that was to be revoked is being removed in the sources.",
  VERIFYING: "Removals wait for two later complete syncs to show that the access is gone.",
  CLOSED: "Finished. What is kept here does not change any more.",
  ARCHIVED: "Finished, and locked for its retention.",
  CANCELLED: "Cancelled by two people. The record stays.",
};

export const STATE_WORDS: Readonly<Record<CampaignState, string>> = {
  DRAFT: "Draft",
  COLLECTING: "Collecting",
  BLOCKED: "Blocked",
  STAGED: "Staged",
  NOT_APPLICABLE: "Not applicable",
  ACTIVE: "Active",
  PAUSED: "Paused",
  CLOSING: "Closing",
  SIGNED_OFF: "Signed off",
  REMEDIATING: "Remediating",
  VERIFYING: "Verifying",
  CLOSED: "Closed",
  ARCHIVED: "Archived",
  CANCELLED: "Cancelled",
};

export const BLOCK_WORDS: Readonly<Record<BlockReason, string>> = {
  never_applied: "never read",
  stale: "too old",
  partial: "read only in part",
  empty: "empty",
  held: "a sync is held",
  failed_last: "the last sync failed",
  running: "a sync is running",
  retired: "retired",
  no_independent_count: "no independent count",
};

export const EXCLUSION_WORDS: Readonly<Record<ExclusionCause, string>> = {
  ended: "ended before now",
  class: "of other kinds of identities",
  environment: "in other environments",
  not_privileged: "known not to be privileged",
  held_by_entitlement: "held by a role or group: they appear as what their members reach",
  identity_gone: "of identities that are gone",
};

export const CLASS_WORDS: Readonly<Record<string, string>> = {
  human: "People",
  service: "Services",
  pipeline: "Pipelines",
  workload: "Workloads",
  app: "Apps",
  shared: "Shared",
  break_glass: "Break-glass",
  unknown: "Unknown",
};

/** What a campaign may ask about. */
export const ASKED_WORDS: Readonly<Record<ItemKind, string>> = {
  grant: "Access",
  credential: "Credentials",
  trust: "Trusts",
  identity: "Identities and their owners",
  chain: "Pipeline chains",
};

export const ENVIRONMENT_WORDS: Readonly<Record<string, string>> = {
  dev: "Development",
  test: "Test",
  prod: "Production",
  shared: "Shared",
  unknown: "Unknown",
};

/** Frozen and asked: there is progress to show. */
export const wasLaunched = (state: CampaignState): boolean =>
  ["ACTIVE", "PAUSED", "CLOSING", "SIGNED_OFF", "REMEDIATING", "VERIFYING", "CLOSED", "ARCHIVED"].includes(state);

export const isSignedOff = (state: CampaignState): boolean =>
  ["SIGNED_OFF", "REMEDIATING", "VERIFYING", "CLOSED", "ARCHIVED"].includes(state);

export const isBeforeSignOff = (state: CampaignState): boolean =>
  !isSignedOff(state) && state !== "CANCELLED" && state !== "NOT_APPLICABLE";

export const DEFAULT_INSTRUCTIONS = `For each line, ask whether this person still needs this access for the work they do today.

Keep: they need it, and you would say so to an auditor. Privileged access needs a reason in a sentence.
Revoke: they do not need it, or nobody can say why they have it. Say why; it is removed from the source after the campaign is signed off.
Abstain: you cannot judge it. Say who can; it goes to the next person who may review it.

Line by line is better than fast: how long a line was looked at is part of the record.`;
