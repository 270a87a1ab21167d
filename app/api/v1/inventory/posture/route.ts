import { defineRoute } from "#lib/actions/define-route.ts";
import { postureScope } from "#lib/authz/scope.ts";
import { listPostureRows } from "#lib/inventory/posture-rows.sql.ts";
import { postureRowsParams } from "#lib/inventory/posture-rows.ts";

/** The rows behind one number of the overview, window by window. */
export const GET = defineRoute(
  { name: "posture.list", method: "GET", permission: "posture.read", query: postureRowsParams },
  async (ctx, { query }) => {
    const { rows, next } = await listPostureRows(postureScope(ctx.actor), query, ctx.now);
    return { rows, nextCursor: next };
  },
);
