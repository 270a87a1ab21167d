import type { MailPreference, NotSentCause, Urgency } from "./types.ts";

const MINUTE_MS = 60_000;
/** What comes within this time of the first goes into one mail. */
export const COLLECT_MS = 2 * MINUTE_MS;
/** After a mail, what is not urgent waits this long for company. */
export const REST_MS = 30 * MINUTE_MS;
/** When the daily digest goes out. */
export const DIGEST_HOUR = 7;

export type Waiting = { createdAt: Date; urgency: Urgency };
type Recipient = { preference: MailPreference; lastMailAt: Date | null; waiting: readonly Waiting[] };

/**
 * When the next mail to somebody goes out, with all that waits for them by then; null where what waits is never mailed. What is urgent takes
 * the rest along at once. `zone` is that of the digest's hour.
 */
export function mailDueAt({ preference, lastMailAt, waiting }: Recipient, zone: string): Date | null {
  const first = earliest(waiting.map(({ createdAt }) => createdAt));
  if (first === null) return null;
  const urgent = earliest(waiting.filter(({ urgency }) => urgency === "urgent").map(({ createdAt }) => createdAt));
  if (urgent !== null) return urgent;
  switch (preference) {
    case "none":
      return null;
    case "daily":
      return nextHour(first, zone);
    case "at_once":
      return new Date(Math.max(first.getTime() + COLLECT_MS, (lastMailAt?.getTime() ?? 0) + REST_MS));
  }
}

const earliest = (times: readonly Date[]): Date | null =>
  times.reduce<Date | null>((first, at) => (first === null || at < first ? at : first), null);

/** The first full hour of the digest after this instant. Steps of an hour, so that a clock that is set forward or back loses none. */
function nextHour(after: Date, zone: string): Date {
  const hourOf = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" });
  let at = new Date(Math.floor(after.getTime() / (15 * MINUTE_MS)) * 15 * MINUTE_MS);
  let wasBefore = Number(hourOf.format(at)) !== DIGEST_HOUR;
  for (;;) {
    at = new Date(at.getTime() + 15 * MINUTE_MS);
    const isHour = Number(hourOf.format(at)) === DIGEST_HOUR;
    if (isHour && wasBefore) return at;
    wasBefore = !isHour;
  }
}

export type WaitingNotification = Waiting & { id: string; isRead: boolean };
export type MailRecipient = {
  recipientId: string;
  address: string | null;
  preference: MailPreference;
  lastMailAt: Date | null;
  waiting: readonly WaitingNotification[];
};
/** cause null: a mail that goes out now. */
export type PlannedMail = { recipientId: string; address: string | null; cause: NotSentCause | null; notificationIds: string[] };

/** What becomes of all that waits for one recipient: one mail at most, and why the rest is not mailed. What has to wait longer is left out. */
export function mailsOf(recipient: MailRecipient, { isOn, zone, now }: { isOn: boolean; zone: string; now: Date }): PlannedMail[] {
  const { recipientId, address, preference } = recipient;
  const planned = (cause: NotSentCause | null, of: readonly WaitingNotification[]): PlannedMail[] =>
    of.length === 0 ? [] : [{ recipientId, address, cause, notificationIds: of.map(({ id }) => id) }];
  const unread = recipient.waiting.filter(({ isRead }) => !isRead);
  const seen = planned(
    "read_first",
    recipient.waiting.filter(({ isRead }) => isRead),
  );
  if (!isOn) return [...seen, ...planned("mail_off", unread)];
  if (address === null) return [...seen, ...planned("no_address", unread)];
  const isWanted = ({ urgency }: Waiting) => preference !== "none" || urgency === "urgent";
  const wanted = unread.filter(isWanted);
  const dueAt = mailDueAt({ preference, lastMailAt: recipient.lastMailAt, waiting: wanted }, zone);
  return [
    ...seen,
    ...planned(
      "preference",
      unread.filter((each) => !isWanted(each)),
    ),
    ...planned(null, dueAt !== null && dueAt <= now ? wanted : []),
  ];
}
