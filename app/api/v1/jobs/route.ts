import { defineRoute } from "#lib/actions/define-route.ts";
import { sourceScope } from "#lib/authz/scope.ts";
import { getRun, listRuns } from "#lib/ingest/queries.ts";
import { snapshotOf } from "#lib/ingest/snapshot.ts";

/** What runs now and can be left, for the header: the sync runs, each with how far it is. */
export const GET = defineRoute({ name: "jobs.list", method: "GET", permission: "source.read" }, async (ctx) => {
  const scope = sourceScope(ctx.actor);
  const { rows } = await listRuns(scope, { state: "RUNNING" });
  const runs = await Promise.all(rows.map(({ id }) => getRun(scope, id)));
  return { jobs: runs.map((run) => snapshotOf(run, ctx.now)) };
});
