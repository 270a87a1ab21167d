import type { EventKind, EventOutcome, Fact } from "./types.ts";

/** An access event as a session's page reads it. */
export type SequenceEvent = {
  at: string;
  kind: EventKind;
  action: string;
  outcome: EventOutcome;
  mfa: Fact;
  target: string | null;
  error: string | null;
  /** The session that it gave out, where that is known here. */
  issuedSessionId: string | null;
};

export type SequenceStep =
  | { kind: "event"; event: SequenceEvent }
  /** A run of ordinary use between two steps that matter: how much of what. */
  | { kind: "use"; from: string; to: string; count: number; failed: number; actions: { action: string; count: number }[]; more: number };

const NAMED = 4;

/** What happened in a session, oldest first: each step that matters by itself, ordinary use between two of them as one. */
export function sequenceOf(events: readonly SequenceEvent[]): SequenceStep[] {
  const steps: SequenceStep[] = [];
  let run: SequenceEvent[] = [];
  const close = () => {
    const [first] = run;
    const last = run.at(-1);
    if (first && last) steps.push(runOf(run, first.at, last.at));
    run = [];
  };
  for (const event of events) {
    if (event.kind === "other") run.push(event);
    else {
      close();
      steps.push({ kind: "event", event });
    }
  }
  close();
  return steps;
}

function runOf(run: readonly SequenceEvent[], from: string, to: string): SequenceStep {
  const counts = new Map<string, number>();
  for (const { action } of run) counts.set(action, (counts.get(action) ?? 0) + 1);
  const actions = [...counts]
    .map(([action, count]) => ({ action, count }))
    .sort((a, b) => b.count - a.count || (a.action < b.action ? -1 : 1));
  const failed = run.filter(({ outcome }) => outcome === "failure").length;
  return { kind: "use", from, to, count: run.length, failed, actions: actions.slice(0, NAMED), more: Math.max(0, actions.length - NAMED) };
}
