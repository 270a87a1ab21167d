import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { listSecondReviewers } from "#lib/campaigns/second-reviewers.sql.ts";

const params = z.object({ campaignId: z.uuid() });
const query = z.object({ of: z.uuid(), q: z.string().trim().max(200).catch("") });

/** Who may look again at what a reviewer of the campaign kept, by a part of their name. */
export const GET = defineRoute(
  { name: "campaign.second_reviewers", method: "GET", permission: "campaign.manage", params, query },
  async (ctx, given) => ({
    people: await listSecondReviewers(
      campaignScope(ctx.actor),
      { campaignId: given.params.campaignId, reviewerId: given.query.of },
      given.query.q,
    ),
  }),
);
