import { z } from "zod";
import { campaignScope } from "#lib/authz/scope.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { listCampaigns } from "#lib/campaigns/queries.ts";
import { campaignListParams } from "#lib/campaigns/schema.ts";
import { table, verb } from "./verb.ts";

const campaignId = z.uuid("Give the campaign's id, as `campaign list` prints it.");

export const campaignList = verb({
  name: "campaign list",
  summary: "Lists campaigns with state, due date and progress",
  input: z.strictObject({}),
  run: (ctx) => listCampaigns(campaignScope(ctx.actor), campaignListParams.parse({})),
  print: (rows) =>
    table(
      ["id", "name", "state", "due", "answered", "items"],
      rows.map((row) => [row.id, row.name, row.state, row.dueAt, row.answered, row.items ?? "not frozen"]),
    ),
});

export const campaignStage = verb({
  name: "campaign stage",
  summary: "Freezes the population of a draft or blocked campaign",
  positionals: ["campaignId"],
  input: z.strictObject({ campaignId }),
  run: (ctx, input) => stageCampaign(ctx, input),
  print: ({ state, items, blocks }) =>
    [`${state}: ${items} items`, ...blocks.map((block) => `  ${block.sourceName}: ${block.detail}`)].join("\n"),
});

export const campaignLaunch = verb({
  name: "campaign launch",
  summary: "Opens a staged campaign to its reviewers",
  positionals: ["campaignId"],
  input: z.strictObject({ campaignId }),
  run: (ctx, input) => launchCampaign(ctx, input),
  print: ({ items, reviewers }) => `Launched: ${items} items for ${reviewers} reviewers.`,
});
