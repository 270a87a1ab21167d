import type { ExceptionState, Step } from "#lib/exceptions/types.ts";
import type { RiskClass, RiskReason } from "#lib/policy/risk.ts";

import type { AnswerTerms } from "./answer-terms.ts";

import type { MissedBecause, Period } from "./cycles.ts";

import type { Dependence } from "./independence.ts";
import type { CampaignPlan } from "./plan.ts";
import type { CampaignScopeInput } from "./schema.ts";
import type { TemplateBody } from "./template.ts";

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
export type SecondLookTask = ReviewItemRow & { lookId: string; lookAnswer: string | null };

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

export type MyReview = {
  campaignId: string;
  name: string;
  state: CampaignState;
  dueAt: string;
  zone: string;
  items: number;
  open: number;
  drafted: number;
  submitted: number;
  highOrCritical: number;
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

export type SavedScopeRow = { id: string; name: string; scope: CampaignScopeInput; createdBy: string | null };

export type TemplateRow = {
  id: string;
  name: string;
  version: number;
  ownerName: string | null;
  zone: string;
  every: Period | null;
  nextAt: string | null;
  cycles: number;
  /** Missed cycles that nobody gave a reason for. */
  unexplained: number;
};

export type CycleRow = {
  cycleAt: string;
  version: number;
  campaign: { id: string; name: string; state: CampaignState; launchedAt: string | null; signedOffAt: string | null } | null;
  nextAt: string | null;
  missedBecause: MissedBecause | null;
  reason: string | null;
  reasonBy: string | null;
  reasonAt: string | null;
};

export type TemplatePage = {
  id: string;
  version: number;
  digest: string;
  body: TemplateBody;
  madeBy: "form" | "file";
  madeByName: string | null;
  madeAt: string;
  retiredAt: string | null;
  ownerName: string | null;
  fallbackName: string | null;
  /** The next planned starts. */
  next: string[];
  cycles: CycleRow[];
};

/** A row of the reviewer's table: everything a decision is taken on. The rest is one request away (ItemDetail). */
export type ReviewItemRow = {
  id: string;
  kind: ItemKind;
  version: number;
  state: ItemState;
  answer: Answer | null;
  /** What exactly the answer asks for. */
  terms: AnswerTerms | null;
  rationale: string | null;
  dueAt: string | null;
  orderKey: number;
  sourceName: string;
  /** Person, or identity where there is no person: what rows are grouped by. */
  groupId: string;
  personName: string | null;
  personTitle: string | null;
  department: string | null;
  identityName: string;
  identityClass: string;
  /** null for whatever is no chain. */
  way: Way | null;
  identityStatus: string;
  ownerName: string | null;
  entitlementName: string;
  meaning: string | null;
  resourceName: string | null;
  resourceClass: string | null;
  environment: string;
  sensitivity: string;
  privileged: string;
  reachCount: number;
  /** The first three of what it reaches. */
  reachNames: string[];
  alsoHeldBy: string[];
  started: Moment;
  expires: Moment;
  lastUsed: Moment;
  grantedBy: string | null;
  openedRunId: string;
  /** First seen by that sync. */
  openedAt: string | null;
  factors: string;
  riskClass: RiskClass;
  riskReasons: RiskReason[];
  change: Change;
  lastOutcome: Outcome | null;
  lastDecision: LastDecision | null;
  /** What the entitlement gained and lost since: the first lines of each, and how many there are. */
  contentsChange: ContentsChange | null;
  /** Of the others in the person's team, how many hold the same; null: no team known. */
  peersHolding: number | null;
  peersTotal: number | null;
  /** Separation of duties: what it conflicts with, in words. */
  conflicts: string[];
  /** active, left, unknown; null: no person, or frozen before this was kept. */
  personStatus: string | null;
  /** Rows of equal key may be decided together. */
  bulkKey: string;
  /** Whom the reviewer stands in for, where it came to them by delegation. */
  onBehalfOf: string | null;
  /** How often it was carried forward in a row, this time included; 0: it is a question of its own. */
  carriedCycles: number;
  voidReason: VoidReason | null;
  /** The one for this access that has not ended, whoever asked for it. */
  exception: ItemException | null;
};
/** by is null where it was by silence. */
export type LastDecision = { campaign: string; by: string | null; at: string | null };
export type ContentsChange = { wasMeaning: string | null; added: string[]; removed: string[]; lines: number };
/** activeAt: since when it covers; null while it waits for its approvers. */
export type ItemException = { id: string; state: ExceptionState; activeAt: string | null; expiresAt: string };

/** What an exception from an item would cover, before it is asked for. */
export type ExceptionImpact = {
  label: string;
  meaning: string | null;
  riskClass: RiskClass;
  capDays: number;
  reachNames: string[];
  reachCount: number;
  alsoHeldBy: string[];
  /** Items of campaigns that are not over about the same access: those that the asker sees, and how many more. */
  items: { campaignId: string; campaignName: string; itemId: string; state: ItemState }[];
  hiddenItems: number;
  chain: Step[];
  resourceOwnerName: string | null;
  existing: ItemException | null;
};

/** The same rows as arrays, in the order of `columns`: a third of the bytes. lib/campaigns/compact.ts reads it. */
export type CompactItems = { columns: (keyof ReviewItemRow)[]; rows: unknown[][] };

export type DecisionRow = {
  id: string;
  answer: Answer | "withdrawn";
  terms: AnswerTerms | null;
  rationale: string | null;
  decidedAt: string;
  reviewerName: string | null;
  userName: string | null;
  seconds: number | null;
  evidenceViewed: boolean;
  batchSize: number;
  isLate: boolean;
  authenticatedBy: string;
  round: number;
  /** Whom the reviewer stood in for. */
  onBehalfOf: string | null;
};

export type AssignmentRow = { at: string; fromName: string | null; toName: string | null; cause: string; reason: string; hop: number };

export type ItemDetail = ReviewItemRow & {
  campaignId: string;
  campaignName: string;
  campaignState: CampaignState;
  sourceId: string;
  /** Of kind grant; of the others subjectId is the credential, the trust or the identity. */
  grantId: string | null;
  subjectId: string | null;
  identityId: string | null;
  identityExternalId: string;
  entitlementId: string | null;
  entitlementExternalId: string;
  entitlementDigest: string | null;
  resourceId: string | null;
  personId: string | null;
  reaches: Reach[];
  reviewerId: string | null;
  reviewerName: string | null;
  reviewerRule: ReviewerRule | null;
  passedOver: PassedOver[];
  outcome: Outcome | null;
  isBySilence: boolean;
  round: number;
  rounds: number;
  /** Let review by two people, though not independent. */
  overrides: { personName: string | null; reasons: Dependence[]; askedBy: string | null; confirmedBy: string | null }[];
  decisions: DecisionRow[];
  assignments: AssignmentRow[];
  openedRun: RunRef | null;
  observedRun: RunRef | null;
  voidRun: RunRef | null;
  /** The run that ended the grant, where it is gone by now. */
  goneRun: RunRef | null;
  followsItemId: string | null;
  followsCampaignId: string | null;
  remediationId: string | null;
  context: ItemContext;
};
/** Beyond the frozen row: use by week, what was decided before, what exactly changed. */
export type ItemContext = {
  /** Sessions of the identity in 13 weeks, oldest week first. isTold: the source tells sessions at all. */
  use: { isTold: boolean; sessions: number; privileged: number; weeks: number[]; lastAt: string | null };
  past: { campaign: string; at: string | null; outcome: Outcome; by: string | null; rationale: string | null }[];
  contents: { before: string | null; after: string | null; wasMeaning: string | null; meaning: string | null } | null;
};
export type RunRef = { id: string; startedAt: string; observedAt: string | null };

export type ScopePreview = {
  items: number;
  privileged: number;
  /** minutes: their own measured median, else everybody's, times their items; null until 20 were measured. */
  reviewers: { personId: string; name: string; items: number; hasSignIn: boolean; minutes: number | null }[];
  /** The group that the first round asks, in the order of its ring; null where it asks none. `members` are the first of them. */
  group: { of: number; members: { personId: string; name: string; items: number; why: "left" | "disabled" | null }[] } | null;
  /** Items that went on to somebody else, or to nobody, since the first found would have closed a circle. */
  circles: number;
  /** People (and identities without a person) whose access nobody in the chain may review. */
  withoutReviewer: { subjectId: string; name: string; kind: "person" | "identity"; items: number }[];
  excluded: Exclusion[];
  blocks: Block[];
  /** Of whoever has the most to do; null until 20 were measured. */
  expectedMinutes: number | null;
  overlaps: { campaignId: string; name: string }[];
};
/** The filter that left a live grant out; the first that does counts. */
export type ExclusionCause =
  | "held_by_entitlement"
  | "class"
  | "resource_class"
  | "environment"
  | "sensitivity"
  | "not_privileged"
  | "used"
  | "granted_before"
  | "signed_off_otherwise";
export type Exclusion = { cause: ExclusionCause; grants: number };

/** What was carried forward to a reviewer. cycles: the most times in a row, of carryCycles that are allowed. */
export type CarriedBundle = { open: number; answered: number; cycles: number; carryCycles: number };
/** What submitting would do: answers handed in, removals that start at once and who approves them, what stays open, what must be settled first. */
export type SubmissionPreview = {
  answers: { answer: Answer; items: number }[];
  /** approver: the owner of the resource; null where it has none, so that security approves. */
  startsNow: { items: number; named: { label: string; approver: string | null }[] };
  open: number;
  /** Of what is handed in, whose it was: each whom the reviewer stands in for. */
  onBehalfOf: { name: string; items: number }[];
  /** Where what is handed in goes on to once this round is over; null in the last. */
  nextRound: string | null;
  unsettled: { itemId: string; label: string; conflicts: string[] }[];
};

export type DecideResult = { version: number; decisionId: string; isLate: boolean };
export type BulkResult = { items: number; digest: string; versions: { itemId: string; version: number }[] };
export type SubmitResult = { submissionId: string; items: number; digest: string; returned: number };
