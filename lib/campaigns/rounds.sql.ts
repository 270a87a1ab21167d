import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { CampaignRecord } from "./campaign.sql.ts";
import { outcomeOfAnswerSql, REMOVALS } from "./outcome.ts";
import { isLastRound, roundEnd } from "./rounds.ts";

const OPEN = "('UNASSIGNED', 'ASSIGNED', 'DRAFTED')";

export async function countOpen(tx: Tx, campaignId: string): Promise<number> {
  const [row] = await tx.rows<{ open: number }>(
    `SELECT count(*)::int AS open FROM items WHERE campaign_id = $1::uuid AND state IN ${OPEN}`,
    [campaignId],
  );
  return row?.open ?? 0;
}

/** An item of a round before the last is due when the round is over. The last one's are due with the campaign. */
export async function setRoundDue(tx: Tx, campaign: Pick<CampaignRecord, "id" | "plan" | "round" | "dueAt">): Promise<void> {
  if (isLastRound(campaign.plan, campaign.round)) return;
  await tx.rows(`UPDATE items SET due_at = $2::timestamptz WHERE campaign_id = $1::uuid AND state IN ${OPEN}`, [
    campaign.id,
    roundEnd(campaign.plan, campaign.round, campaign.dueAt),
  ]);
}

export type RoundOver = { decided: number; unanswered: number; onwards: string[] };

/** Keeps what counted in the round, decides what no later round could change, and tells what goes on. */
export async function endRound(tx: Tx, { id, plan, round }: Pick<CampaignRecord, "id" | "plan" | "round">): Promise<RoundOver> {
  await tx.rows(
    `INSERT INTO round_answers (campaign_id, item_id, round, reviewer_id, decision_id, answer)
     SELECT i.campaign_id, i.id, i.round, d.reviewer_id, d.id, i.answer FROM items i JOIN decisions d ON d.id = i.decision_id
     WHERE i.campaign_id = $1::uuid AND i.round = $2::int AND i.state = 'SUBMITTED' AND i.answer <> 'abstain'`,
    [id, round],
  );
  const removal = `answer IN (${REMOVALS.map((each) => `'${each}'`).join(", ")})`;
  const decisive = plan.strategy === "last_round" ? `${removal} AND risk_class IN ('high', 'critical')` : removal;
  const decided = await tx.rows(
    `UPDATE items SET state = 'DECIDED', outcome = ${outcomeOfAnswerSql("answer")}, version = version + 1
     WHERE campaign_id = $1::uuid AND round = $2::int AND state = 'SUBMITTED' AND ${decisive} RETURNING id`,
    [id, round],
  );
  const onwards = await tx.rows<{ id: string; isOpen: boolean }>(
    `SELECT id, state IN ${OPEN} AS "isOpen" FROM items WHERE campaign_id = $1::uuid AND state IN ('UNASSIGNED', 'ASSIGNED', 'DRAFTED', 'SUBMITTED') ORDER BY id`,
    [id],
  );
  return { decided: decided.length, unanswered: onwards.filter(({ isOpen }) => isOpen).length, onwards: onwards.map((item) => item.id) };
}
