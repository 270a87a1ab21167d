import type { RiskClass } from "#lib/policy/risk.ts";

export type ExceptionState =
  | "SUBMITTED"
  | "IN_APPROVAL"
  | "CHANGES_REQUESTED"
  | "APPROVED"
  | "ACTIVE"
  | "REJECTED"
  | "WITHDRAWN"
  | "EXPIRED"
  | "SUSPENDED"
  | "REVOKED"
  | "RESOLVED"
  | "SUPERSEDED"
  | "VOID";
export type Step = "resource_owner" | "exception_approver" | "second_approver";
export type SuspensionCause = "control_failed" | "control_overdue";
export type ControlResult = "passed" | "failed";
/** What a line of the history is besides a state that was reached. */
export type NoteKind = "APPROVAL" | "CONTROL_TESTED" | "EXPIRING" | "RENEWAL_REQUESTED" | "RENEWAL_ENDED" | "RENEWED" | "REOPENED";

/** What it says at one moment, as each line of its history keeps it. */
export type Terms = {
  revision: number;
  renewals: number;
  rationale: string;
  control: string;
  controlOwner: string | null;
  controlTest: string;
  controlDueAt: string;
  controlResult: ControlResult | null;
  startsAt: string | null;
  expiresAt: string;
};

export type ExceptionRow = {
  id: string;
  label: string;
  sourceName: string | null;
  resourceName: string | null;
  riskClass: RiskClass;
  state: ExceptionState;
  requesterName: string | null;
  createdAt: string;
  activeAt: string | null;
  expiresAt: string;
  controlDueAt: string;
  renewals: number;
  isRenewalPending: boolean;
  /** Active or suspended, with at most 30 days to go. */
  isExpiring: boolean;
  /** The next step of its approval; null where none waits. */
  waitsFor: Step | null;
  /** The viewer may give that step. */
  waitsForMe: boolean;
  endedAt: string | null;
};

export type ExceptionEventRow = {
  id: string;
  kind: string;
  at: string;
  actorName: string | null;
  detail: Record<string, unknown>;
  terms: Terms;
};
export type ApprovalRow = { revision: number; step: Step; personName: string | null; at: string; stepUpMethod: string };

export type ExceptionDetail = ExceptionRow &
  Omit<Terms, "expiresAt" | "controlDueAt"> & {
    identityId: string;
    entitlementId: string;
    identityName: string | null;
    entitlementName: string | null;
    meaning: string | null;
    controlOwnerId: string;
    controlTestedAt: string | null;
    suspendedFor: SuspensionCause | null;
    campaignId: string | null;
    itemId: string | null;
    renewal: { expiresAt: string; rationale: string; requesterName: string | null } | null;
    resourceOwnerName: string | null;
    chain: Step[];
    approvals: ApprovalRow[];
    events: ExceptionEventRow[];
    /** Longest time it may be asked for, in days. */
    capDays: number;
    can: ExceptionPowers;
    /** Why the next step is not the viewer's, where they might expect it to be. */
    whyNot: string[];
  };

/** What the viewer may do now, by the rules that the commands ask. */
export type ExceptionPowers = {
  approve: boolean;
  change: boolean;
  withdraw: boolean;
  renew: boolean;
  recordTest: boolean;
  revoke: boolean;
};

export type ExceptionTotals = { open: number; waiting: number; active: number; expiring: number; suspended: number };
/** For the frame: what waits for the viewer's approval, and what of theirs runs out. */
export type ExceptionInbox = { approvals: number; expiring: number };
