import "server-only";
import type { Tick } from "#lib/jobs/worker.ts";
import { collectMails } from "./commands/collect.ts";
import { mailOffice } from "./mail-office.ts";

/** Each may run twice, and in several workers at once: what was collected or claimed by one is no other's. */
export const ticks: readonly Tick[] = [
  { name: "notifications.collect", everyMs: 15_000, run: async (ctx) => void (await collectMails(ctx, mailOffice())) },
];
