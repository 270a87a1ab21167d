import type { ExceptionState } from "./types.ts";

/** Where an exception may go. Being superseded by another has its state here; its command is not built yet. */
const MOVES: Readonly<Record<ExceptionState, readonly ExceptionState[]>> = {
  SUBMITTED: ["IN_APPROVAL", "WITHDRAWN"],
  IN_APPROVAL: ["CHANGES_REQUESTED", "APPROVED", "REJECTED", "WITHDRAWN"],
  CHANGES_REQUESTED: ["SUBMITTED", "WITHDRAWN"],
  APPROVED: ["ACTIVE", "WITHDRAWN"],
  // Renewed: the same state, one version on.
  ACTIVE: ["ACTIVE", "EXPIRED", "SUSPENDED", "REVOKED", "RESOLVED", "SUPERSEDED", "VOID"],
  SUSPENDED: ["ACTIVE", "EXPIRED", "REVOKED", "RESOLVED", "VOID"],
  REJECTED: [],
  WITHDRAWN: [],
  EXPIRED: [],
  REVOKED: [],
  RESOLVED: [],
  SUPERSEDED: [],
  VOID: [],
};

export const STATES = Object.keys(MOVES) as ExceptionState[];
export const mayMove = (from: ExceptionState, to: ExceptionState): boolean => MOVES[from].includes(to);

/** Nothing can happen to it any more. */
export const isEnded = (state: ExceptionState): boolean => MOVES[state].length === 0;
export const OPEN_STATES = STATES.filter((state) => !isEnded(state));
/** Asked for, and not in force so far. */
export const PENDING_STATES = STATES.filter((state) => mayMove(state, "WITHDRAWN"));
/** In force until now or about to be again: what its date ends. */
export const STANDING_STATES = STATES.filter((state) => mayMove(state, "EXPIRED"));
/** Cover that ends here reopens what it covered; a request that ends here goes back to whoever decides. */
export const LAPSED_STATES = ["EXPIRED", "REVOKED", "SUSPENDED", "REJECTED", "WITHDRAWN"] as const satisfies readonly ExceptionState[];
