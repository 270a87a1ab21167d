import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { BurnDown } from "./series.ts";

const BUCKETS = 48;
const MIN_BUCKET_SECONDS = 60;

type HeadRow = { from_at: Date; until_at: Date; due_at: Date; zone: string; items: string; bucket_seconds: string };
type StepRow = { at: Date; answered: string; handed_in: string };

/** Items by the moment of their first answer and of their handing in, in at most some fifty steps. null: no such campaign, or not launched. */
export async function burnDown(scope: CampaignScope, campaignId: string): Promise<BurnDown | null> {
  if (scope.reviewerId !== null) return null;
  const [head] = await reader.rows<HeadRow>(
    `SELECT c.launched_at AS from_at, e.until_at, c.due_at, c.zone, p.item_count AS items,
            greatest(ceil(extract(epoch FROM e.until_at - c.launched_at) / $2::int), $3::int)::bigint AS bucket_seconds
       FROM campaigns c JOIN populations p ON p.campaign_id = c.id,
            LATERAL (SELECT greatest(least(coalesce(c.closing_at, c.ended_at, clock_timestamp()), clock_timestamp()), c.launched_at) AS until_at) e
      WHERE c.id = $1::uuid AND c.launched_at IS NOT NULL`,
    [campaignId, BUCKETS, MIN_BUCKET_SECONDS],
  );
  if (!head) return null;
  const steps = await reader.rows<StepRow>(
    `SELECT at, sum(answered)::bigint AS answered, sum(handed_in)::bigint AS handed_in
       FROM (SELECT date_bin(make_interval(secs => $3::bigint), first_at, $2::timestamptz) + make_interval(secs => $3::bigint) AS at,
                    1 AS answered, 0 AS handed_in
               FROM (SELECT min(decided_at) AS first_at FROM decisions
                      WHERE campaign_id = $1::uuid AND answer <> 'withdrawn' GROUP BY item_id) first
             UNION ALL
             SELECT date_bin(make_interval(secs => $3::bigint), submitted_at, $2::timestamptz) + make_interval(secs => $3::bigint),
                    0, item_count
               FROM submissions WHERE campaign_id = $1::uuid) step
      GROUP BY at ORDER BY at`,
    [campaignId, head.from_at, head.bucket_seconds],
  );
  return {
    from: head.from_at.toISOString(),
    until: head.until_at.toISOString(),
    dueAt: head.due_at.toISOString(),
    zone: head.zone,
    items: Number(head.items),
    steps: steps.map((step) => ({ at: step.at.toISOString(), answered: Number(step.answered), handedIn: Number(step.handed_in) })),
  };
}
