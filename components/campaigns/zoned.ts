import { TZDate } from "@date-fns/tz";

/** A date and a time of day as a form holds them, "2026-11-30" and "17:00", read in a zone. */
export type LocalTime = { date: string; time: string };

/** The instant of a wall clock in a zone, or null where the form is not filled. A time that a change of clocks skips is the one after the change. */
export function instantOf({ date, time }: LocalTime, zone: string): string | null {
  const [year, month, day] = date.split("-").map(Number);
  const [hour, minute] = time.split(":").map(Number);
  const parts = [year, month, day, hour, minute];
  if (parts.some((part) => part === undefined || Number.isNaN(part))) return null;
  const at = new TZDate(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, zone);
  return Number.isNaN(+at) ? null : new Date(+at).toISOString();
}

const two = (value: number) => String(value).padStart(2, "0");

export function localTimeOf(iso: string, zone: string): LocalTime {
  const at = new TZDate(iso, zone);
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}

/** The end of work, some days ahead: what the form proposes. */
export const daysAhead = (now: string, days: number, zone: string): LocalTime => ({
  date: localTimeOf(new Date(Date.parse(now) + days * 86_400_000).toISOString(), zone).date,
  time: "17:00",
});

/** Every zone the browser knows, UTC first. */
export const zones = (): string[] => ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
