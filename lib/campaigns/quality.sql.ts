import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { ReviewerQuality } from "./campaign-types.ts";
import type { LookFacts } from "./quality.ts";
import { suspicionsOf } from "./quality.ts";

/** Seconds of a decision of several are shared by all of them. */
const SECONDS = "(d.seconds::numeric / d.batch_size)";
const OVERRIDE = `d.suggestion ->> 'answer' NOT IN ('none', d.answer) AND d.answer NOT IN ('abstain', 'exception_requested')`;

/** The answers that count: of the round under way, and of those that are over. */
const COUNTING = `SELECT id AS item_id, decision_id FROM items WHERE campaign_id = $1::uuid AND decision_id IS NOT NULL
  UNION SELECT item_id, decision_id FROM round_answers WHERE campaign_id = $1::uuid`;

/** How each reviewer decided, over the answers that count. */
export const readQuality = (tx: Tx, campaignId: string): Promise<ReviewerQuality[]> =>
  tx.rows<ReviewerQuality>(
    `SELECT d.reviewer_id AS "reviewerId", count(*)::int AS decided, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ${SECONDS})::numeric, 1)::float8 AS "medianSeconds",
       count(*) FILTER (WHERE d.evidence_viewed)::int AS viewed, count(*) FILTER (WHERE d.batch_size > 1)::int AS bulk,
       count(*) FILTER (WHERE d.suggestion ->> 'answer' <> 'none')::int AS suggested, count(*) FILTER (WHERE ${OVERRIDE})::int AS overridden,
       count(*) FILTER (WHERE i.privileged = 'yes')::int AS privileged, count(*) FILTER (WHERE ${PRIVILEGED_KEEP})::int AS "privilegedKept",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN ${PRIVILEGED_KEEP} THEN ${SECONDS} END)::float8 AS "privilegedKeepSeconds",
       count(*) FILTER (WHERE ${PRIVILEGED_KEEP} AND d.evidence_viewed)::int AS "privilegedKeepViewed"
     FROM (${COUNTING}) k JOIN decisions d ON d.id = k.decision_id JOIN items i ON i.campaign_id = $1::uuid AND i.id = k.item_id GROUP BY 1 ORDER BY 1`,
    [campaignId],
  );
const PRIVILEGED_KEEP = `i.privileged = 'yes' AND d.answer = 'keep'`;

/** Of a decision, the look that counts: an answered one, else the one drawn last. */
export const LOOKS = `SELECT DISTINCT ON (l.decision_id) l.*, a.answer, a.agrees, a.rationale, a.answered_at, a.user_id FROM second_looks l
  LEFT JOIN second_look_answers a ON a.look_id = l.id WHERE l.campaign_id = $1::uuid ORDER BY l.decision_id, a.look_id IS NULL, l.drawn_at DESC, l.id DESC`;

/** What the guards of the sign-off look at. A decision that was replaced since needs no second look any more. */
export async function readLookFacts(tx: Tx, campaignId: string): Promise<LookFacts> {
  const suspicious = (await readQuality(tx, campaignId))
    .filter((quality) => suspicionsOf(quality).length > 0)
    .map(({ reviewerId }) => reviewerId);
  const undrawn = await tx.rows<{ name: string }>(
    `SELECT coalesce(p.name, 'Somebody') AS name FROM unnest($2::uuid[]) AS s(id) LEFT JOIN people p ON p.id = s.id
     WHERE NOT EXISTS (SELECT FROM second_looks l WHERE l.campaign_id = $1::uuid AND l.first_reviewer_id = s.id) ORDER BY 1`,
    [campaignId, suspicious],
  );
  const [counts] = await tx.rows<Omit<LookFacts, "undrawn">>(
    `SELECT count(*)::int AS looks, count(*) FILTER (WHERE l.answer IS NULL)::int AS open, count(*) FILTER (WHERE NOT l.agrees)::int AS disagreeing
     FROM (${LOOKS}) l JOIN (${COUNTING}) k ON k.item_id = l.item_id AND k.decision_id = l.decision_id`,
    [campaignId],
  );
  return { undrawn: undrawn.map(({ name }) => name), ...(counts ?? { looks: 0, open: 0, disagreeing: 0 }) };
}
