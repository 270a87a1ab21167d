import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { reviewerScope } from "#lib/authz/scope.ts";
import { previewSubmission } from "#lib/campaigns/submission.sql.ts";

const params = z.object({ campaignId: z.uuid() });

/** What submitting would do, before it is done. */
export const GET = defineRoute({ name: "item.submission", method: "GET", permission: "item.decide", params }, (ctx, given) =>
  previewSubmission(reviewerScope(ctx.actor), given.params.campaignId),
);
