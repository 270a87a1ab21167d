import { defineRoute } from "#lib/actions/define-route.ts";
import { csvRow } from "#lib/evidence/csv.ts";
import { exportAccess } from "#lib/inventory/commands/export-access.ts";
import { matrixFilter } from "#lib/inventory/search-params.ts";

/** The matrix of access as a file; taking it is recorded. */
export const GET = defineRoute(
  { name: "access.export", method: "GET", permission: "inventory.read", query: matrixFilter, transaction: "own" },
  async (ctx, { query }) => {
    const { csv } = await exportAccess(ctx, query, csvRow);
    return new Response(csv, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="access-${ctx.now.toISOString().slice(0, 10)}.csv"`,
        "x-content-type-options": "nosniff",
      },
    });
  },
);
