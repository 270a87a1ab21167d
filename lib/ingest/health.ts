export type SourceHealth = "healthy" | "running" | "held" | "failing" | "overdue" | "never_read" | "paused" | "retired";

/** How long after its time a scheduled run may start before the schedule counts as not kept. */
const LATE_MS = 10 * 60_000;

/** One word for a source, for its row in the list; the worst that waits for somebody wins. */
export function sourceHealth(
  source: { state: "active" | "paused" | "retired"; nextRunAt: Date | null; hasApplied: boolean },
  last: { state: string } | null,
  now: Date,
): SourceHealth {
  if (source.state !== "active") return source.state;
  if (last?.state === "HELD") return "held";
  if (last?.state === "FAILED") return "failing";
  if (last?.state === "RUNNING") return "running";
  if (source.nextRunAt !== null && now.getTime() - source.nextRunAt.getTime() > LATE_MS) return "overdue";
  return source.hasApplied ? "healthy" : "never_read";
}
