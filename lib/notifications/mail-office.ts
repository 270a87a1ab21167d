import "server-only";
import { env } from "#lib/env.ts";
import type { MailOffice } from "./types.ts";

/** From the environment: on where a server and a sender are named. */
export function mailOffice(): MailOffice {
  const { SMTP_URL, MAIL_FROM, MAIL_ZONE, APP_ORIGIN } = env();
  return { isOn: SMTP_URL !== undefined, host: hostOf(MAIL_FROM) ?? new URL(APP_ORIGIN).hostname, zone: MAIL_ZONE };
}

/** "Countersign <reviews@example.org>" -> example.org */
const hostOf = (from: string | undefined): string | null => from?.match(/@([^@\s>]+)>?\s*$/)?.[1] ?? null;
