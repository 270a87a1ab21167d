import type { RemediationState } from "./types.ts";

/** At most so many in one batch: each is asked about in the source before it begins. */
export const MAX_BATCH = 200;

/** How many tasks each step takes: one, then a tenth of all, then the rest. */
export function stepSizes(tasks: number): number[] {
  const first = Math.min(1, tasks);
  const second = Math.min(Math.ceil(tasks / 10), tasks - first);
  return [first, second, tasks - first - second].filter((size) => size > 0);
}

/** The step of each task, from 1, in the order given. */
export const stepsOfTasks = (tasks: number): number[] => stepSizes(tasks).flatMap((size, at) => Array<number>(size).fill(at + 1));

/** Asked about and not at it yet, or at it. */
const UNDER_WAY: readonly RemediationState[] = ["APPROVED", "QUEUED", "RUNNING", "FAILED"];
/** It went wrong, or had to be put back: what a batch stops for. */
export const WENT_WRONG: readonly RemediationState[] = [
  "MANUAL_REQUIRED",
  "NOT_SUPPORTED",
  "NOT_EFFECTIVE",
  "TICKETED",
  "CLAIMED_DONE",
  "RESTORED",
];

export type BatchTask = { step: number; state: RemediationState };
export type Batch = { step: number; stopAfter: number; tasks: readonly BatchTask[] };
export type Turn = { kind: "wait" } | { kind: "stop"; wrong: number } | { kind: "go"; step: number } | { kind: "done" };

/** What a running batch does next. The threshold counts over all steps, and counts before anything else does. */
export function turnOf({ step, stopAfter, tasks }: Batch): Turn {
  const wrong = tasks.filter(({ state }) => WENT_WRONG.includes(state)).length;
  if (wrong >= stopAfter) return { kind: "stop", wrong };
  if (tasks.some((task) => task.step <= step && UNDER_WAY.includes(task.state))) return { kind: "wait" };
  const later = tasks.filter((task) => task.step > step).map((task) => task.step);
  return later.length === 0 ? { kind: "done" } : { kind: "go", step: Math.min(...later) };
}

export type AskedTask = { id: string; label: string; blocks: readonly string[]; warns: readonly string[] };

/** What may go into a batch: nothing blocks it, and every warning was read. */
export function partition<T extends AskedTask>(
  asked: readonly T[],
  confirmed: readonly string[],
): { ready: T[]; unread: T[]; blocked: T[] } {
  const blocked = asked.filter(({ blocks }) => blocks.length > 0);
  const open = asked.filter(({ blocks }) => blocks.length === 0);
  const isRead = ({ warns }: T) => warns.every((name) => confirmed.includes(name));
  return { ready: open.filter(isRead), unread: open.filter((task) => !isRead(task)), blocked };
}
