import type { MissedBecause, Period } from "./cycles.ts";
import type { CampaignScopeInput } from "./schema.ts";
import type { TemplateBody } from "./template.ts";
import type { Block, CampaignState } from "./types.ts";

/* What planning is told: saved scopes, templates, previews. */

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
