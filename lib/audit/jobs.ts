import "server-only";
import type { Tick } from "#lib/jobs/worker.ts";
import { checkpointWhenDue, sealPending } from "./sealer.ts";

/** At most a second behind in the usual case; the sweep finds what a long transaction committed late. */
export const ticks: readonly Tick[] = [
  {
    name: "audit.seal",
    everyMs: 400,
    run: async (ctx) => {
      await sealPending(ctx, { sweep: false });
      await checkpointWhenDue(ctx);
    },
  },
  { name: "audit.sweep", everyMs: 30_000, run: async (ctx) => void (await sealPending(ctx, { sweep: true })) },
];
