import { defineRoute } from "#lib/actions/define-route.ts";
import { inventoryScope } from "#lib/authz/scope.ts";
import { listIdentities } from "#lib/inventory/queries.ts";
import { identityFilter } from "#lib/inventory/search-params.ts";

/** Identities under the list's filter, window by window. */
export const GET = defineRoute(
  { name: "identity.list", method: "GET", permission: "inventory.read", query: identityFilter },
  async (ctx, { query }) => {
    const { rows, next } = await listIdentities(inventoryScope(ctx.actor), query);
    return { rows, nextCursor: next };
  },
);
