import { TZDate } from "@date-fns/tz";
import { Cron } from "croner";
import type { CampaignState } from "./types.ts";

export const PERIODS = ["week", "month", "quarter", "half_year", "year"] as const;
export type Period = (typeof PERIODS)[number];

/** When a campaign comes again, on the wall clock of its zone. */
export type Recurrence = {
  every: Period;
  /** Day of the week (1 is Monday) or of the month. */
  on: number;
  /** The first month of the year; of no matter to a week or a month. */
  from: number;
  /** "09:00" */
  at: string;
};

const MONTHS_BETWEEN: Readonly<Record<Exclude<Period, "week">, number>> = { month: 1, quarter: 3, half_year: 6, year: 12 };

/** As a cron expression of five fields. */
export function cronOf({ every, on, from, at }: Recurrence): string {
  const [hour, minute] = at.split(":").map(Number);
  if (every === "week") return `${minute} ${hour} * * ${on % 7}`;
  const step = MONTHS_BETWEEN[every];
  const months = Array.from({ length: 12 / step }, (_, turn) => ((from - 1 + turn * step) % 12) + 1).toSorted((a, b) => a - b);
  return `${minute} ${hour} ${on} ${months.length === 12 ? "*" : months.join(",")} *`;
}

/** The next planned starts. A time that the clocks skip is the instant of their change; one that they repeat counts once. */
export function nextCycles(recurrence: Recurrence, zone: string, after: Date, count: number): Date[] {
  return new Cron(cronOf(recurrence), { timezone: zone, paused: true, mode: "5-part" }).nextRuns(count, after);
}

const MOST_AT_ONCE = 200;

/** Every start in (after, until], oldest first. */
export function cyclesBetween(recurrence: Recurrence, zone: string, after: Date, until: Date): Date[] {
  return nextCycles(recurrence, zone, after, MOST_AT_ONCE).filter((at) => at <= until);
}

/** So many days later on the calendar of the zone, at that time of its day. */
export function dueAfter(start: Date, days: number, time: string, zone: string): Date {
  const local = new TZDate(start, zone);
  const [hour, minute] = time.split(":").map(Number);
  return new Date(+new TZDate(local.getFullYear(), local.getMonth(), local.getDate() + days, hour ?? 0, minute ?? 0, zone));
}

/** The day of a start in its zone: what tells one cycle's campaign from the next. */
export function dayOf(start: Date, zone: string): string {
  const local = new TZDate(start, zone);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
}

export type CycleFacts = { campaign: { state: CampaignState; launchedAt: Date | null } | null; nextAt: Date | null };
/** no_campaign: nothing could be made, or nothing ran then. never_launched: the next cycle began before anybody was asked. */
export type MissedBecause = "no_campaign" | "cancelled" | "never_launched";

/** Why a cycle counts as missed, which takes a reason; null where its review took place or still may. Zero items, proven, are a review. */
export function missedBecause({ campaign, nextAt }: CycleFacts, now: Date): MissedBecause | null {
  if (campaign === null) return "no_campaign";
  if (campaign.state === "CANCELLED") return "cancelled";
  if (campaign.state === "NOT_APPLICABLE" || campaign.launchedAt !== null) return null;
  return nextAt !== null && nextAt <= now ? "never_launched" : null;
}
