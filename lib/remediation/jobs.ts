import "server-only";
import type { JobHandlers, Tick } from "#lib/jobs/worker.ts";
import { coverInput, coverRemediations } from "./commands/cover.ts";
import { followUpRegrowth } from "./commands/follow-up.ts";
import { planInput, planRemediations } from "./commands/plan.ts";
import { restoreRemediation } from "./commands/restore.ts";
import { runRemediation } from "./commands/run.ts";
import { tellOfWork } from "./commands/tell.ts";
import { publishedRun, verifyRemediations } from "./commands/verify.ts";
import { remediationInput, restoreInput } from "./schema.ts";

/** Each may run twice: tasks are keyed by their decision, steps by their version, proofs by their run. */
export const handlers: JobHandlers = {
  "remediation.plan": [async (ctx, data) => void (await planRemediations(ctx, planInput.parse(data)))],
  "remediation.execute": [async (ctx, data, signal) => void (await runRemediation(ctx, remediationInput.parse(data), { signal }))],
  "remediation.restore": [async (ctx, data, signal) => void (await restoreRemediation(ctx, restoreInput.parse(data), { signal }))],
  "exception.changed": [async (ctx, data) => void (await coverRemediations(ctx, coverInput.parse(data)))],
  "inventory.published": [
    async (ctx, data) => {
      const published = publishedRun.parse(data);
      await verifyRemediations(ctx, published);
      await followUpRegrowth(ctx, published);
    },
  ],
};

export const ticks: readonly Tick[] = [{ name: "remediation.tell", everyMs: 15_000, run: async (ctx) => void (await tellOfWork(ctx)) }];
