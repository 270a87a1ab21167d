import "server-only";
import { z } from "zod";
import type { JobHandlers, Tick } from "#lib/jobs/worker.ts";
import { followInventory } from "./commands/follow-inventory.ts";
import { exceptionsDue, turnClock } from "./commands/turn-clock.ts";

const published = z.object({ sourceId: z.uuid() });

/** Each may run twice: an exception moves from exactly the version that was read, and an ended one never does. */
export const handlers: JobHandlers = {
  "inventory.published": [async (ctx, data) => void (await followInventory(ctx, published.parse(data)))],
};

/** Dates pass without anybody doing anything. A reader never takes an exception as in force past its end, however late this comes. */
export const ticks: readonly Tick[] = [
  {
    name: "exception.clock",
    everyMs: 60_000,
    run: async (ctx) => {
      for (const exceptionId of await exceptionsDue(ctx.now)) await turnClock(ctx, { exceptionId });
    },
  },
];
