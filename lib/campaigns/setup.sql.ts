import "server-only";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import type { EventData } from "#lib/audit/events.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Role } from "#lib/authz/permissions.ts";
import type { Tx } from "#lib/db/tx.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import type { CampaignPlan } from "./plan.ts";
import type { CampaignScopeInput } from "./schema.ts";

export type CampaignSetup = {
  name: string;
  scope: CampaignScopeInput;
  plan: CampaignPlan;
  instructions: string;
  zone: string;
  ownerUserId: string;
  fallbackPersonId: string | null;
  dueAt: string;
  watchDays: number;
};
/** The template's cycle that it is of. */
export type MadeFrom = { templateId: string; version: number; cycleAt: Date };

export const scopeDigest = (scope: CampaignScopeInput): string => Buffer.from(canonicalDigest(scope)).toString("hex");

/** A campaign in DRAFT. The caller records that it was created. */
export async function insertCampaign(
  tx: Tx,
  ctx: Ctx,
  setup: CampaignSetup,
  from: MadeFrom | null = null,
): Promise<{ id: string; name: string }> {
  const [row] = await tx.rows<{ id: string; name: string }>(
    `INSERT INTO campaigns (name, scope, instructions, zone, owner_user_id, fallback_person_id, due_at, watch_days, plan, template_id, template_version, cycle_at,
       scope_set_by, scope_set_at, created_at)
     VALUES ($1::text, $2::jsonb, $3::text, $4::text, $5::uuid, $6::uuid, $7::timestamptz, $8::int, $9::jsonb, $10::uuid, $11::int, $12::timestamptz,
       coalesce($13::uuid, (SELECT user_id FROM campaign_template_versions WHERE template_id = $10::uuid AND version = $11::int)), $14::timestamptz, $14::timestamptz)
     RETURNING id, name`,
    [
      setup.name,
      JSON.stringify(setup.scope),
      setup.instructions,
      setup.zone,
      setup.ownerUserId,
      setup.fallbackPersonId,
      setup.dueAt,
      setup.watchDays,
      JSON.stringify(setup.plan),
      from?.templateId ?? null,
      from?.version ?? null,
      from?.cycleAt ?? null,
      userIdOf(ctx.actor),
      ctx.now,
    ],
  );
  if (!row) throw new Error("The campaign was not written.");
  return row;
}

export const createdData = ({ scope, dueAt }: CampaignSetup): EventData<"campaign.created"> => ({
  scopeDigest: scopeDigest(scope),
  dueAt: new Date(dueAt).toISOString(),
});

export async function requireSources(tx: Tx, { sourceIds }: CampaignScopeInput): Promise<void> {
  const known = await tx.rows(`SELECT id FROM sources WHERE id = ANY ($1::uuid[])`, [sourceIds]);
  if (known.length !== new Set(sourceIds).size)
    throw invalid("One of the sources does not exist.", { "scope.sourceIds": "Choose from the list." });
}

export async function requireFallback(tx: Tx, personId: string | null): Promise<void> {
  if (personId === null) return;
  const person = await tx.rows(`SELECT id FROM people WHERE id = $1::uuid AND status <> 'left' AND gone_at IS NULL`, [personId]);
  if (person.length === 0)
    throw invalid("The fallback reviewer is not in office.", { fallbackPersonId: "Choose somebody who works here." });
}

const OWNER_ROLE: Role = "campaign_manager";

export async function requireOwner(tx: Tx, userId: string): Promise<void> {
  const rows = await tx.rows(
    `SELECT u.id FROM app_users u JOIN role_assignments r ON r.user_id = u.id AND r.ended_at IS NULL AND r.role = $2::text
     WHERE u.id = $1::uuid AND u.disabled_at IS NULL`,
    [userId, OWNER_ROLE],
  );
  if (rows.length === 0)
    throw invalid("The owner must be a user who may run campaigns.", { ownerUserId: "Choose a user with the role campaign manager." });
}
