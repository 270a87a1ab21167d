import { defineRoute } from "#lib/actions/define-route.ts";
import { evidenceScope } from "#lib/authz/scope.ts";
import { getExport } from "#lib/evidence/queries.ts";
import { runExportInput } from "#lib/evidence/schema.ts";

/** How far an export is. */
export const GET = defineRoute(
  { name: "evidence.progress", method: "GET", permission: "evidence.read", params: runExportInput },
  async (ctx, { params }) => getExport(evidenceScope(ctx.actor), params.exportId),
);
