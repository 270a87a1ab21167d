import { defineRoute } from "#lib/actions/define-route.ts";
import { inventoryScope } from "#lib/authz/scope.ts";
import { matchingParams } from "#lib/inventory/matching-view.ts";
import { listMatching } from "#lib/inventory/proposals.sql.ts";

/** Identities and the people that they were proposed for or matched to. */
export const GET = defineRoute(
  { name: "identity.matching", method: "GET", permission: "inventory.read", query: matchingParams },
  async (ctx, { query: { view, q, cursor } }) => {
    const { rows, next } = await listMatching(inventoryScope(ctx.actor), { view, search: q, after: cursor });
    return { rows, nextCursor: next };
  },
);
