import "server-only";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize, type Role } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { campaignSubject, lockCampaign, requireState } from "../campaign.sql.ts";
import {
  type CampaignScopeInput,
  type ChangeCampaignInput,
  type CreateCampaignInput,
  changeCampaignInput,
  createCampaignInput,
} from "../schema.ts";

type Setup = { scope: CampaignScopeInput; dueAt: string; fallbackPersonId: string | null };

/** A campaign in DRAFT: nothing is read of the sources yet. */
export async function createCampaign(ctx: Ctx, input: CreateCampaignInput): Promise<{ campaignId: string }> {
  authorize(ctx.actor, "campaign.manage");
  const given = createCampaignInput.parse(input);
  const ownerUserId = given.ownerUserId ?? userIdOf(ctx.actor);
  if (ownerUserId === null)
    throw invalid("Name the campaign's owner: a user with the role campaign manager.", { ownerUserId: "Who signs the campaign off?" });
  return transactPg(ctx, async (tx) => {
    await requireSetup(tx, ctx, given);
    await requireOwner(tx, ownerUserId);
    const [row] = await tx.rows<{ id: string }>(
      `INSERT INTO campaigns (name, scope, instructions, zone, owner_user_id, fallback_person_id, due_at, watch_days, created_at, plan)
       VALUES ($1::text, $2::jsonb, $3::text, $4::text, $5::uuid, $6::uuid, $7::timestamptz, $8::int, $9::timestamptz, $10::jsonb) RETURNING id`,
      [
        given.name,
        JSON.stringify(given.scope),
        given.instructions,
        given.zone,
        ownerUserId,
        given.fallbackPersonId,
        given.dueAt,
        given.watchDays,
        ctx.now,
        JSON.stringify(given.plan),
      ],
    );
    if (!row) throw new Error("The campaign was not written.");
    await recordAudit(tx, ctx, {
      type: "campaign.created",
      subject: campaignSubject({ id: row.id, name: given.name }),
      data: { scopeDigest: scopeDigest(given.scope), dueAt: new Date(given.dueAt).toISOString() },
    });
    return { campaignId: row.id };
  });
}

/** While nothing is frozen everything may change; the instructions' version rises with their text. */
export async function changeCampaign(ctx: Ctx, input: ChangeCampaignInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const given = changeCampaignInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, given.campaignId);
    requireState(campaign, ["DRAFT", "BLOCKED"], "A change");
    const ownerUserId = given.ownerUserId ?? campaign.ownerUserId;
    await requireSetup(tx, ctx, given);
    await requireOwner(tx, ownerUserId);
    await tx.rows(
      `UPDATE campaigns SET name = $2::text, scope = $3::jsonb, instructions = $4::text, zone = $5::text, owner_user_id = $6::uuid,
         fallback_person_id = $7::uuid, due_at = $8::timestamptz, watch_days = $9::int, plan = $10::jsonb,
         instructions_version = instructions_version + CASE WHEN instructions <> $4::text THEN 1 ELSE 0 END
       WHERE id = $1::uuid`,
      [
        campaign.id,
        given.name,
        JSON.stringify(given.scope),
        given.instructions,
        given.zone,
        ownerUserId,
        given.fallbackPersonId,
        given.dueAt,
        given.watchDays,
        JSON.stringify(given.plan),
      ],
    );
    const before: Record<string, unknown> = {
      ...campaign,
      dueAt: campaign.dueAt.toISOString(),
      scope: scopeDigest(campaign.scope),
      plan: digestOf(campaign.plan),
    };
    const after: Record<string, unknown> = {
      ...given,
      ownerUserId,
      dueAt: new Date(given.dueAt).toISOString(),
      scope: scopeDigest(given.scope),
      plan: digestOf(given.plan),
    };
    const fields = Object.keys(after).filter((field) => field !== "campaignId" && after[field] !== before[field]);
    await recordAudit(tx, ctx, { type: "campaign.changed", subject: campaignSubject(campaign), data: { fields } });
  });
}

const digestOf = (value: Parameters<typeof canonicalDigest>[0]): string => Buffer.from(canonicalDigest(value)).toString("hex");
const scopeDigest = (scope: CampaignScopeInput): string => digestOf(scope);

async function requireSetup(tx: Tx, ctx: Ctx, { scope, dueAt, fallbackPersonId }: Setup): Promise<void> {
  if (new Date(dueAt) <= ctx.now) throw invalid("The due date must be in the future.", { dueAt: "Choose a later date." });
  const known = await tx.rows(`SELECT id FROM sources WHERE id = ANY ($1::uuid[])`, [scope.sourceIds]);
  if (known.length !== new Set(scope.sourceIds).size)
    throw invalid("One of the sources does not exist.", { "scope.sourceIds": "Choose from the list." });
  if (fallbackPersonId === null) return;
  const person = await tx.rows(`SELECT id FROM people WHERE id = $1::uuid AND status <> 'left' AND gone_at IS NULL`, [fallbackPersonId]);
  if (person.length === 0)
    throw invalid("The fallback reviewer is not in office.", { fallbackPersonId: "Choose somebody who works here." });
}

const OWNER_ROLE: Role = "campaign_manager";

async function requireOwner(tx: Tx, userId: string): Promise<void> {
  const rows = await tx.rows(
    `SELECT u.id FROM app_users u JOIN role_assignments r ON r.user_id = u.id AND r.ended_at IS NULL AND r.role = $2::text
     WHERE u.id = $1::uuid AND u.disabled_at IS NULL`,
    [userId, OWNER_ROLE],
  );
  if (rows.length === 0)
    throw invalid("The owner must be a user who may run campaigns.", { ownerUserId: "Choose a user with the role campaign manager." });
}
