import { isUnproven } from "./lifecycle.ts";
import type { Met } from "./met.ts";
import type { RemediationState } from "./types.ts";

export type RunFacts = {
  id: string;
  state: string;
  isComplete: boolean;
  isFullRead: boolean;
  startedAt: Date;
  observedAt: Date | null;
  /** A later run was applied already: what is live now is not what this one saw. */
  isOvertaken: boolean;
};

/** Why a run says nothing about a removal. */
export type NoProof =
  | "not_applied"
  | "partial"
  | "nothing_read_again"
  | "overtaken"
  | "started_before"
  | "observed_before"
  | "observed_unknown"
  | "not_told";

/** Every reason why this run proves nothing about what was applied at that instant. Empty: it may prove presence or absence. */
export function proofRefusals(run: RunFacts, appliedAt: Date | null): NoProof[] {
  const refusals: NoProof[] = [];
  if (run.state !== "APPLIED") refusals.push("not_applied");
  if (!run.isComplete) refusals.push("partial");
  if (!run.isFullRead) refusals.push("nothing_read_again");
  if (run.isOvertaken) refusals.push("overtaken");
  if (appliedAt === null || run.startedAt <= appliedAt) refusals.push("started_before");
  if (run.observedAt === null) refusals.push("observed_unknown");
  else if (appliedAt === null || run.observedAt <= appliedAt) refusals.push("observed_before");
  return refusals;
}

export type Unproven = {
  state: RemediationState;
  appliedAt: Date | null;
  firstAbsentRun: { id: string; startedAt: Date } | null;
  /** Whether it is as decided, by what is live now. */
  met: Met["kind"];
};

export type Verdict =
  | { kind: "no_proof"; why: NoProof[] }
  | { kind: "seen_before" }
  | { kind: "present" }
  | { kind: "first_absence" }
  | { kind: "verified" };

/** What a run means for a task that is said to be done: two different runs, the second begun after the first, prove it. */
export function verdictOf(task: Unproven, run: RunFacts): Verdict {
  if (!isUnproven(task.state)) return { kind: "seen_before" };
  const why = proofRefusals(run, task.appliedAt);
  if (why.length > 0) return { kind: "no_proof", why };
  if (task.met === "unknown") return { kind: "no_proof", why: ["not_told"] };
  if (task.met === "still") return { kind: "present" };
  const first = task.firstAbsentRun;
  if (!first) return { kind: "first_absence" };
  return run.id !== first.id && run.startedAt > first.startedAt ? { kind: "verified" } : { kind: "seen_before" };
}
