import "server-only";
import type { JobHandlers } from "#lib/jobs/worker.ts";
import { runExport } from "./commands/export.ts";
import { runExportInput } from "./schema.ts";

export const handlers: JobHandlers = {
  "evidence.export": [(ctx, data) => runExport(ctx, runExportInput.parse(data))],
};
