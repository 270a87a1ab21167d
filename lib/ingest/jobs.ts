import "server-only";
import { z } from "zod";
import type { JobHandlers, Tick } from "#lib/jobs/worker.ts";
import { proposePeople } from "./commands/propose-people.ts";
import { runSync } from "./commands/run-sync.ts";
import { resumeAbandonedRuns, startDueSyncs } from "./commands/start-due-syncs.ts";

const syncData = z.object({ runId: z.uuid() });
const publishedData = z.object({ sourceId: z.uuid(), runId: z.uuid() });

export const handlers: JobHandlers = {
  "source.sync": [async (ctx, data, signal) => void (await runSync(ctx, syncData.parse(data), { signal }))],
  "inventory.published": [async (ctx, data) => void (await proposePeople(ctx, publishedData.parse(data)))],
};

export const ticks: readonly Tick[] = [
  { name: "source.schedule", everyMs: 5_000, run: async (ctx) => void (await startDueSyncs(ctx)) },
  { name: "source.resume", everyMs: 10_000, run: async (ctx) => void (await resumeAbandonedRuns(ctx)) },
];
