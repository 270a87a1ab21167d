import "server-only";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DEFAULT_RISK_PARAMETERS, policyDigest } from "#lib/policy/risk.ts";
import { campaignSubject, lockCampaign, moveCampaign } from "./campaign.sql.ts";
import type { Follows } from "./freeze.sql.ts";
import type { Reviewable } from "./item-kinds.ts";
import { launchGuards, unmet } from "./lifecycle.ts";
import type { CampaignPlan } from "./plan.ts";
import { campaignScope } from "./schema.ts";
import { stageLocked } from "./staging.sql.ts";
import { countStanding, launchFacts } from "./standing.sql.ts";

export type MicroCampaign = {
  name: string;
  /** The rule that started it: shown wherever the campaign is. */
  cause: string;
  sourceIds: readonly string[];
  grantIds: readonly string[];
  /** Of a follow-up: what else than grants it is about. */
  subjects?: readonly Reviewable[];
  instructions: string;
  instructionsVersion: number;
  zone: string;
  ownerUserId: string;
  fallbackPersonId: string | null;
  dueAt: Date;
  watchDays: number;
  parentId: string | null;
  follows: readonly Follows[];
  /** Left out: one round by the default chain. */
  plan?: CampaignPlan;
};
export type OpenedMicro = { campaignId: string; state: "ACTIVE" | "STAGED" | "NOT_APPLICABLE"; items: number };

/**
 * A campaign over named grants, or what else is named: frozen, signed and launched in one go where somebody may review it; staged, for its owner to name somebody,
 * where not. It claims nothing of the rest of its sources, so their state blocks nothing and is printed in the manifest.
 */
export async function openMicroCampaign(tx: Tx, ctx: Ctx, given: MicroCampaign): Promise<OpenedMicro> {
  const { sourceIds, grantIds, subjects = [] } = given;
  const kinds = [...new Set([...(grantIds.length > 0 ? ["grant"] : []), ...subjects.map(({ kind }) => kind)])];
  const scope = campaignScope.parse({ sourceIds, grantIds, ...(subjects.length > 0 ? { subjects, kinds } : {}) });
  const [made] = await tx.rows<{ id: string; name: string }>(
    `INSERT INTO campaigns (name, state, scope, instructions, instructions_version, zone, owner_user_id, fallback_person_id, due_at, watch_days, parent_id,
       policy_digest, created_at, cause, plan)
     VALUES ($1::text, 'COLLECTING', $2::jsonb, $3::text, $4::int, $5::text, $6::uuid, $7::uuid, $8::timestamptz, $9::int, $10::uuid, $11::text,
       $12::timestamptz, $13::text, $14::jsonb)
     RETURNING id, name`,
    [
      given.name,
      JSON.stringify(scope),
      given.instructions,
      given.instructionsVersion,
      given.zone,
      given.ownerUserId,
      given.fallbackPersonId,
      given.dueAt,
      given.watchDays,
      given.parentId,
      policyDigest(DEFAULT_RISK_PARAMETERS),
      ctx.now,
      given.cause,
      JSON.stringify(given.plan ?? {}),
    ],
  );
  if (!made) throw new Error("The micro-campaign was not written.");
  await recordAudit(tx, ctx, {
    type: "campaign.created",
    subject: campaignSubject(made),
    data: { scopeDigest: Buffer.from(canonicalDigest(scope)).toString("hex"), dueAt: given.dueAt.toISOString() },
  });
  const campaign = await lockCampaign(tx, made.id);
  const staged = await stageLocked(tx, ctx, campaign, { override: null, follows: given.follows });
  const opened = { campaignId: made.id, items: staged.items };
  if (staged.state !== "STAGED") return { ...opened, state: "NOT_APPLICABLE" };
  const counts = await countStanding(tx, made.id);
  // Nobody may review it yet: it waits, staged, for its owner to name somebody.
  if (unmet(launchGuards(launchFacts(counts, campaign.dueAt, ctx.now))).length > 0) return { ...opened, state: "STAGED" };
  await moveCampaign(tx, { id: made.id, state: "STAGED" }, "ACTIVE", { sql: "launched_at = $4::timestamptz", values: [ctx.now] });
  await recordAudit(tx, ctx, {
    type: "campaign.launched",
    subject: campaignSubject(made),
    data: { items: counts.items, reviewers: counts.reviewers, dueAt: campaign.dueAt.toISOString() },
  });
  return { ...opened, state: "ACTIVE" };
}
