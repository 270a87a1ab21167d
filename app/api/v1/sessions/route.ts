import { defineRoute } from "#lib/actions/define-route.ts";
import { sessionScope } from "#lib/authz/scope.ts";
import { listSessions } from "#lib/sessions/queries.ts";
import { boardParams } from "#lib/sessions/search-params.ts";

/** Sessions as the board's table shows them, the newest first. */
export const GET = defineRoute({ name: "session.list", method: "GET", permission: "session.read", query: boardParams }, (ctx, { query }) =>
  listSessions(sessionScope(ctx.actor), query, ctx.now.toISOString()),
);
