import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { EXPORT_LINES, type MatrixLine, matrixLines } from "../matrix.sql.ts";
import type { MatrixFilter } from "../search-params.ts";

type Cell = string | number | boolean | null;
/** Makes one line of the file of its cells, safe to open in a spreadsheet. */
export type LineMaker = (cells: readonly Cell[]) => string;

const COLUMNS = {
  identity: ({ identity }) => identity,
  identity_id: ({ identityId }) => identityId,
  identity_class: (line) => line.class,
  identity_status: ({ status }) => status,
  person: ({ person }) => person,
  resource: ({ resource }) => resource,
  resource_id: ({ resourceId }) => resourceId,
  resource_class: ({ resourceClass }) => resourceClass,
  environment: ({ environment }) => environment,
  sensitivity: ({ sensitivity }) => sensitivity,
  entitlements: ({ entitlements }) => entitlements,
  of_them_privileged: ({ privileged }) => privileged,
  of_them_unknown_whether: ({ unknown }) => unknown,
  way: ({ isDirect }) => (isDirect ? "direct" : "through groups or roles"),
  entitlement_names: ({ names }) => names,
} satisfies Record<string, (line: MatrixLine) => Cell>;

/** The matrix as a file. Who took it is recorded before they get it; a set that does not fit is refused, never cut. */
export async function exportAccess(ctx: Ctx, filter: MatrixFilter, lineOf: LineMaker): Promise<{ csv: string; lines: number }> {
  authorize(ctx.actor, "inventory.read");
  return transactPg(ctx, async (tx) => {
    const lines = await matrixLines(tx, filter);
    if (lines.length > EXPORT_LINES)
      throw new DomainError(
        "TOO_LARGE",
        `More than ${EXPORT_LINES} pairs of identity and resource fit this filter, and a file holds no more. Narrow it by source, class, environment or name. Nothing was exported.`,
      );
    const columns = Object.values(COLUMNS);
    const csv = [lineOf(Object.keys(COLUMNS)), ...lines.map((line) => lineOf(columns.map((cell) => cell(line))))].join("");
    await recordAudit(tx, ctx, {
      type: "access.exported",
      subject: { kind: "inventory", id: "access", label: "Matrix of access" },
      data: { lines: lines.length, digest: createHash("sha256").update(csv).digest("hex") },
      personal: { filter: JSON.stringify(filter) },
    });
    return { csv, lines: lines.length };
  });
}
