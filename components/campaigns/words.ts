import type { TermedAnswer } from "#lib/campaigns/answers.ts";
import type { Answer, Change, Ineligibility, ItemKind, ItemState, ReviewerRule, VoidReason } from "#lib/campaigns/types.ts";
import type { RiskReason } from "#lib/policy/risk.ts";

/** The vocabulary of the review path in a manager's words. */
export const RISK_WORDS: Readonly<Record<RiskReason, string>> = {
  break_glass: "for emergencies only",
  privileged: "privileged",
  privilege_unknown: "privileged or not is unknown",
  production: "in production",
  environment_shared: "in a shared environment",
  environment_unknown: "environment unknown",
  reaches_production: "reaches production",
  restricted: "restricted data",
  confidential: "confidential data",
  sensitivity_unknown: "sensitivity unknown",
  reaches_restricted: "reaches restricted data",
  reaches_many: "reaches much else",
  shared_identity: "a shared identity",
  machine_identity: "not a person",
  class_unknown: "kind of identity unknown",
  interactive_machine: "people can sign in with it",
  interactive_unknown: "whether people can sign in with it is unknown",
  no_factors: "no second factor enrolled",
  factors_unknown: "factors unknown",
};

export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  first_review: "not reviewed before",
  new: "new since the last review",
  changed: "changed since the last review",
  unchanged: "unchanged since the last review",
};

export const ANSWER_WORDS: Readonly<Record<Answer, { verb: string; done: string; key: string }>> = {
  keep: { verb: "Keep", done: "Kept", key: "y" },
  revoke: { verb: "Revoke", done: "To be revoked", key: "n" },
  abstain: { verb: "Abstain", done: "Abstained", key: "a" },
  exception_requested: { verb: "Request exception", done: "Exception requested", key: "m" },
  reduce: { verb: "Reduce", done: "To be reduced", key: "m" },
  time_limit: { verb: "Limit in time", done: "Limited in time", key: "m" },
  rotate: { verb: "Rotate", done: "To be rotated", key: "m" },
  shorten: { verb: "Shorten", done: "To be shortened", key: "m" },
  federate: { verb: "Federate", done: "To be federated", key: "m" },
  narrow: { verb: "Narrow", done: "To be narrowed", key: "m" },
  split: { verb: "Split", done: "To be split", key: "m" },
  re_own: { verb: "Name new owners", done: "To get new owners", key: "m" },
  retire: { verb: "Retire", done: "To be retired", key: "m" },
};

/** What each decision with terms comes to, said before it is taken. */
export const ANSWER_EFFECT: Readonly<Record<TermedAnswer, string>> = {
  reduce: "A part of it stays; the rest is taken away, by whichever path it comes.",
  time_limit: "It stays until a date. By then the source ends it, or it is taken away.",
  rotate: "A new credential takes the place of this one, and this one is deleted.",
  shorten: "The credential gets an end, at most so many days after it was made.",
  federate: "It signs in by a trust instead, and its static credentials are deleted.",
  narrow: "Only what is needed stays: which subjects may assume it, or what it reaches.",
  split: "Each pipeline gets an identity of its own, so that each can be judged and ended by itself.",
  re_own: "Somebody in office answers for it, and somebody else in their absence.",
  retire: "The identity is deleted, or disabled and stripped of all access.",
};

export const KIND_WORDS: Readonly<Record<ItemKind, string>> = {
  grant: "access",
  credential: "credential",
  trust: "trust",
  identity: "identity",
  chain: "pipeline chain",
};

export const RULE_WORDS: Readonly<Record<ReviewerRule, string>> = {
  manager: "manager of the person",
  managers_manager: "manager above the person's manager",
  resource_owner: "owner of the resource",
  resource_owners_manager: "manager of the resource's owner",
  identity_owner: "owner of the identity",
  identity_owners_manager: "manager of the identity's owner",
  named: "named for this round",
  group: "of the group for this round",
  security: "security",
  fallback: "the campaign's fallback",
  reviewers_manager: "manager of the reviewer",
};

export const INELIGIBLE_WORDS: Readonly<Record<Ineligibility, string>> = {
  nobody: "nobody is named",
  self: "it is their own access",
  own_manager: "they would review their own manager",
  granted_it: "they granted or provisioned it",
  owns_identity: "they answer for the identity",
  can_use_identity: "they can act as the identity",
  mutual_pair: "they would review each other",
  loop: "the reviews would close a loop",
  left: "they left",
  disabled: "their sign-in is disabled",
  held_before: "they held it before",
};

export const VOID_WORDS: Readonly<Record<VoidReason, string>> = {
  SUBJECT_GONE: "the identity is gone",
  ACCESS_GONE: "the access is gone",
  DUPLICATE: "a duplicate",
  OUT_OF_SCOPE: "out of scope",
};

export const isOpen = (state: ItemState): boolean => state === "ASSIGNED" || state === "DRAFTED";

/** Three-valued facts are said in words; unknown is one of them. */
export const privilegeWords = (privileged: string): string =>
  privileged === "yes" ? "privileged" : privileged === "no" ? "not privileged" : "privileged: unknown";
