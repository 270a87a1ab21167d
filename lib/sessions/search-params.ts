import { z } from "zod";

const word = <const Words extends readonly [string, ...string[]]>(...words: Words) => z.enum([...words, ""]).catch("");

/** The board as its address says it. Bad values fall back. */
export const boardParams = z.object({
  /** Sessions that are open now, of the day before `until`, or all that are known. */
  show: z.enum(["now", "day", "all"]).catch("now"),
  q: z.string().trim().max(200).catch(""),
  sourceId: z.union([z.uuid(), z.literal("")]).catch(""),
  privileged: word("yes", "no", "unknown"),
  mfa: word("yes", "no", "unknown"),
  elevated: word("yes"),
  told: word("read", "derived"),
  /** The end of the charts and lanes; now where it is left out. */
  until: z.union([z.iso.datetime({ offset: true }), z.literal("")]).catch(""),
  range: z.enum(["day", "week", "month"]).catch("day"),
  by: z.enum(["source", "class"]).catch("source"),
});
export type BoardParams = z.infer<typeof boardParams>;

/** The end of the board's day. */
export const untilOf = ({ until }: BoardParams, now: string): string => (until ? new Date(until).toISOString() : now);
