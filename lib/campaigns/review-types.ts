import type { ExceptionState, Step } from "#lib/exceptions/types.ts";
import type { RiskClass, RiskReason } from "#lib/policy/risk.ts";
import type { AnswerTerms } from "./answer-terms.ts";
import type { Dependence } from "./independence.ts";
import type {
  Answer,
  CampaignState,
  Change,
  ItemKind,
  ItemState,
  Moment,
  Outcome,
  PassedOver,
  Reach,
  ReviewerRule,
  VoidReason,
  Way,
} from "./types.ts";

/* What reviewers are told, and whoever opens an item. */

export type SecondLookTask = ReviewItemRow & { lookId: string; lookAnswer: string | null };

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
