import { defineRoute } from "#lib/actions/define-route.ts";
import { evidenceScope } from "#lib/authz/scope.ts";
import { getReceipt } from "#lib/evidence/queries.ts";
import { packInput } from "#lib/evidence/schema.ts";

/** Who exported a pack and when, signed. */
export const GET = defineRoute(
  { name: "evidence.receipt", method: "GET", permission: "evidence.read", params: packInput },
  async (ctx, { params }) => {
    const receipt = await getReceipt(evidenceScope(ctx.actor), params.packId);
    return Response.json(receipt, { headers: { "content-disposition": `attachment; filename="receipt-${params.packId}.json"` } });
  },
);
