import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { inventoryScope } from "#lib/authz/scope.ts";
import { findPeople } from "#lib/inventory/queries.ts";

const query = z.object({ q: z.string().trim().max(200).catch("") });

/** People that an identity can be matched to, by a part of their name, mail address or id. At most twenty. */
export const GET = defineRoute({ name: "identity.people", method: "GET", permission: "person.match", query }, async (ctx, given) => ({
  people: await findPeople(inventoryScope(ctx.actor), given.query.q),
}));
