import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { burnDown } from "#lib/campaigns/burn-down.sql.ts";
import { notFound } from "#lib/errors/domain-error.ts";

const params = z.object({ campaignId: z.uuid() });

/** How many items were left at each moment since the launch. */
export const GET = defineRoute(
  { name: "campaign.burn_down", method: "GET", permission: "campaign.read_all", params },
  async (ctx, given) => {
    const found = await burnDown(campaignScope(ctx.actor), given.params.campaignId);
    if (!found) throw notFound("Campaign", given.params.campaignId);
    return found;
  },
);
