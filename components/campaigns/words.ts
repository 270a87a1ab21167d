import type { Answer, Change, Ineligibility, ItemState, ReviewerRule, VoidReason } from "#lib/campaigns/types.ts";
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
  granted_it: "they granted it",
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
