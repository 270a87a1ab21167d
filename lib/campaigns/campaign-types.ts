import type { RiskClass } from "#lib/policy/risk.ts";
import type { CampaignPlan } from "./plan.ts";
import type { Exclusion } from "./plan-types.ts";
import type { Block, CampaignState, VoidReason } from "./types.ts";

/* What a campaign's owner is told: its page, its reviewers, its population. */

export type CampaignRow = {
  id: string;
  name: string;
  state: CampaignState;
  ownerUserId: string;
  ownerName: string | null;
  dueAt: string;
  zone: string;
  createdAt: string;
  launchedAt: string | null;
  signedOffAt: string | null;
  /** null until frozen. */
  items: number | null;
  /** Answered (drafted, submitted, decided, final) and handed in. */
  answered: number;
  submitted: number;
  reviewers: number;
  isFollowUp: boolean;
};

/** One reviewer of a campaign; personId null are the items without one. */
export type ReviewerRow = {
  personId: string | null;
  name: string | null;
  title: string | null;
  /** No user is linked to this person: they cannot decide yet. */
  hasSignIn: boolean;
  /** Still in office and not disabled. */
  isEligible: boolean;
  items: number;
  answered: number;
  submitted: number;
  late: number;
  lastDecidedAt: string | null;
};

/** How one reviewer decided, over the answers that count. Seconds are per item; null where none was measured. */
export type ReviewerQuality = {
  reviewerId: string;
  decided: number;
  medianSeconds: number | null;
  viewed: number;
  bulk: number;
  /** Items beside which something was suggested, and those decided otherwise. */
  suggested: number;
  overridden: number;
  privileged: number;
  privilegedKept: number;
  privilegedKeepSeconds: number | null;
  privilegedKeepViewed: number;
};

/** A decision that somebody else looks at again; answer is null until they did. */
export type SecondLookRow = {
  id: string;
  itemId: string;
  label: string;
  firstReviewer: string | null;
  reviewer: string | null;
  answer: "keep" | "revoke" | null;
  agrees: boolean | null;
  rationale: string | null;
  answeredAt: string | null;
};

type Sums = { items: number; revoked: number };
/** A population beside an earlier one, by who holds what. */
export type PopulationDifference = { added: number; removed: number; changed: number; same: number; otherReviewer: number };

/** Beside the campaign that the signed manifest names as the one before. OPEN is an outcome to come. */
export type Comparison = {
  campaignId: string;
  name: string;
  population: PopulationDifference;
  outcomes: { outcome: string; last: number; now: number }[];
  reviewers: { reviewerId: string | null; name: string; last: Sums; now: Sums }[];
};

export type RiskRow = {
  riskClass: RiskClass;
  items: number;
  keep: number;
  revoke: number;
  abstain: number;
  exceptionRequested: number;
  /** Answered by what has terms: reduce, time limit, those of machines. */
  termed: number;
  open: number;
};

/** answered: what counted in it, or was handed in so far. */
export type RoundRow = { number: number; name: string; endsAt: string | null; answered: number; open: number };

export type BySilence = Record<"suspend" | "revoke" | "keep" | "unanswered" | "security", number>;

export type DelegationRow = {
  id: string;
  personId: string;
  personName: string;
  toPersonId: string;
  toName: string;
  startsAt: string;
  endsAt: string;
  reason: string;
  isInForce: boolean;
};

/** What is asked for of a campaign, where its kind does not say it all. */
export type CampaignRequest = PendingRequest & {
  item: { id: string; label: string } | null;
  personName: string | null;
  dueAt: string | null;
};

/** A guard of the next step, met or not, in words with numbers. */
export type ChecklistRow = { code: string; isMet: boolean; text: string };

export type LedgerRow = {
  sourceId: string;
  sourceName: string;
  connector: string;
  product: string | null;
  account: string | null;
  endpoint: string | null;
  runId: string | null;
  observedAt: string | null;
  finishedAt: string | null;
  streams: { stream: string; declared: string | null; read: string; kept: string; excluded: string; rejected: string; pages: number }[];
  items: number;
};

export type PendingRequest = {
  id: string;
  action: string;
  reason: string;
  requestedBy: string;
  requestedByName: string | null;
  requestedAt: string;
  expiresAt: string;
};

export type CampaignPage = CampaignRow & {
  instructions: string;
  instructionsVersion: number;
  scope: unknown;
  fallbackPersonId: string | null;
  fallbackName: string | null;
  policyDigest: string | null;
  watchDays: number;
  stagedAt: string | null;
  closingAt: string | null;
  endedAt: string | null;
  parentId: string | null;
  plan: CampaignPlan;
  /** The one under way, from 1. */
  round: number;
  rounds: RoundRow[];
  /** What silence would do if decisions closed now, and after that what it did; null before the launch. */
  silence: BySilence | null;
  /** Out of office among its reviewers. */
  delegations: DelegationRow[];
  blocks: Block[];
  reviewerRows: ReviewerRow[];
  riskRows: RiskRow[];
  quality: ReviewerQuality[];
  secondLooks: SecondLookRow[];
  comparison: Comparison | null;
  /** Guards of the step that comes next (launch, closing, sign-off). */
  checklist: ChecklistRow[];
  ledger: LedgerRow[];
  voided: { reason: VoidReason; items: number }[];
  /** Live grants of the sources that came after the freeze; null before it. */
  sinceFreeze: SinceFreeze | null;
  /** null before the freeze. */
  account: PopulationAccount | null;
  population: { manifestDigest: string; signature: string; keyId: string; frozenAt: string; itemCount: number } | null;
  signOff: {
    userId: string;
    userName: string | null;
    digest: string;
    signedAt: string;
    stepUpMethod: string;
    counts: Record<string, number>;
  } | null;
  requests: CampaignRequest[];
  /** Measured median of seconds per decision, times open items; null until 20 were measured. */
  expectedMinutes: number | null;
};

export type PopulationAccount = {
  excluded: Exclusion[];
  scopeSetBy: string | null;
  /** The campaign before, and how this population differs from that; null where there is none. */
  previous: { campaignId: string; name: string; difference: PopulationDifference } | null;
  tieOuts: {
    sourceName: string;
    peopleSourceName: string;
    peopleInOffice: number;
    withoutIdentity: number;
    identities: number;
    ofPeopleWhoLeft: number;
    unmatched: number;
  }[];
};

export type SinceFreezeRow = {
  grantId: string;
  identityId: string;
  identityName: string;
  personName: string | null;
  entitlementName: string;
  meaning: string | null;
  resourceName: string | null;
  privileged: string;
  sourceId: string;
  sourceName: string;
  /** The sync that first saw it. */
  runId: string;
  seenAt: string;
  grantedBy: string | null;
  /** The micro-campaign that took it. */
  reviewedIn: string | null;
};

/** `rows` are the newest. */
export type SinceFreeze = { grants: number; unreviewed: number; rows: SinceFreezeRow[] };
