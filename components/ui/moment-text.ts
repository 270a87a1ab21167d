/** A date that a source told, or why there is none. Stored as kind and instant; shown by <Moment>. */
export type MomentKind = "value" | "never" | "unknown" | "not_supported";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MONTH_DAYS = 30.44;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

type Parts = { year: string; month: number; day: number; weekday: string; clock: string; zoneName: string };

/** Making one takes as long as using it a hundred times, and a table shows a hundred moments. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const made = formats.get(zone);
  if (made) return made;
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  formats.set(zone, format);
  return format;
}

/** Names of months and days are our own: server and browser carry different tables of them, and the page must not change as it wakes. */
function partsOf(at: Date, zone: string): Parts {
  const formatted = formatOf(zone).formatToParts(at);
  const get = (type: Intl.DateTimeFormatPartTypes) => formatted.find((part) => part.type === type)?.value ?? "";
  const [year, month, day] = [get("year"), Number(get("month")), Number(get("day"))];
  const weekday = WEEKDAYS[new Date(Date.UTC(Number(year), month - 1, day)).getUTCDay()] ?? "";
  return { year, month, day, weekday, clock: `${get("hour")}:${get("minute")}`, zoneName: get("timeZoneName") };
}

const dateWords = ({ day, month, year }: Parts): string => `${day} ${MONTHS[month - 1]} ${year}`;

/** "20 Nov 2026" */
export const dateText = (iso: string, zone: string): string => dateWords(partsOf(new Date(iso), zone));

/** "20 Nov 2026, 14:05 CET" */
export function instantText(iso: string, zone: string): string {
  const parts = partsOf(new Date(iso), zone);
  return `${dateWords(parts)}, ${parts.clock} ${parts.zoneName}`;
}

/** "Fri 12 Dec 17:00 CET", with the year where it is not this one. */
export function dueText(iso: string, zone: string, now: string): string {
  const parts = partsOf(new Date(iso), zone);
  const year = parts.year === partsOf(new Date(now), zone).year ? "" : ` ${parts.year}`;
  return `${parts.weekday} ${parts.day} ${MONTHS[parts.month - 1]}${year} ${parts.clock} ${parts.zoneName}`;
}

/** "1 Sep 2026": a day that a source told without a time or a zone. */
export const dayText = (day: string): string => dateText(`${day}T12:00:00.000Z`, "UTC");

/** "3 days ago", "in 2 h", "just now". Whole units, rounded down, so that it never claims more time than passed. */
export function relativeText(iso: string, now: string): string {
  const difference = new Date(iso).getTime() - new Date(now).getTime();
  const distance = Math.abs(difference);
  if (distance < MINUTE_MS) return "just now";
  const length = lengthText(distance);
  return difference < 0 ? `${length} ago` : `in ${length}`;
}

function lengthText(ms: number): string {
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  const days = Math.floor(ms / DAY_MS);
  if (days < 60) return counted(days, "day");
  const months = Math.floor(days / MONTH_DAYS);
  return months < 24 ? counted(months, "month") : counted(Math.floor(days / 365.25), "year");
}

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Counts arrive as numbers, or as strings when they may pass 2^53. */
export function countText(count: number | string | bigint): string {
  const digits = String(count);
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}
