import type { GivenTermsInput } from "#lib/campaigns/answer-terms.ts";
import type { Answer, ReviewItemRow } from "#lib/campaigns/types.ts";
import type { ExceptionTermsInput } from "#lib/exceptions/schema.ts";

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
  rows: ReadonlyMap<string, ReviewItemRow>;
  /** In the order given; at most one a row is on its way at a time. */
  outbox: readonly PendingAnswer[];
};

export type Bucket = "all" | "thought" | "changed" | "privileged" | "unused" | "rest";
const UNUSED_DAYS = 90;
const DAY_MS = 86_400_000;

/** Whether nothing is known to have used it for 90 days. What a source does not tell is not "unused". */
export function isUnused(row: ReviewItemRow, now: string): boolean {
  if (row.lastUsed.kind === "never") return true;
  return row.lastUsed.kind === "value" && row.lastUsed.at !== null && Date.parse(now) - Date.parse(row.lastUsed.at) > UNUSED_DAYS * DAY_MS;
}

/** The first that fits: every row is in exactly one, so the counts add up. */
export function bucketOf(row: ReviewItemRow, now: string): Exclude<Bucket, "all"> {
  if (row.riskClass === "critical" || row.riskClass === "high") return "thought";
  if (row.change === "changed" || row.change === "new") return "changed";
  if (row.privileged === "yes") return "privileged";
  if (isUnused(row, now)) return "unused";
  return "rest";
}

/** People with the weightiest item first, each one's items by weight. */
export function inOrder(rows: readonly ReviewItemRow[]): ReviewItemRow[] {
  const first = new Map<string, number>();
  for (const row of rows) first.set(row.groupId, Math.min(first.get(row.groupId) ?? Number.POSITIVE_INFINITY, row.orderKey));
  const weight = (row: ReviewItemRow) => first.get(row.groupId) ?? 0;
  return [...rows].sort(
    (a, b) =>
      weight(a) - weight(b) ||
      (a.groupId < b.groupId ? -1 : a.groupId > b.groupId ? 1 : 0) ||
      a.orderKey - b.orderKey ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Shows the answer at once, whether or not the server has it yet. */
export function withAnswer(state: ReviewState, pending: PendingAnswer): ReviewState {
  const row = state.rows.get(pending.itemId);
  if (!row) return state;
  const shown: ReviewItemRow =
    pending.answer === "withdraw"
      ? { ...row, state: "ASSIGNED", answer: null, rationale: null }
      : { ...row, state: "DRAFTED", answer: pending.answer, rationale: pending.rationale };
  return { rows: new Map(state.rows).set(row.id, shown), outbox: [...state.outbox, pending] };
}

/** The server has it: the row takes the new version, and answers still waiting for this row are given against that one. */
export function acknowledged(state: ReviewState, done: PendingAnswer, version: number): ReviewState {
  const row = state.rows.get(done.itemId);
  const outbox = state.outbox
    .filter((pending) => pending.idempotencyKey !== done.idempotencyKey)
    .map((pending) => (pending.itemId === done.itemId ? { ...pending, version } : pending));
  return { rows: row ? new Map(state.rows).set(row.id, { ...row, version }) : state.rows, outbox };
}

/** The server refused it: the row is as the server says, and what followed on the refused answer goes with it. */
export function refused(state: ReviewState, pending: PendingAnswer, truth: ReviewItemRow): ReviewState {
  return { rows: new Map(state.rows).set(truth.id, truth), outbox: state.outbox.filter(({ itemId }) => itemId !== pending.itemId) };
}

export type Progress = { total: number; open: number; answered: number; submitted: number; voided: number };

export function progressOf(rows: Iterable<ReviewItemRow>): Progress {
  const progress = { total: 0, open: 0, answered: 0, submitted: 0, voided: 0 };
  for (const { state } of rows) {
    progress.total += 1;
    if (state === "ASSIGNED" || state === "UNASSIGNED") progress.open += 1;
    else if (state === "DRAFTED") progress.answered += 1;
    else if (state === "VOIDED") progress.voided += 1;
    else progress.submitted += 1;
  }
  return progress;
}
