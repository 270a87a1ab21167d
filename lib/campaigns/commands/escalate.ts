import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { campaignSubject, lockCampaign, lockDecisions } from "../campaign.sql.ts";
import { handedOnEvents, handOn } from "../next-reviewer.sql.ts";
import { escalatesFrom, roundOf } from "../rounds.ts";
import { type CampaignInput, campaignInput } from "../schema.ts";
import { type SilenceRule, silenceSql } from "../silence.ts";
import type { ReviewerRule } from "../types.ts";

const REASON = "Nobody answered, and the due date is near.";

/**
 * Once per campaign, so many days before it is due: what nobody touched goes up. A machine's to its owner's manager and then security, a
 * break-glass identity's to security, the rest to the reviewer's manager and then along the round's chain. Due dates stay.
 */
export async function escalateItems(ctx: Ctx, input: CampaignInput): Promise<{ items: number; handedOn: number } | null> {
  authorize(ctx.actor, "campaign.advance");
  const { campaignId } = campaignInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    const { launchedAt, dueAt } = campaign;
    const from = launchedAt && escalatesFrom(campaign.plan, campaign.round, { launchedAt, dueAt });
    if (campaign.state !== "ACTIVE" || campaign.escalatedAt !== null || from === null || from > ctx.now) return null;
    await lockDecisions(tx, campaignId, "alone");
    const { rule } = silenceSql({
      riskClass: "risk_class",
      identityClass: "identity_class",
      isGrant: "true",
      wasEscalated: "true",
      isUnused: "true",
    });
    const touched = await tx.rows<{ id: string; rule: SilenceRule }>(
      `UPDATE items SET escalations = escalations + 1
       WHERE campaign_id = $1::uuid AND state IN ('UNASSIGNED', 'ASSIGNED') AND escalations = 0 RETURNING id, ${rule} AS rule`,
      [campaignId],
    );
    await tx.rows(`UPDATE campaigns SET escalated_at = $2::timestamptz WHERE id = $1::uuid`, [campaignId, ctx.now]);
    const chain = roundOf(campaign.plan, campaign.round).chain;
    let handedOn = 0;
    for (const [ladder, items] of Map.groupBy(touched, (item) => ladderOf(item.rule))) {
      const ids = items.map(({ id }) => id).sort();
      const moved = await handOn(tx, campaign, ids, {
        cause: "escalate",
        reason: REASON,
        actorId: null,
        links: [...LADDERS[ladder], ...(ladder === "up" ? chain : [])],
      });
      for (const event of await handedOnEvents(tx, campaign, moved, "escalate")) await recordAudit(tx, ctx, event);
      handedOn += moved.length;
    }
    const data = { items: touched.length, handedOn };
    await recordAudit(tx, ctx, { type: "campaign.escalated", subject: campaignSubject(campaign), data });
    return data;
  });
}

const LADDERS = {
  security: ["security"],
  machine: ["identity_owners_manager", "security"],
  up: ["reviewers_manager"],
} as const satisfies Record<string, readonly ReviewerRule[]>;

function ladderOf(rule: SilenceRule): keyof typeof LADDERS {
  if (rule === "security_decides") return "security";
  return rule === "escalate_then_security" ? "machine" : "up";
}
