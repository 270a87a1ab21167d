import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { reviewerScope } from "#lib/authz/scope.ts";
import { reviewItemsJson } from "#lib/campaigns/queries.ts";

const params = z.object({ campaignId: z.uuid() });

/** All rows of the reviewer who asks, as the database wrote them: parsing ten thousand only to write them again would cost more than reading them. */
export const GET = defineRoute(
  { name: "item.list_mine", method: "GET", permission: "item.decide", params },
  async (ctx, given) =>
    new Response(await reviewItemsJson(reviewerScope(ctx.actor), given.params.campaignId), {
      headers: { "content-type": "application/json" },
    }),
);
