import "server-only";
import { env } from "#lib/env.ts";
import { type MailCarrier, smtpCarrier } from "./smtp.ts";
import type { MailOffice } from "./types.ts";

/** From the environment: on where a server and a sender are named. */
export function mailOffice(): MailOffice {
  const { SMTP_URL, MAIL_FROM, MAIL_ZONE, APP_ORIGIN } = env();
  return { isOn: SMTP_URL !== undefined, host: hostOf(MAIL_FROM) ?? new URL(APP_ORIGIN).hostname, zone: MAIL_ZONE };
}

/** "Countersign <reviews@example.org>" -> example.org */
const hostOf = (from: string | undefined): string | null => from?.match(/@([^@\s>]+)>?\s*$/)?.[1] ?? null;

const KEY = Symbol.for("countersign.mail.carrier");

/** One for the process, with its connections; null while no server is set. */
export function mailCarrier(): MailCarrier | null {
  const { SMTP_URL: url, MAIL_FROM: from, APP_ORIGIN: origin } = env();
  if (url === undefined || from === undefined) return null;
  const all = globalThis as unknown as Record<symbol, MailCarrier | undefined>;
  all[KEY] ??= smtpCarrier({ url, from, origin: new URL(origin).origin });
  return all[KEY];
}
