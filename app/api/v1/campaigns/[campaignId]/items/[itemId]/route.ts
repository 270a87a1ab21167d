import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { getItem } from "#lib/campaigns/queries.ts";
import { notFound } from "#lib/errors/domain-error.ts";

const params = z.object({ campaignId: z.uuid(), itemId: z.uuid() });

/** One item with everything a decision can rest on. */
export const GET = defineRoute({ name: "item.get", method: "GET", permission: "campaign.read", params }, async (ctx, given) => {
  const { campaignId, itemId } = given.params;
  const item = await getItem(campaignScope(ctx.actor), campaignId, itemId);
  if (!item) throw notFound("Item", itemId);
  return item;
});
