const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** "Fri 12 Dec 2026, 17:00 CET". Our own names of days and months: a mail reads the same whichever machine wrote it. */
export function whenText(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).formatToParts(at);
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  const [year, month, day] = [Number(get("year")), Number(get("month")), Number(get("day"))];
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return `${weekday} ${day} ${MONTHS[month - 1]} ${year}, ${get("hour")}:${get("minute")} ${get("timeZoneName")}`;
}

/** "1 item waits", "12 items wait" */
export const counted = (count: number, noun: string, one = "", many = ""): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}${count === 1 ? one : many}`;
