import "server-only";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { campaignSubject, lockCampaign, requireState } from "../campaign.sql.ts";
import type { CampaignPlan } from "../plan.ts";
import { type ChangeCampaignInput, type CreateCampaignInput, changeCampaignInput, createCampaignInput } from "../schema.ts";
import { createdData, insertCampaign, requireFallback, requireOwner, requireSources, scopeDigest } from "../setup.sql.ts";

/** A campaign in DRAFT: nothing is read of the sources yet. */
export async function createCampaign(ctx: Ctx, input: CreateCampaignInput): Promise<{ campaignId: string }> {
  authorize(ctx.actor, "campaign.manage");
  const given = createCampaignInput.parse(input);
  const ownerUserId = given.ownerUserId ?? userIdOf(ctx.actor);
  if (ownerUserId === null)
    throw invalid("Name the campaign's owner: a user with the role campaign manager.", { ownerUserId: "Who signs the campaign off?" });
  requireAhead(ctx, given.dueAt);
  return transactPg(ctx, async (tx) => {
    await requireSources(tx, given.scope);
    await requireFallback(tx, given.fallbackPersonId);
    await requireOwner(tx, ownerUserId);
    const setup = { ...given, ownerUserId };
    const made = await insertCampaign(tx, ctx, setup);
    await recordAudit(tx, ctx, { type: "campaign.created", subject: campaignSubject(made), data: createdData(setup) });
    return { campaignId: made.id };
  });
}

/** While nothing is frozen everything may change; the instructions' version rises with their text. */
export async function changeCampaign(ctx: Ctx, input: ChangeCampaignInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const given = changeCampaignInput.parse(input);
  requireAhead(ctx, given.dueAt);
  await transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, given.campaignId);
    requireState(campaign, ["DRAFT", "BLOCKED"], "A change");
    const ownerUserId = given.ownerUserId ?? campaign.ownerUserId;
    await requireSources(tx, given.scope);
    await requireFallback(tx, given.fallbackPersonId);
    await requireOwner(tx, ownerUserId);
    await tx.rows(
      `UPDATE campaigns c SET name = $2::text, scope = $3::jsonb, instructions = $4::text, zone = $5::text, owner_user_id = $6::uuid,
         fallback_person_id = $7::uuid, due_at = $8::timestamptz, watch_days = $9::int, plan = $10::jsonb,
         instructions_version = c.instructions_version + CASE WHEN c.instructions <> $4::text THEN 1 ELSE 0 END,
         scope_set_by = CASE WHEN c.scope = $3::jsonb THEN c.scope_set_by ELSE $11::uuid END,
         scope_set_at = CASE WHEN c.scope = $3::jsonb THEN c.scope_set_at ELSE $12::timestamptz END
       WHERE c.id = $1::uuid`,
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
        userIdOf(ctx.actor),
        ctx.now,
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

const digestOf = (plan: CampaignPlan): string => Buffer.from(canonicalDigest(plan)).toString("hex");

function requireAhead(ctx: Ctx, dueAt: string): void {
  if (new Date(dueAt) <= ctx.now) throw invalid("The due date must be in the future.", { dueAt: "Choose a later date." });
}
