import "server-only";
import { reader } from "#lib/db/transact.ts";
import type { Comparison, PopulationAccount } from "./campaign-types.ts";

/** How a campaign stands beside the one before it, which its manifest names. Before the launch only the populations can be told apart. */
export async function readComparison(campaignId: string, previous: PopulationAccount["previous"]): Promise<Comparison | null> {
  if (!previous) return null;
  const values = [previous.campaignId, campaignId];
  const [outcomes, reviewers] = await Promise.all([
    reader.rows<Comparison["outcomes"][number]>(
      `SELECT ${ENDED} AS outcome, count(*) FILTER (WHERE i.campaign_id = $1::uuid)::int AS last, count(*) FILTER (WHERE i.campaign_id = $2::uuid)::int AS now
       FROM items i WHERE i.campaign_id IN ($1::uuid, $2::uuid) GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1`,
      values,
    ),
    reader.rows<Comparison["reviewers"][number]>(
      `SELECT i.reviewer_id AS "reviewerId", coalesce(p.name, 'Nobody') AS name,
         jsonb_build_object('items', count(*) FILTER (WHERE i.campaign_id = $1::uuid), 'revoked', count(*) FILTER (WHERE i.campaign_id = $1::uuid AND ${ENDED} = 'REVOKE')) AS last,
         jsonb_build_object('items', count(*) FILTER (WHERE i.campaign_id = $2::uuid), 'revoked', count(*) FILTER (WHERE i.campaign_id = $2::uuid AND ${ENDED} = 'REVOKE')) AS now
       FROM items i LEFT JOIN people p ON p.id = i.reviewer_id WHERE i.campaign_id IN ($1::uuid, $2::uuid) AND i.state <> 'VOIDED'
       GROUP BY 1, 2 HAVING count(*) FILTER (WHERE i.campaign_id = $2::uuid) > 0 ORDER BY count(*) FILTER (WHERE i.campaign_id = $2::uuid) DESC, 2, 1 LIMIT 100`,
      values,
    ),
  ]);
  return { campaignId: previous.campaignId, name: previous.name, population: previous.difference, outcomes, reviewers };
}

/** Before decisions close the answer stands for the outcome. */
const ENDED = `coalesce(i.outcome, CASE WHEN i.state = 'VOIDED' THEN 'VOIDED' ELSE upper(i.answer) END, 'OPEN')`;
