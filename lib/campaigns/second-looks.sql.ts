import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { SecondLookRow } from "./campaign-types.ts";
import { readCompact } from "./compact.ts";
import { readDependences } from "./independence.sql.ts";
import { ITEM_ARRAY, ITEM_COLUMNS, ITEM_JOINS, instantSql } from "./item-rows.sql.ts";
import { LOOKS } from "./quality.sql.ts";
import type { Candidate } from "./quality.ts";
import type { SecondLookTask } from "./review-types.ts";

export type LookedAt = { name: string; stagedAt: string; isOpen: boolean };

/** Privileged keeps that the reviewer handed in, which nobody who is still here is looking at again. */
export const readKept = (tx: Tx, campaignId: string, reviewerId: string): Promise<Candidate[]> =>
  tx.rows<Candidate>(
    `SELECT i.id AS "itemId", d.id AS "decisionId", i.risk_class AS "riskClass"
     FROM items i JOIN decisions d ON d.id = i.decision_id
     WHERE i.campaign_id = $1::uuid AND d.reviewer_id = $2::uuid AND d.answer = 'keep' AND i.privileged <> 'no' AND i.state IN ('SUBMITTED', 'DECIDED')
       AND NOT EXISTS (SELECT FROM second_looks l JOIN people p ON p.id = l.reviewer_id LEFT JOIN second_look_answers a ON a.look_id = l.id
         WHERE l.campaign_id = $1::uuid AND l.decision_id = d.id AND (a.look_id IS NOT NULL OR p.status <> 'left' AND p.gone_at IS NULL))
     ORDER BY i.id`,
    [campaignId, reviewerId],
  );

/** Those of them that `personId` is independent of and never had: what a draw for them is made from. */
export async function readCandidates(tx: Tx, campaignId: string, reviewerId: string, personId: string): Promise<Candidate[]> {
  const kept = await readKept(tx, campaignId, reviewerId);
  const itemIds = kept.map(({ itemId }) => itemId);
  const judged = await readDependences(tx, campaignId, itemIds, [personId]);
  const free = new Set(judged.flatMap(({ itemId, why, wasHolder }) => (why.length === 0 && !wasHolder ? [itemId] : [])));
  return kept.filter(({ itemId }) => free.has(itemId));
}

/** What waits for a second reviewer, with the facts that the first one had; what that one decided is not among them. */
export async function listMyLooks(scope: CampaignScope, campaignId: string): Promise<SecondLookTask[]> {
  const found = await reader.rows<{ row: unknown[]; lookId: string; answer: string | null }>(
    `SELECT ${ITEM_ARRAY} AS row, l.id AS "lookId", l.answer FROM (${LOOKS}) l JOIN items i ON i.campaign_id = l.campaign_id AND i.id = l.item_id ${ITEM_JOINS}
     WHERE l.reviewer_id = $2::uuid ORDER BY l.answer IS NOT NULL, i.order_key, i.id`,
    [campaignId, scope.reviewerId],
  );
  const rows = readCompact({ columns: ITEM_COLUMNS, rows: found.map(({ row }) => row) });
  return rows.map((row, at) => ({ ...row, lookId: found[at]?.lookId ?? "", lookAnswer: found[at]?.answer ?? null }));
}

/** The campaign of somebody's second looks; null where nothing was drawn for them. */
export async function readLookedAt(scope: CampaignScope, campaignId: string): Promise<LookedAt | null> {
  const [row] = await reader.rows<LookedAt>(
    `SELECT c.name, ${instantSql("c.staged_at")} AS "stagedAt", c.state IN ('ACTIVE', 'PAUSED', 'CLOSING') AS "isOpen" FROM campaigns c
     WHERE c.id = $1::uuid AND EXISTS (SELECT FROM second_looks l WHERE l.campaign_id = c.id AND l.reviewer_id = $2::uuid)`,
    [campaignId, scope.reviewerId],
  );
  return row ?? null;
}

/** Campaigns in which somebody's second look waits for the person. */
export const listLooksWaiting = (scope: CampaignScope): Promise<{ campaignId: string; name: string; looks: number }[]> =>
  reader.rows(
    `SELECT c.id AS "campaignId", c.name, count(*)::int AS looks FROM second_looks l JOIN campaigns c ON c.id = l.campaign_id
     WHERE l.reviewer_id = $1::uuid AND c.state IN ('ACTIVE', 'PAUSED', 'CLOSING') AND NOT EXISTS (SELECT FROM second_look_answers a WHERE a.look_id = l.id)
     GROUP BY c.id, c.name ORDER BY c.name, c.id`,
    [scope.reviewerId],
  );

/** All of a campaign's, those that disagree first. */
export const listLooks = (campaignId: string): Promise<SecondLookRow[]> =>
  reader.rows<SecondLookRow>(
    `SELECT l.id, l.item_id AS "itemId", coalesce(i.person_name, i.identity_name) || ': ' || i.entitlement_name AS label, f.name AS "firstReviewer",
       p.name AS reviewer, l.answer, l.agrees, l.rationale, ${instantSql("l.answered_at")} AS "answeredAt"
     FROM (${LOOKS}) l JOIN items i ON i.campaign_id = l.campaign_id AND i.id = l.item_id LEFT JOIN people f ON f.id = l.first_reviewer_id
     LEFT JOIN people p ON p.id = l.reviewer_id ORDER BY l.agrees NULLS LAST, i.order_key, i.id`,
    [campaignId],
  );
