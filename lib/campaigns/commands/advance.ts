import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { campaignSubject, lockCampaign, lockDecisions, requireState } from "../campaign.sql.ts";
import { breakCircles } from "../circles.sql.ts";
import { handedOnEvents, handOn } from "../next-reviewer.sql.ts";
import { countOpen, endRound, setRoundDue } from "../rounds.sql.ts";
import { advancesByItself, isLastRound, mayAdvance, roundOf } from "../rounds.ts";
import { type CampaignInput, campaignInput } from "../schema.ts";

export type Advanced = { round: number; decided: number; handedOn: number; nobody: number };

/**
 * ACTIVE (round n) -> ACTIVE (n + 1). What counted in the round is kept; everything that a later round could still change goes to somebody who
 * has not had it, answered or not. By its owner, or by the clock when the round's own rule says so; null where the clock finds nothing to do.
 */
export async function advanceRound(ctx: Ctx, input: CampaignInput): Promise<Advanced | null> {
  authorize(ctx.actor, "campaign.advance");
  const { campaignId } = campaignInput.parse(input);
  const isClock = ctx.actor.kind === "system";
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    if (isClock && campaign.state !== "ACTIVE") return null;
    requireState(campaign, ["ACTIVE"], "Going on into the next round");
    if (isLastRound(campaign.plan, campaign.round)) {
      if (isClock) return null;
      throw precondition("This is the last round: close decisions instead.", { refusals: ["last_round"] });
    }
    const facts = { number: campaign.round, open: await countOpen(tx, campaignId), dueAt: campaign.dueAt, now: ctx.now };
    if (isClock && !advancesByItself(campaign.plan, facts)) return null;
    if (!mayAdvance(campaign.plan, facts))
      throw precondition(`${facts.open} items of this round are not handed in, and it has time left.`, { refusals: ["round_open"] });
    await lockDecisions(tx, campaignId, "alone");
    const { decided, unanswered, onwards } = await endRound(tx, campaign);
    const round = campaign.round + 1;
    const next = { ...campaign, round };
    const moved = await handOn(tx, next, onwards, {
      cause: "next_round",
      reason: `Round ${round}: ${roundOf(campaign.plan, round).name}.`,
      actorId: userIdOf(ctx.actor),
      orNobody: true,
    });
    await tx.rows(`UPDATE campaigns SET round = $2::int WHERE id = $1::uuid`, [campaignId, round]);
    await setRoundDue(tx, next);
    await breakCircles(tx, next, round);
    const nobody = moved.filter(({ toId }) => toId === null).length;
    const counts = { round, decided, handedOn: moved.length - nobody, nobody };
    for (const event of await handedOnEvents(tx, campaign, moved, "next_round")) await recordAudit(tx, ctx, event);
    await recordAudit(tx, ctx, { type: "campaign.advanced", subject: campaignSubject(campaign), data: { ...counts, unanswered } });
    return counts;
  });
}
