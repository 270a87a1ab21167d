import "server-only";
import { z } from "zod";
import { reader } from "#lib/db/transact.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import type { JobHandlers, Tick } from "#lib/jobs/worker.ts";
import { advanceRound } from "./commands/advance.ts";
import { startCycles } from "./commands/cycles.ts";
import { followDelegations } from "./commands/delegate.ts";
import { escalateItems } from "./commands/escalate.ts";
import { campaignsToFollow, followInventory, moveStranded } from "./commands/follow.ts";
import { startMicroCampaigns, startWaitingMicroCampaigns } from "./commands/micro.ts";
import { reopenCovered } from "./commands/reopen-covered.ts";
import { stageCampaign } from "./commands/stage.ts";
import { remindByPlan, settleTold, tellReviewers } from "./commands/tell.ts";
import { exceptionChangedInput, stageInput } from "./schema.ts";
import { listRecurring } from "./template.sql.ts";

const published = z.object({ sourceId: z.uuid(), runId: z.uuid() });

export const handlers: JobHandlers = {
  "campaign.stage": [
    async (ctx, data) => {
      try {
        await stageCampaign(ctx, stageInput.parse(data));
      } catch (error) {
        // A second delivery finds the campaign staged already.
        if (error instanceof DomainError && error.code === "PRECONDITION") return;
        throw error;
      }
    },
  ],
  "exception.changed": [async (ctx, data) => void (await reopenCovered(ctx, exceptionChangedInput.parse(data)))],
  "inventory.published": [
    async (ctx, data) => {
      const { sourceId, runId } = published.parse(data);
      for (const campaignId of await campaignsToFollow(sourceId)) {
        await followInventory(ctx, { campaignId, sourceId, runId });
        await moveStranded(ctx, { campaignId });
      }
    },
    async (ctx, data) => void (await startMicroCampaigns(ctx, published.parse(data))),
  ],
};

/** A minute late is soon enough for a start that somebody planned. */
const CYCLES_EVERY_MS = 60_000;

/** People leave and users are disabled without any sync: looked at every quarter of an hour. */
export const ticks: readonly Tick[] = [
  { name: "campaign.tell", everyMs: 10_000, run: async (ctx) => void (await tellReviewers(ctx)) },
  { name: "campaign.settle_told", everyMs: 60_000, run: async (ctx) => void (await settleTold(ctx)) },
  { name: "campaign.remind", everyMs: 300_000, run: async (ctx) => void (await remindByPlan(ctx)) },
  {
    name: "campaign.cycles",
    everyMs: CYCLES_EVERY_MS,
    run: async (ctx) => {
      for (const templateId of await listRecurring()) await startCycles(ctx, { templateId });
    },
  },
  { name: "campaign.micro_waits", everyMs: 300_000, run: async (ctx) => void (await startWaitingMicroCampaigns(ctx)) },
  {
    name: "campaign.stranded",
    everyMs: 900_000,
    run: async (ctx) => {
      const rows = await reader.rows<{ id: string }>(`SELECT id FROM campaigns WHERE state IN ('ACTIVE', 'PAUSED') ORDER BY id`);
      for (const { id } of rows) await moveStranded(ctx, { campaignId: id });
    },
  },
  {
    name: "campaign.clock",
    everyMs: 60_000,
    run: async (ctx) => {
      const rows = await reader.rows<{ id: string }>(`SELECT id FROM campaigns WHERE state = 'ACTIVE' ORDER BY id`);
      for (const { id } of rows) {
        await followDelegations(ctx, { campaignId: id });
        await advanceRound(ctx, { campaignId: id });
        await escalateItems(ctx, { campaignId: id });
      }
    },
  },
];
