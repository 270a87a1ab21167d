import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { sourceScope } from "#lib/authz/scope.ts";
import { listRejected } from "#lib/ingest/queries.ts";
import { rejectedQuery } from "#lib/ingest/search-params.ts";

/** Records that a run refused, with where they stood and why. */
export const GET = defineRoute(
  { name: "sync_run.rejected", method: "GET", permission: "source.read", params: z.object({ runId: z.uuid() }), query: rejectedQuery },
  async (ctx, { params, query: { stream, cursor } }) => {
    const { rows, next } = await listRejected(sourceScope(ctx.actor), { runId: params.runId, stream, after: cursor });
    return { rows, nextCursor: next };
  },
);
