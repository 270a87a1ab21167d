/** A past day as a page shows it: up to its end in UTC, so that one address shows everybody the same. */
export type PastDay = { day: string; at: Date };

/** Null for today, for what is yet to come, and for what is no day: the page then shows what is live. */
export function pastDay(day: string | undefined, now: Date): PastDay | null {
  if (day === undefined) return null;
  const at = new Date(`${day}T23:59:59.999Z`);
  return Number.isNaN(at.getTime()) || at >= now ? null : { day, at };
}

/** What can be said of a thing on a day. Before its source was first read nobody knows; after that, not having been read means not there. */
export type PastState = "unknown" | "not_there" | "there";

export function pastState(at: Date, sourceSince: string | null, wasPresent: boolean): PastState {
  if (sourceSince === null || at < new Date(sourceSince)) return "unknown";
  return wasPresent ? "there" : "not_there";
}
