import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { inventoryScope } from "#lib/authz/scope.ts";
import { listReachers } from "#lib/inventory/queries.ts";
import { reacherFilter } from "#lib/inventory/search-params.ts";

const query = z.intersection(z.union([z.object({ entitlementId: z.uuid() }), z.object({ resourceId: z.uuid() })]), reacherFilter);

/** Who reaches an entitlement or a resource, and by which way. */
export const GET = defineRoute({ name: "access.reachers", method: "GET", permission: "inventory.read", query }, async (ctx, given) => {
  const { q, class: kind, way, privileged, cursor } = given.query;
  const target = "entitlementId" in given.query ? { entitlementId: given.query.entitlementId } : { resourceId: given.query.resourceId };
  const { rows, next } = await listReachers(inventoryScope(ctx.actor), target, { q, class: kind, way, privileged, cursor });
  return { rows, nextCursor: next };
});
