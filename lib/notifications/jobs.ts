import "server-only";
import { env } from "#lib/env.ts";
import type { Tick } from "#lib/jobs/worker.ts";
import { collectMails } from "./commands/collect.ts";
import { sendDue } from "./commands/send.ts";
import { openFor } from "./endpoints.sql.ts";
import { mailCarrier, mailOffice } from "./mail-office.ts";
import { webhookCarrier } from "./webhook.ts";

/** Each may run twice, and in several workers at once: what was collected or claimed by one is no other's. */
export const ticks: readonly Tick[] = [
  { name: "notifications.collect", everyMs: 15_000, run: async (ctx) => void (await collectMails(ctx, mailOffice())) },
  {
    name: "notifications.mail",
    everyMs: 5_000,
    run: async (ctx) => {
      const carrier = mailCarrier();
      if (carrier) await sendDue(ctx, carrier);
    },
  },
  {
    name: "notifications.webhooks",
    everyMs: 3_000,
    run: async (ctx) => void (await sendDue(ctx, webhookCarrier(new URL(env().APP_ORIGIN).origin, openFor))),
  },
];
