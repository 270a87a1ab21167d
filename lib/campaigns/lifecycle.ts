import type { ChecklistRow } from "./campaign-types.ts";
import type { MyReview } from "./review-types.ts";
import type { CampaignState, ItemState } from "./types.ts";

/** Where a campaign may go. Going on into the next round is no move: it is ACTIVE before and after (rounds.ts). */
const MOVES: Readonly<Record<CampaignState, readonly CampaignState[]>> = {
  DRAFT: ["COLLECTING", "CANCELLED"],
  COLLECTING: ["BLOCKED", "STAGED", "NOT_APPLICABLE", "CANCELLED"],
  BLOCKED: ["COLLECTING", "STAGED", "CANCELLED"],
  STAGED: ["ACTIVE", "DRAFT", "CANCELLED"],
  NOT_APPLICABLE: [],
  ACTIVE: ["PAUSED", "CLOSING", "CANCELLED"],
  PAUSED: ["ACTIVE", "CANCELLED"],
  CLOSING: ["SIGNED_OFF", "CANCELLED"],
  SIGNED_OFF: ["REMEDIATING"],
  REMEDIATING: ["VERIFYING"],
  VERIFYING: ["CLOSED", "REMEDIATING"],
  CLOSED: ["ARCHIVED"],
  ARCHIVED: [],
  CANCELLED: [],
};

export const mayMove = (from: CampaignState, to: CampaignState): boolean => MOVES[from].includes(to);
export const BEFORE_SIGN_OFF = (Object.keys(MOVES) as CampaignState[]).filter((state) => mayMove(state, "CANCELLED"));

/** Its items are final, and what was decided of one is taken anew in another campaign only. */
export const WAS_SIGNED_OFF = ["SIGNED_OFF", "REMEDIATING", "VERIFYING", "CLOSED", "ARCHIVED"] as const satisfies readonly CampaignState[];

const ITEM_MOVES: Readonly<Record<ItemState, readonly ItemState[]>> = {
  UNASSIGNED: ["ASSIGNED", "DECIDED", "VOIDED"],
  ASSIGNED: ["DRAFTED", "DECIDED", "VOIDED", "UNASSIGNED"],
  DRAFTED: ["DRAFTED", "ASSIGNED", "SUBMITTED", "DECIDED", "VOIDED"],
  SUBMITTED: ["ASSIGNED", "DECIDED"],
  DECIDED: ["ASSIGNED", "FINAL"],
  FINAL: [],
  VOIDED: ["ASSIGNED"],
};
export const mayItemMove = (from: ItemState, to: ItemState): boolean => ITEM_MOVES[from].includes(to);
/** Of what a reviewer was given, what waits for them now: nothing while a campaign takes no answers. */
export function waitingOf(reviews: readonly Pick<MyReview, "state" | "open" | "drafted">[]): { toDecide: number; toHandIn: number } {
  const taking = reviews.filter(({ state }) => state === "ACTIVE" || state === "CLOSING");
  return {
    toDecide: taking.reduce((sum, { open }) => sum + open, 0),
    toHandIn: taking.reduce((sum, { drafted }) => sum + drafted, 0),
  };
}

/** Waiting for an answer that counts. */
export const OPEN_ITEM_STATES = ["UNASSIGNED", "ASSIGNED", "DRAFTED"] as const satisfies readonly ItemState[];

export type LaunchFacts = {
  items: number;
  withoutReviewer: number;
  ineligibleReviewer: number;
  withoutSignIn: number;
  dueAt: Date;
  now: Date;
};
export type CloseFacts = { open: number; dueAt: Date; now: Date; roundsLeft: number };
export type SignOffFacts = { open: number; undecided: number };

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** STAGED -> ACTIVE. Reviewers who cannot sign in yet do not stop a launch, but are told. */
export function launchGuards(facts: LaunchFacts): ChecklistRow[] {
  return [
    { code: "has_items", isMet: facts.items > 0, text: `${counted(facts.items, "item")} frozen.` },
    {
      code: "every_item_has_a_reviewer",
      isMet: facts.withoutReviewer === 0,
      text:
        facts.withoutReviewer === 0
          ? "Every item has a reviewer."
          : `${counted(facts.withoutReviewer, "item")} without anybody who may review: name a fallback, or an owner.`,
    },
    {
      code: "every_reviewer_is_eligible",
      isMet: facts.ineligibleReviewer === 0,
      text:
        facts.ineligibleReviewer === 0
          ? "Every reviewer is in office and independent."
          : `${counted(facts.ineligibleReviewer, "item")} with a reviewer who has left, was disabled or became its subject since the freeze: discard the population and stage again.`,
    },
    {
      code: "due_in_the_future",
      isMet: facts.dueAt > facts.now,
      text: facts.dueAt > facts.now ? "The due date is ahead." : "The due date has passed: set another.",
    },
  ];
}

/** ACTIVE -> CLOSING. What nobody answered is decided by silence; nothing stops it but being asked early is told. */
export function closeGuards(facts: CloseFacts): ChecklistRow[] {
  const { roundsLeft } = facts;
  const isLast = roundsLeft === 0;
  return [
    ...(isLast ? [] : [{ code: "last_round", isMet: false, text: `${counted(roundsLeft, "round")} still to come: go on into the next.` }]),
    {
      code: "due_or_complete",
      isMet: facts.open === 0 || facts.dueAt <= facts.now,
      text:
        facts.open === 0
          ? "Every item was handed in."
          : facts.dueAt <= facts.now
            ? `The due date has passed; silence decides ${counted(facts.open, "item")} not handed in.`
            : `${counted(facts.open, "item")} not handed in yet, and the due date is still ahead.`,
    },
  ];
}

/** CLOSING -> SIGNED_OFF. */
export function signOffGuards(facts: SignOffFacts): ChecklistRow[] {
  return [
    {
      code: "nothing_open",
      isMet: facts.open === 0,
      text:
        facts.open === 0
          ? "Nothing is waiting for an answer."
          : `${counted(facts.open, "item")}, reopened or left to security, waiting for an answer.`,
    },
    {
      code: "every_item_has_an_outcome",
      isMet: facts.undecided === 0,
      text: facts.undecided === 0 ? "Every item has an outcome." : `${counted(facts.undecided, "item")} without an outcome.`,
    },
  ];
}

export const unmet = (guards: readonly ChecklistRow[]): ChecklistRow[] => guards.filter(({ isMet }) => !isMet);
