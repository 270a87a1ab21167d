const DAY_MS = 86_400_000;
/** Reminders go out from this hour on, by the campaign's clock. */
export const REMINDER_HOUR = 7;

export type Reminder = { days: number; daysLeft: number };
type Due = { dueAt: Date; zone: string; launchedAt: Date; remindDaysBefore: readonly number[] };

/**
 * The reminder whose time has come: the tightest of those whose day is there, counted in days of the campaign's zone. None before its hour, none
 * whose time had come before the launch (the launch itself told everybody), and none once the due date is over.
 */
export function reminderDue({ dueAt, zone, launchedAt, remindDaysBefore }: Due, now: Date): Reminder | null {
  const daysLeft = dayOf(dueAt, zone) - dayOf(now, zone);
  if (daysLeft < 0 || now >= dueAt) return null;
  const days = remindDaysBefore.toSorted((a, b) => a - b).find((each) => daysLeft <= each);
  if (days === undefined) return null;
  const isItsDay = daysLeft === days;
  if (isItsDay && hourOf(now, zone) < REMINDER_HOUR) return null;
  const launchDaysLeft = dayOf(dueAt, zone) - dayOf(launchedAt, zone);
  const hadComeBefore = launchDaysLeft < days || (launchDaysLeft === days && hourOf(launchedAt, zone) >= REMINDER_HOUR);
  return hadComeBefore ? null : { days, daysLeft };
}

/** Days since 1970 by the calendar of the zone. */
function dayOf(at: Date, zone: string): number {
  const { year, month, day } = partsOf(at, zone);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

const hourOf = (at: Date, zone: string): number => partsOf(at, zone).hour;

function partsOf(at: Date, zone: string): { year: number; month: number; day: number; hour: number } {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    hourCycle: "h23",
  }).formatToParts(at);
  const get = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return { year: get("year"), month: get("month"), day: get("day"), hour: get("hour") };
}
