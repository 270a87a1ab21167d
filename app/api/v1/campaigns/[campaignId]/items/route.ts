import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { listReviewItems } from "#lib/campaigns/queries.ts";
import { itemListParams } from "#lib/campaigns/schema.ts";

const params = z.object({ campaignId: z.uuid() });

/** Items of a campaign, window by window. */
export const GET = defineRoute(
  { name: "item.list", method: "GET", permission: "campaign.read", params, query: itemListParams },
  async (ctx, given) => {
    const { rows, next } = await listReviewItems(campaignScope(ctx.actor), given.params.campaignId, given.query);
    return { rows, nextCursor: next };
  },
);
