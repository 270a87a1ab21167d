import "server-only";
import { z } from "zod";
import { transactPg } from "#lib/db/transact.ts";
import type { JobHandlers, Tick } from "#lib/jobs/worker.ts";
import { countGrantChanges, countGrants, findUncounted } from "./grant-figures.sql.ts";

const publishedData = z.object({ sourceId: z.uuid(), runId: z.uuid() });

/** Counting changes nothing that anybody decides on, so it records nothing; run twice it gives the same rows. */
export const handlers: JobHandlers = {
  "inventory.published": [
    async (ctx, data) => {
      const published = publishedData.parse(data);
      await transactPg(ctx, async (tx) => {
        await countGrantChanges(tx, published);
        await countGrants(tx, published.sourceId);
      });
    },
  ],
};

/** What was applied before there was anybody to count it: a demo, or an older version. */
export const ticks: readonly Tick[] = [
  {
    name: "inventory.count",
    everyMs: 60_000,
    run: async (ctx) => {
      await transactPg(ctx, async (tx) => {
        const { sources, runs } = await findUncounted(tx);
        for (const sourceId of sources) await countGrants(tx, sourceId);
        for (const run of runs) await countGrantChanges(tx, run);
      });
    },
  },
];
