import { defineRoute } from "#lib/actions/define-route.ts";
import { inventoryScope } from "#lib/authz/scope.ts";
import { listResources } from "#lib/inventory/queries.ts";
import { resourceFilter } from "#lib/inventory/search-params.ts";

/** Resources under the list's filter, window by window. */
export const GET = defineRoute(
  { name: "resource.list", method: "GET", permission: "inventory.read", query: resourceFilter },
  async (ctx, { query }) => {
    const { rows, next } = await listResources(inventoryScope(ctx.actor), query);
    return { rows, nextCursor: next };
  },
);
