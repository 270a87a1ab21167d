import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { reader } from "#lib/db/transact.ts";
import { readCampaignFile } from "../campaign-file.ts";
import { resolveFile } from "../file-plan.sql.ts";
import type { FileProblem } from "../yaml-file.ts";
import { type SavedTemplate, saveTemplate } from "./templates.ts";

export type Applied = { problems: FileProblem[]; saved: (SavedTemplate & { name: string }) | null };

/** Makes or changes the template that a file describes; a file that says what is in force already changes nothing. */
export async function applyCampaignFile(ctx: Ctx, text: string): Promise<Applied> {
  authorize(ctx.actor, "campaign.manage");
  const found = readCampaignFile(text);
  if (!found.ok) return { problems: found.problems, saved: null };
  const { body, problems } = await resolveFile(reader, ctx, found.read);
  if (!body) return { problems, saved: null };
  return { problems: [], saved: { name: body.name, ...(await saveTemplate(ctx, { body }, "file")) } };
}
