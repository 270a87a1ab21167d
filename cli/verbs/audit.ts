import { z } from "zod";
import { listAuditEvents } from "#lib/audit/queries.ts";
import { auditScope } from "#lib/authz/scope.ts";
import { table, verb } from "./verb.ts";

export const auditTail = verb({
  name: "audit tail",
  summary: "Prints the newest changes, newest last",
  options: { type: { describe: 'only this type, or with a dot at the end every type of a subject ("campaign.")' } },
  input: z.strictObject({ type: z.string().optional() }),
  run: async (ctx, { type }) => (await listAuditEvents(auditScope(ctx.actor), type ? { type } : {})).rows.reverse(),
  print: (rows) =>
    table(
      ["id", "when", "what", "to what", "by whom"],
      rows.map((row) => [row.id, row.recordedAt, row.type, row.subject, row.actor]),
    ),
});
