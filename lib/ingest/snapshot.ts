import type { RunView } from "./queries.ts";

/** How far a run is, for whoever watches it. Counts are text: they may be longer than a number holds. */
export type RunSnapshot = {
  id: string;
  title: string;
  state: string;
  isDone: boolean;
  stream: string | null;
  pages: number;
  rows: string;
  declared: string | null;
  message: string | null;
  href: string;
};

/** A living worker tells of itself every few seconds. */
const SILENT_MS = 30_000;

/** The stream being read now, or the sum of all of them once the run has ended. */
export function snapshotOf(run: RunView, now: Date): RunSnapshot {
  const isDone = run.state !== "RUNNING";
  const current = run.streams.at(-1);
  const sum = (pick: (stream: RunView["streams"][number]) => string) => run.streams.reduce((all, stream) => all + BigInt(pick(stream)), 0n);
  const shown = isDone || !current ? null : current;
  return {
    id: run.id,
    title: `Sync of ${run.sourceName}`,
    state: run.state,
    isDone,
    stream: shown?.stream ?? null,
    pages: shown ? shown.pages : run.streams.reduce((all, { pages }) => all + pages, 0),
    rows: shown ? shown.read : sum(({ read }) => read).toString(),
    declared: shown ? shown.declared : declaredSum(run),
    message: isDone ? run.reasons.map(({ text }) => text).join(" ") || null : waitingFor(run, now),
    href: `/sources/${run.sourceId}/runs/${run.id}`,
  };
}

const declaredSum = ({ streams }: RunView): string | null =>
  streams.length > 0 && streams.every(({ declared }) => declared !== null)
    ? streams.reduce((all, { declared }) => all + BigInt(declared ?? 0), 0n).toString()
    : null;

function waitingFor({ streams, heartbeatAt }: RunView, now: Date): string | null {
  if (heartbeatAt !== null && now.getTime() - Date.parse(heartbeatAt) > SILENT_MS)
    return "No word from its worker for a while: it is busy with a large difference, or gone, and then another one goes on where it stopped.";
  return streams.length === 0 ? "Waiting for a worker, or asking the source what it holds." : null;
}
