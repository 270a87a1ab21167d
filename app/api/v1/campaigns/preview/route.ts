import { defineRoute } from "#lib/actions/define-route.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { previewScope } from "#lib/campaigns/queries.ts";
import { previewInput } from "#lib/campaigns/schema.ts";

/** What a campaign of this scope would hold now. A POST for its body; it changes nothing. */
export const POST = defineRoute(
  { name: "campaign.preview", method: "POST", permission: "campaign.manage", input: previewInput },
  (ctx, { input }) => previewScope(campaignScope(ctx.actor), input),
);
