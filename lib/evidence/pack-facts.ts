import type { JsonObject } from "#lib/audit/types.ts";

/*
 * What is counted for the report and for the list of gaps, all of it as of the checkpoint. Counts are numbers here and nowhere larger than
 * a campaign.
 */

export type ReviewerFacts = {
  name: string | null;
  title: string | null;
  manager: string | null;
  status: string | null;
  items: number;
  keep: number;
  revoke: number;
  abstain: number;
  privilegedKept: number;
  bySilence: number;
  late: number;
  inBulk: number;
  evidenceViewed: number;
  medianSeconds: number | null;
};

export type RiskFacts = {
  riskClass: string;
  items: number;
  keep: number;
  revoke: number;
  abstain: number;
  exceptionRequested: number;
  /** To be reduced, limited in time, or changed as fits a machine. */
  changed: number;
  bySilence: number;
  voided: number;
};

export type ExceptionFacts = {
  label: string;
  riskClass: string;
  state: string;
  requester: string | null;
  approvedBy: readonly string[];
  rationale: string;
  control: string;
  controlOwner: string | null;
  controlResult: string | null;
  expiresAt: string;
  renewals: string;
  lapse: string | null;
};

/** Of a decision that takes work in the source; kind says which. */
export type RevokeFacts = {
  kind: string;
  label: string;
  person: string | null;
  source: string;
  riskClass: string;
  reviewer: string | null;
  rationale: string | null;
  decidedAt: string | null;
  /** Null: no task was planned for it up to the checkpoint. */
  state: string | null;
  slaDueAt: string | null;
  withinSla: string | null;
  executedBy: string | null;
  firstAbsentRunId: string | null;
  secondAbsentRunId: string | null;
  verifiedAt: string | null;
  regrownAt: string | null;
};

export type LedgerFacts = {
  source: string;
  stream: string;
  declared: string;
  read: string;
  kept: string;
  excluded: string;
  rejected: string;
  pages: string;
  completeness: string;
  reason: string | null;
};

export type SourceFacts = {
  id: string;
  name: string;
  connector: string;
  product: string | null;
  account: string | null;
  endpoint: string | null;
  runId: string | null;
  observedAt: string | null;
  isComplete: boolean;
  isFullRead: boolean;
  overrideReason: string | null;
  items: number;
  files: number;
  unattestedFiles: number;
  /** As of the checkpoint. */
  /** Deliveries of its log that were taken in. */
  eventBatches: number;
  isPaused: boolean;
  isRetired: boolean;
};

export type PackFacts = {
  campaign: {
    id: string;
    name: string;
    owner: string | null;
    ownerUserId: string;
    state: string;
    scope: JsonObject;
    plan: JsonObject;
    /** The start of its template that it was made for, with the planned ones before and after; null: made by hand. */
    cycle: { templateId: string; version: number; digest: string; at: string; previousAt: string | null; nextAt: string | null } | null;
    instructions: string;
    instructionsVersion: number;
    zone: string;
    policyDigest: string | null;
    watchDays: number;
    parentId: string | null;
    createdAt: string;
    stagedAt: string | null;
    launchedAt: string | null;
    dueAt: string;
    closingAt: string | null;
    signedOffAt: string;
    closedAt: string | null;
  };
  population: { digest: string; itemsDigest: string; signature: string; keyId: string; items: number; frozenAt: string };
  signOff: {
    user: string | null;
    userId: string;
    signedAt: string;
    confirmedBy: string;
    attestation: string;
    digest: string;
    counts: JsonObject;
    eventId: string;
  };
  checkpoint: { origin: string; treeSize: number; signedAt: string; fingerprint: string };
  product: { version: string };
  isDemo: boolean;
  ledger: readonly LedgerFacts[];
  sources: readonly SourceFacts[];
  leftOut: readonly string[];
  exclusions: readonly { cause: string; grants: number }[];
  byClass: Readonly<Record<string, number>>;
  unknown: Readonly<Record<string, number>>;
  identities: { inScope: number; people: number; orphaned: number; unowned: number; ownerLeft: number };
  tieOut: { peopleInOffice: number; peopleWithItems: number; sources: number } | null;
  /** Missed cycles up to the checkpoint that nobody gave a reason for. */
  cyclesUnexplained: number;
  notIndependent: number;
  overlapping: readonly string[];
  /** Sentences on what blocked the freeze and was let through by two people. */
  letThrough: readonly string[];
  risks: readonly RiskFacts[];
  reviewers: readonly ReviewerFacts[];
  revokes: readonly RevokeFacts[];
  /** How many there are where the lists above were cut. */
  totals: {
    items: number;
    decisions: number;
    decided: number;
    reviewers: number;
    revokes: number;
    reassignments: number;
    submissions: number;
    secondPerson: number;
    events: number;
    grantedAfterFreeze: number;
    runs: number;
  };
  eventTypes: readonly { type: string; events: number }[];
  decisions: {
    byPassword: number;
    byToken: number;
    bySso: number;
    ssoWithoutFactors: number;
    late: number;
    unmeasured: number;
    bulk: number;
  };
  silence: { items: number; highOrCritical: number; byRule: readonly { rule: string; outcome: string; items: number }[] };
  voided: readonly { reason: string; items: number }[];
  /** Items with a conflict of duties, and those of them that ended with both sides in place. */
  conflicts: { items: number; unsettled: number; wereLookedFor: boolean };
  secondLooks: { looks: number; disagreeing: number };
  reviewersSilent: { reviewers: number; items: number };
  remediation: {
    planned: number;
    notPlanned: number;
    byState: Readonly<Record<string, number>>;
    overdue: number;
    regrown: number;
    watching: number;
    /** Waiting for proof from a source that was not fully read since. */
    frozen: readonly { source: string; tasks: number }[];
  };
  exceptions: {
    total: number;
    /** Items whose request nobody had decided. */
    undecided: number;
    lapsed: number;
    untested: number;
    rows: readonly ExceptionFacts[];
  };
  /** What people were told about the campaign, and how the mail of it went. */
  notifications: { told: number; mailOff: number; withoutAddress: number; undelivered: number; waiting: number };
  /** Whether what was signed is still what the tables hold. */
  checks: { population: boolean; final: boolean; signature: boolean | null };
  namesGone: number;
};
