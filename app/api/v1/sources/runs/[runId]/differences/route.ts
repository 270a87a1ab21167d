import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { sourceScope } from "#lib/authz/scope.ts";
import { runDifferences } from "#lib/ingest/queries.ts";
import { differencesQuery } from "#lib/ingest/search-params.ts";

/** What a run added, changed or ended in one stream. */
export const GET = defineRoute(
  {
    name: "sync_run.differences",
    method: "GET",
    permission: "source.read",
    params: z.object({ runId: z.uuid() }),
    query: differencesQuery,
  },
  async (ctx, { params, query: { stream, kind, cursor } }) => {
    const { rows, next } = await runDifferences(sourceScope(ctx.actor), { runId: params.runId, stream, kind, after: cursor });
    return { rows, nextCursor: next };
  },
);
