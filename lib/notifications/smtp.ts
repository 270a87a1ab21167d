import "server-only";
import { createTransport } from "nodemailer";
import type { Carrier } from "./commands/send.ts";
import { mailText } from "./mail-text.ts";
import { type Outcome, responseText, type SmtpFailure, smtpOutcome } from "./outcome.ts";

export type SmtpSettings = { url: string; from: string; origin: string };
export type MailCarrier = Carrier & { test(to: string): Promise<Outcome>; close(): void };

const LANES = 4;
/** All of them together stay below the lease of a delivery. */
const TIMEOUTS = { dnsTimeout: 15_000, connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 60_000 };

/** Mail by a real SMTP server, over a few connections that are kept. Nothing is read from files or addresses that a message names. */
export function smtpCarrier({ url, from, origin }: SmtpSettings, timeouts: Partial<typeof TIMEOUTS> = {}): MailCarrier {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: LANES,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...TIMEOUTS,
    ...timeouts,
  });
  const send = (mail: Parameters<typeof transport.sendMail>[0]): Promise<Outcome> =>
    transport.sendMail({ from, headers: { "Auto-Submitted": "auto-generated" }, ...mail }).then(
      ({ response }) => ({ kind: "accepted", response: responseText(response) }),
      (error: SmtpFailure) => smtpOutcome(error),
    );
  return {
    channel: "mail",
    lanes: LANES,
    carry: async ({ address, messageId, createdAt, notifications }) => {
      if (address === null) return { kind: "refused", response: "No address." };
      return send({ to: address, messageId, date: createdAt, ...mailText(notifications, origin) });
    },
    test: (to) =>
      send({
        to,
        subject: "Countersign can write to you",
        text: `This is a test from ${origin}. If you did not ask for it, somebody who administers Countersign did.\n`,
      }),
    close: () => transport.close(),
  };
}
