import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { inventoryScope } from "#lib/authz/scope.ts";
import { findSubjects } from "#lib/inventory/subjects.sql.ts";

const query = z.object({ q: z.string().trim().max(200).catch("") });

/** People, identities, resources and entitlements by a part of their name: a few of each. */
export const GET = defineRoute({ name: "access.subjects", method: "GET", permission: "inventory.read", query }, async (ctx, given) => ({
  subjects: await findSubjects(inventoryScope(ctx.actor), given.query.q),
}));
