import { randomUUID } from "node:crypto";
import path from "node:path";
import type pg from "pg";
import { createUser } from "#lib/auth/commands/users.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Role } from "#lib/authz/permissions.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { launchCampaign, setFallback } from "#lib/campaigns/commands/launch.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import type { Edition } from "./data.ts";
import type { Bench } from "./harness.ts";
import { importedSource, operator, settle, writeData } from "./source.ts";

/** A user made by the product's command, and the context that their requests would get. */
export async function user(name: string, role: Role, personId: string | null = null): Promise<Ctx & { userId: string }> {
  const { userId } = await createUser(operator(), { mail: `${randomUUID()}@example.test`, displayName: name, roles: [role], personId });
  const authentication = { method: "password" } as const;
  const actor = { kind: "user", userId, personId, label: name, roles: [role], signInId: null, authentication } as const;
  return { actor, now: new Date(), requestId: "bench", userId };
}

/** A campaign over everything in the source; whoever nobody else may review goes to the head of the organisation. */
export async function draftCampaign(admin: pg.Client, sourceId: string): Promise<string> {
  const owner = await user("Owner of the campaign", "campaign_manager");
  const { campaignId } = await createCampaign(operator(), {
    name: "Review of all access",
    scope: { sourceIds: [sourceId] },
    dueAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    instructions: "Keep what is needed.",
    fallbackPersonId: await personId(admin, "p0000000"),
    ownerUserId: owner.userId,
  });
  return campaignId;
}

export async function personId(admin: pg.Client, externalId: string): Promise<string> {
  const { rows } = await admin.query<{ id: string }>("SELECT id FROM people WHERE external_id = $1", [externalId]);
  if (!rows[0]) throw new Error(`There is no person ${externalId}.`);
  return rows[0].id;
}

/** Throws where it did not freeze: a campaign that was blocked is quick. */
export async function stage(campaignId: string): Promise<number> {
  const { state, items, blocks } = await stageCampaign(operator(), { campaignId });
  if (state !== "STAGED") throw new Error(`The campaign is ${state}: ${JSON.stringify(blocks)}`);
  return items;
}

/** Several, since none may review what is their own, or somebody's whom they depend on. A small organisation has only the first ones. */
const FALLBACKS = ["p0000030", "p0000031", "p0000005", "p0000040"];

/** A campaign that reviewers answer. The head's own access, which nobody in the chain may review, goes to somebody else. */
export async function activeCampaign(admin: pg.Client, sourceId: string): Promise<string> {
  const campaignId = await draftCampaign(admin, sourceId);
  await stage(campaignId);
  const { rows: people } = await admin.query<{ id: string }>(
    "SELECT id FROM people WHERE external_id = ANY($1) ORDER BY array_position($1, external_id)",
    [FALLBACKS],
  );
  for (const { id } of people) await setFallback(operator(), { campaignId, personId: id });
  await launchCampaign(operator(), { campaignId });
  await settle(admin);
  return campaignId;
}

/** The generated organisation imported, and a campaign over it that reviewers answer. */
export async function launched(bench: Bench, edition: Edition): Promise<string> {
  const folder = path.join(bench.folder, edition);
  bench.progress(`importing ${bench.rows} grants (${edition}) and freezing them`);
  writeData(folder, bench.rows, edition);
  return activeCampaign(bench.admin, await importedSource(folder, bench.admin));
}
