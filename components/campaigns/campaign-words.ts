import { capital, words } from "#components/inventory/inventory-words.ts";
import type { MissedBecause, Period } from "#lib/campaigns/cycles.ts";
import type { ExclusionCause } from "#lib/campaigns/plan-types.ts";
import type { BlockReason, CampaignState, ItemKind } from "#lib/campaigns/types.ts";
import { RESOURCE_CLASSES } from "#lib/inventory/streams.ts";

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
  held_by_entitlement: "held by a role or group: they appear as what their members reach",
  class: "of other kinds of identities",
  resource_class: "to other kinds of resources",
  environment: "in other environments",
  sensitivity: "of another sensitivity",
  not_privileged: "known not to be privileged",
  used: "known to be in use",
  granted_before: "known to be older",
  signed_off_otherwise: "that somebody signed off otherwise",
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

export const RESOURCE_CLASS_WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  RESOURCE_CLASSES.map((value) => [value, capital(words(value))]),
);

export const SENSITIVITY_WORDS: Readonly<Record<string, string>> = {
  public: "Public",
  internal: "Internal",
  confidential: "Confidential",
  restricted: "Restricted",
  unknown: "Unknown",
};

export const SIGNED_OFF_WORDS: Readonly<Record<string, string>> = {
  never: "Nobody ever did",
  changed: "Its meaning changed since",
  unchanged: "Unchanged since",
};

export const PERIOD_WORDS: Readonly<Record<Period, string>> = {
  week: "week",
  month: "month",
  quarter: "quarter",
  half_year: "half year",
  year: "year",
};

export const WEEKDAY_WORDS: Readonly<Record<string, string>> = {
  1: "Monday",
  2: "Tuesday",
  3: "Wednesday",
  4: "Thursday",
  5: "Friday",
  6: "Saturday",
  7: "Sunday",
};

export const MONTH_WORDS: Readonly<Record<string, string>> = {
  1: "January",
  2: "February",
  3: "March",
  4: "April",
  5: "May",
  6: "June",
  7: "July",
  8: "August",
  9: "September",
  10: "October",
  11: "November",
  12: "December",
};

export const MISSED_WORDS: Readonly<Record<MissedBecause, string>> = {
  no_campaign: "no campaign was made for it",
  cancelled: "its campaign was cancelled",
  never_launched: "nobody was asked before the next began",
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
