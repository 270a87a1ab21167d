import path from "node:path";
import { discardPopulation } from "#lib/campaigns/commands/launch.ts";
import type { Workload } from "./harness.ts";
import { rawFreeze } from "./raw-freeze.ts";
import { dropRaw } from "./raw-import.ts";
import { draftCampaign, stage } from "./review.ts";
import { importedSource, operator, settle, writeData } from "./source.ts";

export const freeze: Workload = {
  id: "W3",
  what: "staging a campaign, reviewers resolved, nobody reviews themselves",
  baseline: "one INSERT..SELECT of the same columns into a bare heap, then key and index",
  target: { kind: "at most", ratio: 1.25 },
  prepare: async (bench) => {
    const folder = path.join(bench.folder, "whole");
    bench.progress(`importing ${bench.rows} grants`);
    writeData(folder, bench.rows, "whole");
    const sourceId = await importedSource(folder, bench.admin);
    const campaignId = await draftCampaign(bench.admin, sourceId);
    return {
      before: async (side) => void (side === "baseline" && (await dropRaw(bench.admin))),
      ours: () => stage(campaignId),
      baseline: async () => void (await rawFreeze(bench.admin, campaignId, sourceId)),
      after: async (side) => {
        if (side === "baseline") await dropRaw(bench.admin);
        else await discardPopulation(operator(), { campaignId, reason: "measured" });
        await settle(bench.admin);
      },
    };
  },
};
