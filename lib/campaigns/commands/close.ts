import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { campaignSubject, lockCampaign, lockDecisions, moveCampaign, requireState } from "../campaign.sql.ts";
import { closeGuards, unmet } from "../lifecycle.ts";
import { outcomeOfAnswerSql } from "../outcome.ts";
import { type CampaignInput, campaignInput } from "../schema.ts";
import { closeFacts, countStanding } from "../standing.sql.ts";

/**
 * ACTIVE -> CLOSING: answers stop. What was handed in is decided; what was not, drafts included, is UNANSWERED, by silence. With one round and
 * nobody to escalate to, silence removes nothing and keeps nothing: the outcome says that nobody answered (silence.ts tells what would follow).
 */
export async function closeDecisions(ctx: Ctx, input: CampaignInput): Promise<{ decided: number; unanswered: number }> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId } = campaignInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["ACTIVE"], "Closing");
    await lockDecisions(tx, campaignId, "alone");
    const refusals = unmet(closeGuards(closeFacts(await countStanding(tx, campaignId), campaign.dueAt, ctx.now)));
    if (refusals.length > 0) throw precondition(`Cannot close yet. ${refusals.map(({ text }) => text).join(" ")}`, { refusals });
    await moveCampaign(tx, campaign, "CLOSING", { sql: "closing_at = $4::timestamptz", values: [ctx.now] });
    const [counts] = await tx.rows<{ decided: number; unanswered: number }>(
      `WITH closed AS (
         UPDATE items SET version = version + 1, state = 'DECIDED',
           outcome = CASE WHEN state = 'SUBMITTED' THEN ${outcomeOfAnswerSql("answer")} ELSE 'UNANSWERED' END,
           answer = CASE WHEN state = 'SUBMITTED' THEN answer END, terms = CASE WHEN state = 'SUBMITTED' THEN terms END,
           decision_id = CASE WHEN state = 'SUBMITTED' THEN decision_id END
         WHERE campaign_id = $1::uuid AND state IN ('UNASSIGNED', 'ASSIGNED', 'DRAFTED', 'SUBMITTED') RETURNING outcome)
       SELECT count(*) FILTER (WHERE outcome <> 'UNANSWERED')::int AS decided, count(*) FILTER (WHERE outcome = 'UNANSWERED')::int AS unanswered FROM closed`,
      [campaignId],
    );
    const data = { decided: counts?.decided ?? 0, unanswered: counts?.unanswered ?? 0 };
    await recordAudit(tx, ctx, { type: "campaign.closing", subject: campaignSubject(campaign), data });
    return data;
  });
}
