import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { listReviewerGroups } from "#lib/campaigns/reviewer-groups.sql.ts";

const query = z.object({ q: z.string().trim().max(200).catch("") });

/** Groups that a round may ask, by a part of their name. */
export const GET = defineRoute({ name: "campaign.groups", method: "GET", permission: "campaign.manage", query }, async (ctx, given) => ({
  groups: await listReviewerGroups(campaignScope(ctx.actor), given.query.q),
}));
