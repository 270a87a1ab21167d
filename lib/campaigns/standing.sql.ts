import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { CampaignRecord } from "./campaign.sql.ts";
import { PEOPLE } from "./freeze.sql.ts";
import type { CloseFacts, LaunchFacts, SignOffFacts } from "./lifecycle.ts";

/** Items whose reviewer of record may not review them any more, as i: left, disabled, or the person behind the item's identity by now. */
export const STRANDED = `EXISTS (SELECT FROM (${PEOPLE}) p WHERE p.id = i.reviewer_id AND p.standing IS NOT NULL)
  OR i.person_id = i.reviewer_id OR EXISTS (SELECT FROM identities x WHERE x.id = i.identity_id AND x.person_id = i.reviewer_id)`;

type Counts = {
  items: number;
  withoutReviewer: number;
  ineligibleReviewer: number;
  reviewers: number;
  withoutSignIn: number;
  open: number;
  undecided: number;
};

/** The numbers that the guards of launch, closing and sign-off look at. */
export async function countStanding(tx: Tx, campaignId: string): Promise<Counts> {
  const [row] = await tx.rows<Counts>(
    `WITH reviewers AS MATERIALIZED (
       SELECT i.reviewer_id, count(*)::int AS items FROM items i WHERE i.campaign_id = $1::uuid AND i.state <> 'VOIDED' GROUP BY 1)
     SELECT (SELECT coalesce(sum(items), 0)::int FROM reviewers) AS items,
       (SELECT coalesce(sum(items), 0)::int FROM reviewers WHERE reviewer_id IS NULL) AS "withoutReviewer",
       (SELECT coalesce(sum(r.items), 0)::int FROM reviewers r JOIN (${PEOPLE}) p ON p.id = r.reviewer_id WHERE p.standing IS NOT NULL)
         + (SELECT count(*)::int FROM items i LEFT JOIN identities x ON x.id = i.identity_id
            WHERE i.campaign_id = $1::uuid AND i.state <> 'VOIDED' AND (i.person_id = i.reviewer_id OR x.person_id = i.reviewer_id)) AS "ineligibleReviewer",
       (SELECT count(*)::int FROM reviewers WHERE reviewer_id IS NOT NULL) AS reviewers,
       (SELECT count(*)::int FROM reviewers r WHERE r.reviewer_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM app_users u WHERE u.person_id = r.reviewer_id AND u.disabled_at IS NULL)) AS "withoutSignIn",
       (SELECT count(*)::int FROM items i WHERE i.campaign_id = $1::uuid AND i.state IN ('UNASSIGNED', 'ASSIGNED', 'DRAFTED')) AS open,
       (SELECT count(*)::int FROM items i WHERE i.campaign_id = $1::uuid AND i.state = 'DECIDED' AND i.outcome IS NULL) AS undecided`,
    [campaignId],
  );
  if (!row) throw new Error("Counting answered nothing.");
  return row;
}

export const launchFacts = (counts: Counts, dueAt: Date, now: Date): LaunchFacts => ({ ...counts, dueAt, now });
export const closeFacts = (
  counts: Counts,
  { dueAt, plan, round }: Pick<CampaignRecord, "dueAt" | "plan" | "round">,
  now: Date,
): CloseFacts => ({ open: counts.open, dueAt, now, roundsLeft: Math.max(0, plan.rounds.length - round) });
export const signOffFacts = (counts: Counts): SignOffFacts => ({ open: counts.open, undecided: counts.undecided });
