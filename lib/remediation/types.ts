import type { AnswerTerms } from "#lib/campaigns/answer-terms.ts";
import type { PendingRequest } from "#lib/campaigns/campaign-types.ts";
import type { ItemKind } from "#lib/campaigns/types.ts";
import type { RiskClass } from "#lib/policy/risk.ts";

export type RemediationState =
  | "PLANNED"
  | "APPROVED"
  | "QUEUED"
  | "RUNNING"
  | "APPLIED_UNVERIFIED"
  | "ALREADY_GONE"
  | "VERIFIED"
  | "NOT_EFFECTIVE"
  | "FAILED"
  | "NOT_SUPPORTED"
  | "MANUAL_REQUIRED"
  | "TICKETED"
  | "CLAIMED_DONE"
  | "COVERED"
  | "SUPERSEDED"
  | "RESTORED";

/** The decision that the task makes true; suspend is by silence only. */
export type RemediationKind =
  | "revoke"
  | "reduce"
  | "time_limit"
  | "suspend"
  | "rotate"
  | "shorten"
  | "federate"
  | "narrow"
  | "split"
  | "re_own"
  | "retire";

/** By which somebody else's ticket system knows a task. */
export type Ticket = { reference: string; link: string | null };

export type RemediationRow = {
  id: string;
  kind: RemediationKind;
  campaignId: string;
  campaignName: string;
  itemId: string;
  sourceId: string;
  sourceName: string;
  label: string;
  riskClass: RiskClass;
  state: RemediationState;
  version: number;
  slaDueAt: string;
  isOverdue: boolean;
  decidedByName: string | null;
  approvedByName: string | null;
  executedByName: string | null;
  appliedAt: string | null;
  /** 0, 1 or 2 of the two syncs that prove it. */
  absences: 0 | 1 | 2;
  verifiedAt: string | null;
  watchUntil: string | null;
  hasRegrown: boolean;
  ticket: Ticket | null;
  createdAt: string;
};

export type RemediationEventRow = { id: string; kind: string; at: string; actorName: string | null; detail: Record<string, unknown> };

export type ProofRow = { id: string; name: string; size: number; sha256: string; uploadedAt: string; uploadedByName: string | null };

/** Approved removals that the asker may start, with what speaks against each. leftOut: those that they decided themselves. */
export type CheckedBatch = {
  tasks: { id: string; version: number; label: string; riskClass: RiskClass; blocks: string[]; warns: string[] }[];
  leftOut: number;
};
export type BatchTaskRow = { id: string; label: string; riskClass: RiskClass; step: number; state: RemediationState };
/** Removals of a campaign in one source, done in steps. */
export type BatchRow = {
  id: string;
  campaignId: string;
  campaignName: string;
  sourceId: string;
  sourceName: string;
  state: "RUNNING" | "STOPPED" | "DONE";
  step: number;
  stopAfter: number;
  confirmed: string[];
  startedByName: string | null;
  startedAt: string;
  endedAt: string | null;
  stoppedBecause: string | null;
  tasks: number;
  done: number;
  wrong: number;
};
export type BatchDetail = BatchRow & { members: BatchTaskRow[]; restorable: number; request: PendingRequest | null };
/** Approved removals in one source for one campaign that could be begun together. */
export type Executable = { campaignId: string; campaignName: string; sourceId: string; sourceName: string; tasks: number };

/** ours: last used, decided by silence, break-glass; the connector's: last admin, last owner, our own reader. */
export type PreflightRow = { name: string; result: "ok" | "warns" | "blocks"; detail: string };

export type RemediationDetail = RemediationRow & {
  /** null: by silence. */
  decisionId: string | null;
  rationale: string | null;
  terms: AnswerTerms | null;
  itemKind: ItemKind;
  /** Of a time limit: from when on it may be taken away. */
  notBefore: string | null;
  grantId: string | null;
  identityId: string | null;
  entitlementId: string | null;
  identityName: string;
  entitlementName: string;
  events: RemediationEventRow[];
  firstAbsentRun: { id: string; startedAt: string; observedAt: string | null } | null;
  secondAbsentRun: { id: string; startedAt: string; observedAt: string | null } | null;
  regrown: { campaignId: string; itemId: string } | null;
  proofs: ProofRow[];
  batchId: string | null;
  /** Waits for a second person to put it back. */
  restoreRequest: PendingRequest | null;
  /** What may be done now, by whom is the permission's matter. */
  can: { approve: boolean; execute: boolean; claim: boolean; restore: boolean };
  whyNot: string[];
};

export type RemediationTotals = {
  open: number;
  overdue: number;
  waitingForApproval: number;
  unverified: number;
  verified: number;
  regrown: number;
};
