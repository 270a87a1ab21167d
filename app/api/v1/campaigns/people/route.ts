import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { listEligiblePeople } from "#lib/campaigns/queries.ts";

const query = z.object({ q: z.string().trim().max(200).catch("") });

/** People who may be named as reviewers, or to answer for a control, by a part of their name. */
export const GET = defineRoute({ name: "campaign.people", method: "GET", permission: "person.find", query }, async (ctx, given) => ({
  people: await listEligiblePeople(campaignScope(ctx.actor), given.query.q),
}));
