import "server-only";
import { z } from "zod";
import { authorize } from "#lib/authz/permissions.ts";
import { reader } from "#lib/db/transact.ts";
import type { JobHandlers, Tick } from "#lib/jobs/worker.ts";
import { matchSessionsAgain } from "./commands/match-sessions.ts";
import { ensureMonthsAhead } from "./partitions.sql.ts";
import { foldDeltas } from "./rollup.sql.ts";

const published = z.object({ sourceId: z.uuid(), runId: z.uuid() });

export const handlers: JobHandlers = {
  "inventory.published": [async (ctx, data) => void (await matchSessionsAgain(ctx, published.parse(data)))],
};

/** Neither changes what anybody reads: partitions are made before their first event, and a fold leaves every sum as it is. */
export const ticks: readonly Tick[] = [
  {
    name: "session.partitions",
    everyMs: 3_600_000,
    run: async (ctx) => {
      authorize(ctx.actor, "session.keep");
      await ensureMonthsAhead(ctx.now);
    },
  },
  {
    name: "session.fold",
    everyMs: 10_000,
    run: async (ctx) => {
      authorize(ctx.actor, "session.keep");
      await foldDeltas(reader);
    },
  },
];
