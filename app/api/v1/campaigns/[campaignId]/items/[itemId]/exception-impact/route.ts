import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { getExceptionImpact } from "#lib/campaigns/queries.ts";
import { notFound } from "#lib/errors/domain-error.ts";

const params = z.object({ campaignId: z.uuid(), itemId: z.uuid() });

/** What an exception from this item would cover, and who would be asked. */
export const GET = defineRoute(
  { name: "item.exception_impact", method: "GET", permission: "exception.request", params },
  async (ctx, given) => {
    const { campaignId, itemId } = given.params;
    const impact = await getExceptionImpact(campaignScope(ctx.actor), ctx.actor, campaignId, itemId);
    if (!impact) throw notFound("Item", itemId);
    return impact;
  },
);
