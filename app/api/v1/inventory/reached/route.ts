import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { inventoryScope } from "#lib/authz/scope.ts";
import { identitiesOfPerson } from "#lib/inventory/person.sql.ts";
import { listReached } from "#lib/inventory/queries.ts";
import { reachedFilter } from "#lib/inventory/search-params.ts";

const query = z.intersection(z.union([z.object({ identityId: z.uuid() }), z.object({ personId: z.uuid() })]), reachedFilter);

/** What an identity, or all of a person's together, reaches and by which way. */
export const GET = defineRoute({ name: "access.reached", method: "GET", permission: "inventory.read", query }, async (ctx, given) => {
  const scope = inventoryScope(ctx.actor);
  const { q, privileged, cursor } = given.query;
  const identityIds = "personId" in given.query ? await identitiesOfPerson(scope, given.query.personId) : [given.query.identityId];
  const { rows, next } = await listReached(scope, identityIds, { q, privileged, cursor });
  return { rows, nextCursor: next };
});
