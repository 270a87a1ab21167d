import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { getCampaign } from "#lib/campaigns/queries.ts";
import { notFound } from "#lib/errors/domain-error.ts";

const params = z.object({ campaignId: z.uuid() });

/** How a campaign stands, for a page that waits for its freeze. */
export const GET = defineRoute(
  { name: "campaign.progress", method: "GET", permission: "campaign.read_all", params },
  async (ctx, given) => {
    const campaign = await getCampaign(campaignScope(ctx.actor), given.params.campaignId);
    if (!campaign) throw notFound("Campaign", given.params.campaignId);
    const { state, items, answered, submitted } = campaign;
    return { state, items, answered, submitted };
  },
);
