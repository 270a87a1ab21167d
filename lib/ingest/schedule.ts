import { Cron } from "croner";

/** A schedule is a cron expression of five fields, in a zone. Null where it is none, or never comes. */
export function nextRun(schedule: string, zone: string, after: Date): Date | null {
  try {
    return new Cron(schedule, { timezone: zone, paused: true, mode: "5-part" }).nextRun(after);
  } catch {
    return null;
  }
}

const MOST_OFTEN_MS = 5 * 60_000;

/** Why a schedule cannot be kept, in words; null where it can. A source read more often than every five minutes is read all the time. */
export function scheduleProblem(schedule: string, zone: string, now: Date): string | null {
  const first = nextRun(schedule, zone, now);
  if (!first) return "This is no cron expression of five fields, or no known time zone, or it never comes.";
  const second = nextRun(schedule, zone, first);
  if (second && second.getTime() - first.getTime() < MOST_OFTEN_MS) return "This is more often than every five minutes.";
  return null;
}
