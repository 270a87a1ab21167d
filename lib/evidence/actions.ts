"use server";

import { revalidatePath } from "next/cache";
import { defineAction } from "#lib/actions/define-action.ts";
import { requestExport } from "./commands/export.ts";
import { requestExportInput } from "./schema.ts";

export const requestExportAction = defineAction(
  { name: "evidence.export", permission: "evidence.export", input: requestExportInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const asked = await requestExport(ctx, input);
    revalidatePath("/evidence");
    return asked;
  },
);
