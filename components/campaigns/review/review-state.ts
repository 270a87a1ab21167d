import type { GivenTermsInput } from "#lib/campaigns/answer-terms.ts";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import type { Answer } from "#lib/campaigns/types.ts";
import type { ExceptionTermsInput } from "#lib/exceptions/schema.ts";
import type { Loaded } from "./loaded-items.ts";

/** What the reviewer did, not yet acknowledged by the server. The key makes a repeated sending harmless. */
export type PendingAnswer = {
  itemId: string;
  answer: Answer | "withdraw";
  rationale: string | null;
  seconds: number | null;
  evidenceViewed: boolean;
  /** What is asked for, where the answer is to ask for an exception. */
  exception?: ExceptionTermsInput;
  /** What exactly is asked for, where the answer says so. */
  terms?: GivenTermsInput;
  /** The version it was given against. */
  version: number;
  idempotencyKey: string;
};

export type ReviewState = {
  loaded: Loaded;
  /** The rows that are others by now, by id. What was loaded stays as it was, so that an answer costs the same among ten rows and ten thousand. */
  changed: ReadonlyMap<string, ReviewItemRow>;
  /** In the order given; at most one a row is on its way at a time. */
  outbox: readonly PendingAnswer[];
};

export const rowOf = ({ loaded, changed }: ReviewState, id: string): ReviewItemRow | undefined => changed.get(id) ?? loaded.byId.get(id);

/** What was carried forward, as it stands by now: deciding one of it alone takes it out of the bundle. */
export function carriedNow(state: ReviewState): { open: readonly ReviewItemRow[]; answered: number } {
  const rows = state.loaded.carriedIds.flatMap((id) => rowOf(state, id) ?? []);
  const open = rows.filter((row) => row.state === "ASSIGNED");
  return { open, answered: rows.filter((row) => row.state !== "ASSIGNED" && row.state !== "VOIDED").length };
}

export function withRows(state: ReviewState, rows: readonly ReviewItemRow[]): ReviewState {
  const changed = new Map(state.changed);
  for (const row of rows) changed.set(row.id, row);
  return { ...state, changed };
}

/** What the browser keeps, with this tab's changes: another tab's answers stay until that tab, or a later visit, has sent them. */
export function keptOutbox(
  kept: readonly PendingAnswer[],
  before: readonly PendingAnswer[],
  after: readonly PendingAnswer[],
): PendingAnswer[] {
  const ours = new Set([...before, ...after].map(({ idempotencyKey }) => idempotencyKey));
  return [...kept.filter(({ idempotencyKey }) => !ours.has(idempotencyKey)), ...after];
}

/** Shows the answer at once, whether or not the server has it yet. */
export function withAnswer(state: ReviewState, pending: PendingAnswer): ReviewState {
  const row = rowOf(state, pending.itemId);
  if (!row) return state;
  const shown: ReviewItemRow =
    pending.answer === "withdraw"
      ? { ...row, state: "ASSIGNED", answer: null, rationale: null }
      : { ...row, state: "DRAFTED", answer: pending.answer, rationale: pending.rationale };
  return { ...withRows(state, [shown]), outbox: [...state.outbox, pending] };
}

/** The server has it: the row takes the new version, and answers still waiting for this row are given against that one. */
export function acknowledged(state: ReviewState, done: PendingAnswer, version: number): ReviewState {
  const row = rowOf(state, done.itemId);
  const outbox = state.outbox
    .filter((pending) => pending.idempotencyKey !== done.idempotencyKey)
    .map((pending) => (pending.itemId === done.itemId ? { ...pending, version } : pending));
  return { ...withRows(state, row ? [{ ...row, version }] : []), outbox };
}

/** The server refused it: the row is as the server says, and what followed on the refused answer goes with it. */
export function refused(state: ReviewState, pending: PendingAnswer, truth: ReviewItemRow): ReviewState {
  return { ...withRows(state, [truth]), outbox: state.outbox.filter(({ itemId }) => itemId !== pending.itemId) };
}
