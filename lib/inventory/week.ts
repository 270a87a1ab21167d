/** What one applied run changed of the grants. Of first reads nothing was granted this week: everything was there before we looked. */
export type RunChanges = {
  runId: string;
  sourceId: string;
  source: string;
  at: string;
  added: number;
  addedPrivileged: number;
  addedUnknown: number;
  ended: number;
  endedPrivileged: number;
  endedUnknown: number;
};

export type Week = {
  until: string;
  runs: RunChanges[];
  /** Sources that were read for the first time this week, with what that brought. */
  firstReads: { sourceId: string; source: string; runId: string; grants: number }[];
  /** Later runs of this week whose changes nobody counted yet. */
  uncounted: number;
};

export type DayBar = {
  day: string;
  label: string;
  addedPrivileged: number;
  addedOther: number;
  endedPrivileged: number;
  endedOther: number;
  unknown: number;
};

const DAY_MS = 86_400_000;
export const WEEK_DAYS = 7;

/** "2026-11-23": the day on which an instant falls for somebody in that zone. */
export function dayOf(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at);
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  return `${get("year")}-${get("month")}-${get("day")}`;
}

/** The last seven days up to today, oldest first, also those on which nothing changed. Days are counted on the calendar, not in hours. */
export function weekDays(until: Date, zone: string): string[] {
  const [year = 0, month = 1, day = 1] = dayOf(until, zone).split("-").map(Number);
  return Array.from({ length: WEEK_DAYS }, (_, index) =>
    new Date(Date.UTC(year, month - 1, day) - (WEEK_DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** Grants added and ended by day; those of which nobody knows whether they are privileged are a part of their own. */
export function changeBars({ runs, until }: Week, zone: string): DayBar[] {
  const bars = new Map(
    weekDays(new Date(until), zone).map((day): [string, DayBar] => [
      day,
      {
        day,
        label: `${WEEKDAYS[new Date(day).getUTCDay()]} ${Number(day.slice(8))}`,
        addedPrivileged: 0,
        addedOther: 0,
        endedPrivileged: 0,
        endedOther: 0,
        unknown: 0,
      },
    ]),
  );
  for (const run of runs) {
    const bar = bars.get(dayOf(new Date(run.at), zone));
    if (!bar) continue;
    bar.addedPrivileged += run.addedPrivileged;
    bar.addedOther += run.added - run.addedPrivileged - run.addedUnknown;
    bar.endedPrivileged += run.endedPrivileged;
    bar.endedOther += run.ended - run.endedPrivileged - run.endedUnknown;
    bar.unknown += run.addedUnknown + run.endedUnknown;
  }
  return [...bars.values()];
}
