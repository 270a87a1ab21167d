import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { transactPg } from "#lib/db/transact.ts";
import { notFound, precondition } from "#lib/errors/domain-error.ts";
import { withdrawOfItem } from "#lib/exceptions/commands/withdraw.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { lockCampaign, lockDecisions, requireState } from "../campaign.sql.ts";
import { mayItemMove } from "../lifecycle.ts";
import { handOn } from "../next-reviewer.sql.ts";
import { type ReopenItemInput, reopenItemInput } from "../schema.ts";
import type { ItemState } from "../types.ts";

/** Before sign-off the owner may open one item again, with a reason: its reviewer answers once more, and the first answer stays in the history. */
export async function reopenItem(ctx: Ctx, input: ReopenItemInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  requireStepUp(ctx.actor);
  const { campaignId, itemId, reason } = reopenItemInput.parse(input);
  await transactPg(ctx, async (tx, inner) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["ACTIVE", "CLOSING"], "Reopening an item");
    const actorId = userIdOf(ctx.actor);
    if (actorId !== campaign.ownerUserId) throw precondition("Only the campaign's owner reopens an item.", { refusals: ["not_owner"] });
    await lockDecisions(tx, campaignId, "alone");
    const [item] = await tx.rows<{ state: ItemState; reviewerId: string | null; round: number; label: string }>(
      `SELECT state::text AS state, reviewer_id AS "reviewerId", round, identity_name || ': ' || entitlement_name AS label
       FROM items WHERE campaign_id = $1::uuid AND id = $2::uuid`,
      [campaignId, itemId],
    );
    if (!item) throw notFound("Item", itemId);
    if ((item.state !== "SUBMITTED" && item.state !== "DECIDED") || !mayItemMove(item.state, "ASSIGNED"))
      throw precondition(`This item is ${item.state}: there is nothing to reopen.`, { state: item.state });
    if (item.reviewerId === null) throw precondition("Nobody reviews this item: name a fallback first.");
    // What an earlier round decided is asked again in this one, of somebody else.
    if (item.round < campaign.round) await handOn(tx, campaign, [itemId], { cause: "reopened", reason, actorId, orNobody: true });
    else
      await tx.rows(
        `WITH opened AS (
         UPDATE items SET state = 'ASSIGNED', answer = NULL, terms = NULL, outcome = NULL, decision_id = NULL, version = version + 1
         WHERE campaign_id = $1::uuid AND id = $2::uuid AND state IN ('SUBMITTED', 'DECIDED') RETURNING id, reviewer_id)
       INSERT INTO assignments (campaign_id, item_id, to_id, cause, reason, actor_id)
       SELECT $1::uuid, id, reviewer_id, 'reopened', $3::text, $4::uuid FROM opened`,
        [campaignId, itemId, reason, actorId],
      );
    await enqueue(tx, "remediation.plan", { campaignId });
    await withdrawOfItem(inner, { campaignId, itemId, reason });
    await recordAudit(tx, ctx, {
      type: "campaign_item.reopened",
      subject: { kind: "campaign_item", id: itemId, label: item.label },
      data: { campaignId },
      reason,
    });
  });
}
