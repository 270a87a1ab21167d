import type { ExceptionEventRow, ExceptionState, Step, SuspensionCause } from "#lib/exceptions/types.ts";

/** Where it stands, and whom it waits for. */
export const EXCEPTION_SENTENCES: Readonly<Record<ExceptionState, string>> = {
  SUBMITTED: "Asked for.",
  IN_APPROVAL: "Asked for, and waiting for its approvers. Nothing is covered yet.",
  CHANGES_REQUESTED: "An approver asked for other terms. Whoever asked for it changes them, or takes the request back.",
  APPROVED: "Approved. It covers the access from its start.",
  ACTIVE: "In force: the access stays until its end, under its control.",
  REJECTED: "Refused. The access was not covered; what rested on the request was given to the next reviewer.",
  WITHDRAWN: "Taken back before it was in force.",
  EXPIRED: "It has ended at its date. What it covered is under review again.",
  SUSPENDED: "Not in force: its control failed or was not tested in time. What it covered is under review again.",
  REVOKED: "Ended before its date. What it covered is under review again.",
  RESOLVED: "No longer needed: two complete syncs do not find the access.",
  SUPERSEDED: "Another exception took its place.",
  VOID: "The identity is gone, and with it what was covered.",
};

export const EXCEPTION_STATES: readonly { value: ExceptionState; label: string }[] = [
  { value: "IN_APPROVAL", label: "in approval" },
  { value: "CHANGES_REQUESTED", label: "changes asked for" },
  { value: "APPROVED", label: "approved" },
  { value: "ACTIVE", label: "active" },
  { value: "SUSPENDED", label: "suspended" },
  { value: "EXPIRED", label: "expired" },
  { value: "REVOKED", label: "revoked" },
  { value: "REJECTED", label: "rejected" },
  { value: "WITHDRAWN", label: "taken back" },
  { value: "RESOLVED", label: "resolved" },
  { value: "VOID", label: "void" },
];

export const STEP_WORDS: Readonly<Record<Step, string>> = {
  resource_owner: "the owner of the resource",
  exception_approver: "an approver of exceptions",
  second_approver: "a second approver of exceptions",
};

export const SUSPENSION_WORDS: Readonly<Record<SuspensionCause, string>> = {
  control_failed: "its control failed a test",
  control_overdue: "its control was not tested in time",
};

const EVENT_WORDS: Readonly<Record<string, string>> = {
  SUBMITTED: "Asked for",
  IN_APPROVAL: "Put before its approvers",
  APPROVAL: "Approved",
  CHANGES_REQUESTED: "Sent back for other terms",
  APPROVED: "All approvals given, the last",
  ACTIVE: "Put in force",
  REJECTED: "Refused",
  WITHDRAWN: "Taken back",
  EXPIRED: "Ended at its date",
  SUSPENDED: "Suspended",
  REVOKED: "Revoked",
  RESOLVED: "Resolved: the access is gone",
  VOID: "Void: the identity is gone",
  CONTROL_TESTED: "Control tested",
  EXPIRING: "Runs out soon",
  RENEWAL_REQUESTED: "More time asked for",
  RENEWAL_ENDED: "Renewal not given",
  RENEWED: "Renewed",
  REOPENED: "Reopened what it covered",
};

export function eventTitle({ kind, actorName, detail }: ExceptionEventRow): string {
  const words = EVENT_WORDS[kind] ?? kind;
  const step = typeof detail.step === "string" ? ` as ${STEP_WORDS[detail.step as Step] ?? detail.step}` : "";
  return `${words}${actorName ? ` by ${actorName}` : ""}${step}`;
}

const CAUSES: Readonly<Record<string, string>> = {
  ...SUSPENSION_WORDS,
  requester: "whoever asked took it back",
  item_reopened: "the item that it rested on is decided anew",
  not_approved_in_time: "nobody decided before the end that was asked for",
  subject_gone: "the identity is gone",
  access_gone: "two complete syncs no longer find the access",
  rejected: "it was refused",
  withdrawn: "it was taken back",
};
export const causeText = (cause: string): string => CAUSES[cause] ?? cause.replaceAll("_", " ");
