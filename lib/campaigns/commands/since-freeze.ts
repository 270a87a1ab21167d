import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { campaignSubject, lockCampaign, requireState } from "../campaign.sql.ts";
import { type OpenedMicro, openMicroCampaign } from "../micro-campaign.sql.ts";
import { MAX_BULK, type SinceFreezeInput, sinceFreezeInput } from "../schema.ts";
import { unreviewedSince } from "../since-freeze.sql.ts";
import { oneInventory } from "../staging.sql.ts";

const DUE_MS = 7 * 86_400_000;
const FROZEN = ["STAGED", "ACTIVE", "PAUSED", "CLOSING", "SIGNED_OFF", "REMEDIATING", "VERIFYING", "CLOSED"] as const;

/**
 * A micro-campaign over access that was granted after a campaign's freeze: all of it that no such campaign holds yet, or what is named. Owner,
 * instructions and fallback are the parent's, its one round the last of the parent's plan.
 */
export async function reviewSinceFreeze(ctx: Ctx, input: SinceFreezeInput): Promise<OpenedMicro> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId: parentId, grantIds } = sinceFreezeInput.parse(input);
  return transactPg(ctx, async (tx) => {
    await oneInventory(tx, ctx);
    const parent = await lockCampaign(tx, parentId);
    requireState(parent, FROZEN, "A review of what was granted since the freeze");
    const grants = await unreviewedSince(tx, parentId, grantIds, MAX_BULK);
    if (grants.length === 0)
      throw precondition("Nothing that was granted since the freeze waits for a review.", { refusals: ["nothing_since"] });
    const { instructions, instructionsVersion, zone, ownerUserId, fallbackPersonId, watchDays, plan } = parent;
    const opened = await openMicroCampaign(tx, ctx, {
      name: `Since the freeze of ${parent.name}`.slice(0, 200),
      cause: "since_freeze",
      sourceIds: [...new Set(grants.map(({ sourceId }) => sourceId))].toSorted(),
      grantIds: grants.map(({ id }) => id),
      instructions,
      instructionsVersion,
      zone,
      ownerUserId,
      fallbackPersonId,
      dueAt: new Date(ctx.now.getTime() + DUE_MS),
      watchDays,
      parentId,
      follows: [],
      plan: { ...plan, rounds: plan.rounds.slice(-1), carryCycles: 0 },
    });
    await recordAudit(tx, ctx, {
      type: "campaign.since_freeze_reviewed",
      subject: campaignSubject(parent),
      data: { microCampaignId: opened.campaignId, grants: grants.length, digest: digestOf(grants.map(({ id }) => id)) },
    });
    return opened;
  });
}

/** SHA-256 over the grants' ids, one a line, in order. */
function digestOf(ids: readonly string[]): string {
  const lines = ids.toSorted().map((id) => `${id}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}
