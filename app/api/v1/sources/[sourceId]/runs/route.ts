import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { sourceScope } from "#lib/authz/scope.ts";
import { listRuns } from "#lib/ingest/queries.ts";
import { runsQuery } from "#lib/ingest/search-params.ts";

/** The run history of a source, newest first. */
export const GET = defineRoute(
  { name: "source.runs", method: "GET", permission: "source.read", params: z.object({ sourceId: z.uuid() }), query: runsQuery },
  async (ctx, { params, query }) => {
    const { rows, next } = await listRuns(sourceScope(ctx.actor), { sourceId: params.sourceId, after: query.cursor });
    return { rows, nextCursor: next };
  },
);
