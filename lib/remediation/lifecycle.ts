import type { RemediationState } from "./types.ts";

/** Where a task may go. */
const MOVES: Readonly<Record<RemediationState, readonly RemediationState[]>> = {
  PLANNED: ["APPROVED", "MANUAL_REQUIRED", "SUPERSEDED"],
  APPROVED: ["QUEUED", "MANUAL_REQUIRED", "SUPERSEDED"],
  // Back to approved: its batch was stopped before its turn.
  QUEUED: ["RUNNING", "APPROVED", "SUPERSEDED"],
  RUNNING: ["APPLIED_UNVERIFIED", "ALREADY_GONE", "NOT_EFFECTIVE", "NOT_SUPPORTED", "FAILED", "MANUAL_REQUIRED"],
  FAILED: ["QUEUED", "MANUAL_REQUIRED", "SUPERSEDED"],
  // What breaks something is put back at once, not after two syncs.
  APPLIED_UNVERIFIED: ["VERIFIED", "NOT_EFFECTIVE", "RESTORED", "SUPERSEDED"],
  ALREADY_GONE: ["VERIFIED", "NOT_EFFECTIVE", "SUPERSEDED"],
  CLAIMED_DONE: ["VERIFIED", "NOT_EFFECTIVE", "SUPERSEDED"],
  NOT_EFFECTIVE: ["MANUAL_REQUIRED", "SUPERSEDED"],
  NOT_SUPPORTED: ["MANUAL_REQUIRED", "COVERED", "SUPERSEDED"],
  // Back to the plan: only what was manual because writes were off, once two people have switched them on.
  // Covered: what no connector can do goes to people in the same breath, so an exception finds it here.
  MANUAL_REQUIRED: ["TICKETED", "CLAIMED_DONE", "PLANNED", "COVERED", "SUPERSEDED"],
  // A ticket system reports within seconds: an exception finds the task here, too.
  TICKETED: ["CLAIMED_DONE", "COVERED", "SUPERSEDED"],
  COVERED: ["PLANNED", "SUPERSEDED"],
  VERIFIED: ["RESTORED"],
  SUPERSEDED: [],
  RESTORED: [],
};

export const STATES = Object.keys(MOVES) as RemediationState[];
export const mayMove = (from: RemediationState, to: RemediationState): boolean => MOVES[from].includes(to);

/** Nothing more to do or to prove. */
const OVER: readonly RemediationState[] = ["VERIFIED", "SUPERSEDED", "COVERED", "RESTORED"];
/** Said to be done in the source, and waiting for the syncs that prove it. */
export const UNPROVEN_STATES = ["APPLIED_UNVERIFIED", "ALREADY_GONE", "CLAIMED_DONE"] as const satisfies readonly RemediationState[];

export const isUnproven = (state: RemediationState): boolean => (UNPROVEN_STATES as readonly RemediationState[]).includes(state);
export const isOpen = (state: RemediationState): boolean => !OVER.includes(state);
export const OPEN_STATES = STATES.filter(isOpen);
/** Somebody or something still has to act in the source. */
export const UNDONE_STATES = OPEN_STATES.filter((state) => !isUnproven(state));
/** A later decision replaces the task; one that is running is replaced when it has ended. */
export const REPLACEABLE_STATES = STATES.filter((state) => mayMove(state, "SUPERSEDED"));

/** Where a signed-off campaign stands by its tasks: nothing undone means that only proof is missing. */
export const campaignStateOf = (undone: number): "REMEDIATING" | "VERIFYING" => (undone > 0 ? "REMEDIATING" : "VERIFYING");
