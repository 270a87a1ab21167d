import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { sourceScope } from "#lib/authz/scope.ts";
import { getRun } from "#lib/ingest/queries.ts";
import { snapshotOf } from "#lib/ingest/snapshot.ts";

/** How far a run is: the stream, its pages and rows, and what the source declared. Not older than two seconds. */
export const GET = defineRoute(
  { name: "sync_run.progress", method: "GET", permission: "source.read", params: z.object({ runId: z.uuid() }) },
  async (ctx, { params }) => snapshotOf(await getRun(sourceScope(ctx.actor), params.runId), ctx.now),
);
