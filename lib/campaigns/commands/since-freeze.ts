import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { DEFAULT_RISK_PARAMETERS, policyDigest } from "#lib/policy/risk.ts";
import { campaignSubject, lockCampaign, moveCampaign, requireState } from "../campaign.sql.ts";
import { launchGuards, unmet } from "../lifecycle.ts";
import { campaignPlan } from "../plan.ts";
import { campaignScope, type SinceFreezeInput, sinceFreezeInput } from "../schema.ts";
import { createdData, insertCampaign } from "../setup.sql.ts";
import { unreviewedSince } from "../since-freeze.sql.ts";
import { oneInventory, stageLocked } from "../staging.sql.ts";
import { countStanding, launchFacts } from "../standing.sql.ts";

const DUE_DAYS = 7;
const MOST = 10_000;
const FROZEN = ["STAGED", "ACTIVE", "PAUSED", "CLOSING", "SIGNED_OFF", "REMEDIATING", "VERIFYING", "CLOSED"] as const;

export type StartedMicro = { campaignId: string; state: "ACTIVE" | "STAGED" | "NOT_APPLICABLE"; items: number };

/**
 * A micro-campaign over access that was granted after a campaign's freeze: all of it that no such campaign holds yet, or what is named. Owner,
 * instructions and fallback are the parent's. Launched at once where everything has a reviewer.
 */
export async function reviewSinceFreeze(ctx: Ctx, input: SinceFreezeInput): Promise<StartedMicro> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId: parentId, grantIds } = sinceFreezeInput.parse(input);
  return transactPg(ctx, async (tx) => {
    await oneInventory(tx, ctx);
    const parent = await lockCampaign(tx, parentId);
    requireState(parent, FROZEN, "A review of what was granted since the freeze");
    const grants = await unreviewedSince(tx, parentId, grantIds, MOST);
    if (grants.length === 0)
      throw precondition("Nothing that was granted since the freeze waits for a review.", { refusals: ["nothing_since"] });
    const setup = {
      name: `Since the freeze of ${parent.name}`.slice(0, 200),
      scope: campaignScope.parse({ sourceIds: [...new Set(grants.map(({ sourceId }) => sourceId))], grantIds: grants.map(({ id }) => id) }),
      plan: campaignPlan.parse({}),
      instructions: parent.instructions,
      zone: parent.zone,
      ownerUserId: parent.ownerUserId,
      fallbackPersonId: parent.fallbackPersonId,
      dueAt: new Date(ctx.now.getTime() + DUE_DAYS * 86_400_000).toISOString(),
      watchDays: parent.watchDays,
    };
    const made = await insertCampaign(tx, ctx, setup, { parentId, cause: "since_freeze" });
    await recordAudit(tx, ctx, { type: "campaign.created", subject: campaignSubject(made), data: createdData(setup) });
    await recordAudit(tx, ctx, {
      type: "campaign.since_freeze_reviewed",
      subject: campaignSubject(parent),
      data: { microCampaignId: made.id, grants: grants.length, digest: digestOf(grants.map(({ id }) => id)) },
    });
    const digest = policyDigest(DEFAULT_RISK_PARAMETERS);
    await moveCampaign(tx, { id: made.id, state: "DRAFT" }, "COLLECTING", { sql: "policy_digest = $4::text", values: [digest] });
    await recordAudit(tx, ctx, { type: "campaign.collecting", subject: campaignSubject(made), data: { policyDigest: digest } });
    const campaign = await lockCampaign(tx, made.id);
    const staged = await stageLocked(tx, ctx, campaign, { override: null, follows: [] });
    if (staged.state !== "STAGED") return { campaignId: made.id, state: "NOT_APPLICABLE" as const, items: 0 };
    const counts = await countStanding(tx, made.id);
    // Nobody may review some of it yet: it waits, staged, for its owner to name somebody.
    if (unmet(launchGuards(launchFacts(counts, campaign.dueAt, ctx.now))).length > 0)
      return { campaignId: made.id, state: "STAGED" as const, items: staged.items };
    await moveCampaign(tx, { id: made.id, state: "STAGED" }, "ACTIVE", { sql: "launched_at = $4::timestamptz", values: [ctx.now] });
    await recordAudit(tx, ctx, {
      type: "campaign.launched",
      subject: campaignSubject(made),
      data: { items: counts.items, reviewers: counts.reviewers, dueAt: campaign.dueAt.toISOString() },
    });
    return { campaignId: made.id, state: "ACTIVE" as const, items: staged.items };
  });
}

/** SHA-256 over the grants' ids, one a line, in order. */
const digestOf = (ids: readonly string[]): string =>
  createHash("sha256")
    .update(
      ids
        .toSorted()
        .map((id) => `${id}\n`)
        .join(""),
    )
    .digest("hex");
