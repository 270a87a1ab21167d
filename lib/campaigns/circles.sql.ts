import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { CampaignRecord } from "./campaign.sql.ts";
import { isLineSql } from "./independence.sql.ts";
import { type BarredPair, barCircles, type Pair } from "./independence.ts";
import { handOn } from "./next-reviewer.sql.ts";

export const ATTEMPTS = 5;
/** At the freeze the rule that found a reviewer still says whether they are of the line. */
export const FOUND_BESIDE_THE_LINE = "i.reviewer_rule NOT IN ('manager', 'managers_manager')";
const WORDS = {
  mutual_pair: "They would review each other: a mutual pair.",
  loop: "Their reviews would close a loop.",
} as const;

/**
 * Found all at once, reviewers can stand in a circle that none of them stood in alone. Such items go on to the next eligible, and without a
 * reviewer where there is none. Writes nothing where there is no circle, as in any campaign that line management reviews.
 */
export async function breakCircles(
  tx: Tx,
  campaign: Pick<CampaignRecord, "id" | "plan">,
  round: number,
  among = "true",
): Promise<{ items: number }> {
  let items = 0;
  for (let attempt = 1; ; attempt += 1) {
    const pairs = await readPairs(tx, campaign.id, attempt === 1 ? among : "true");
    const barred = barCircles(pairs);
    if (barred.length === 0) return { items };
    if (attempt > ATTEMPTS) return { items: items + (await leaveToNobody(tx, campaign.id, await openItemsOf(tx, campaign.id, barred))) };
    for (const why of ["mutual_pair", "loop"] as const) {
      const ids = await openItemsOf(
        tx,
        campaign.id,
        barred.filter((pair) => pair.why === why),
      );
      const moved = await handOn(tx, { ...campaign, round }, ids, {
        cause: "circle",
        reason: WORDS[why],
        actorId: null,
        orNobody: true,
      });
      items += moved.length;
    }
  }
}

/** The last resort: they wait for somebody to be named. */
async function leaveToNobody(tx: Tx, campaignId: string, itemIds: readonly string[]): Promise<number> {
  const left = await tx.rows(
    `WITH left_over AS (
       UPDATE items i SET reviewer_id = NULL, on_behalf_of = NULL, state = 'UNASSIGNED', version = i.version + 1
       FROM items old WHERE i.campaign_id = $1::uuid AND i.id = ANY ($2::uuid[]) AND old.campaign_id = i.campaign_id AND old.id = i.id
       RETURNING i.id, old.reviewer_id AS from_id)
     INSERT INTO assignments (campaign_id, item_id, from_id, cause, reason) SELECT $1::uuid, id, from_id, 'circle', $3::text FROM left_over RETURNING id`,
    [campaignId, itemIds, WORDS.loop],
  );
  return left.length;
}

/**
 * Who reviews whom by other links than line management, where both of them review: nobody else stands in a circle. In the order that counts.
 * `pairs` selects reviewer_id and person_id.
 */
export const pairsIn = (tx: Tx, pairs: string, values: readonly unknown[] = []): Promise<Pair[]> =>
  tx.rows<Pair>(
    `WITH pairs AS MATERIALIZED (${pairs})
     SELECT p.reviewer_id AS "reviewerId", p.person_id AS "subjectId" FROM pairs p
     WHERE p.person_id IN (SELECT reviewer_id FROM pairs) AND p.reviewer_id IN (SELECT person_id FROM pairs) AND NOT ${isLineSql("p.reviewer_id", "p.person_id")}
     ORDER BY p.reviewer_id, p.person_id`,
    values,
  );

const readPairs = (tx: Tx, campaignId: string, among: string): Promise<Pair[]> =>
  pairsIn(
    tx,
    `SELECT DISTINCT i.reviewer_id, i.person_id FROM items i
     WHERE i.campaign_id = $1::uuid AND i.state <> 'VOIDED' AND i.reviewer_id IS NOT NULL AND i.person_id IS NOT NULL AND ${among}`,
    [campaignId],
  );

async function openItemsOf(tx: Tx, campaignId: string, barred: readonly BarredPair[]): Promise<string[]> {
  if (barred.length === 0) return [];
  const rows = await tx.rows<{ id: string }>(
    `SELECT i.id FROM items i JOIN unnest($2::uuid[], $3::uuid[]) AS b (reviewer_id, subject_id) ON b.reviewer_id = i.reviewer_id AND b.subject_id = i.person_id
     WHERE i.campaign_id = $1::uuid AND i.state = 'ASSIGNED' ORDER BY i.id`,
    [campaignId, barred.map(({ reviewerId }) => reviewerId), barred.map(({ subjectId }) => subjectId)],
  );
  return rows.map(({ id }) => id);
}
