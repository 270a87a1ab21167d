const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** After a failed attempt: 1, 2, 4, 8 and then 15 minutes. An hour without a server costs a quarter of an hour more at most. */
const LONGEST_WAIT_MS = 15 * MINUTE_MS;
/** A message that nobody took for so long is given up: by then it misleads more than it helps. */
export const GIVE_UP_MS = 3 * DAY_MS;
const RESPONSE_LENGTH = 300;

/**
 * What became of one attempt. unreachable: the server itself does not answer or lets nobody in, so that others that wait for it need not be
 * tried now. gone: refused, and so will be whatever else goes there.
 */
export type Outcome = { kind: "accepted" | "deferred" | "refused" | "unreachable" | "gone"; response: string };

export function nextAttemptAt(attempts: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(LONGEST_WAIT_MS, MINUTE_MS * 2 ** Math.min(attempts - 1, 10)));
}

export const isTooOld = (createdAt: Date, now: Date): boolean => now.getTime() - createdAt.getTime() >= GIVE_UP_MS;

/** One line that fits a table, whatever a server says. */
export const responseText = (text: string): string => text.replaceAll(/\s+/g, " ").trim().slice(0, RESPONSE_LENGTH);

export type SmtpFailure = { code?: string; command?: string; responseCode?: number; response?: string; message: string };

/**
 * 5xx to the recipient or the message is final, by SMTP's own rule. What the server says to us before that (the greeting, our password, our
 * sender) is for whoever runs it to mend, and so is an answer that never came: both are tried again.
 */
export function smtpOutcome({ command, responseCode, response, message }: SmtpFailure): Outcome {
  const said = responseText(response ?? message);
  const isOfThisMail = command === "RCPT TO" || command === "DATA";
  if (responseCode === undefined || responseCode === 421 || !isOfThisMail) return { kind: "unreachable", response: said };
  return { kind: responseCode >= 500 ? "refused" : "deferred", response: said };
}

/** Standard Webhooks: 2xx is taken, 410 means never again; whatever else is tried again. A redirect is not followed. */
export function httpOutcome(status: number): Outcome {
  const response = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: "accepted", response };
  if (status === 410) return { kind: "gone", response };
  return { kind: status === 502 || status === 503 || status === 504 || status === 429 ? "unreachable" : "deferred", response };
}
