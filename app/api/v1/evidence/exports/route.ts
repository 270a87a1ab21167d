import { defineRoute } from "#lib/actions/define-route.ts";
import { evidenceScope } from "#lib/authz/scope.ts";
import { requestExport } from "#lib/evidence/commands/export.ts";
import { listExports } from "#lib/evidence/queries.ts";
import { requestExportInput } from "#lib/evidence/schema.ts";

/** Exports that run or failed just now. */
export const GET = defineRoute({ name: "evidence.exports", method: "GET", permission: "evidence.read" }, async (ctx) => ({
  jobs: await listExports(evidenceScope(ctx.actor)),
}));

/** Asks for a pack; its progress is at exports/{exportId}. */
export const POST = defineRoute(
  {
    name: "evidence.export",
    method: "POST",
    permission: "evidence.export",
    input: requestExportInput,
    critical: true,
    transaction: "pg",
  },
  async (ctx, { input }) => requestExport(ctx, input),
);
