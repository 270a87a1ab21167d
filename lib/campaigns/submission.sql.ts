import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { readUnsettled } from "./conflict-sides.sql.ts";
import { planOf } from "./plan.ts";
import type { SubmissionPreview } from "./review-types.ts";

/** Named at most; the rest is counted. */
const NAMED = 10;

/** What handing in would do at this moment. Drafts of one's own access are not handed in and so are not counted. */
export async function previewSubmission(scope: CampaignScope, campaignId: string): Promise<SubmissionPreview> {
  const values = [campaignId, scope.reviewerId];
  const drafted = `i.campaign_id = $1::uuid AND i.reviewer_id = $2::uuid AND i.state = 'DRAFTED'`;
  const [answers, grave, [campaign], unsettled, onBehalfOf] = await Promise.all([
    reader.rows<SubmissionPreview["answers"][number]>(
      `SELECT i.answer, count(*)::int AS items FROM items i WHERE ${drafted} GROUP BY 1 ORDER BY 2 DESC, 1`,
      values,
    ),
    reader.rows<SubmissionPreview["startsNow"]["named"][number] & { total: number }>(
      `SELECT coalesce(i.person_name, i.identity_name) || ': ' || i.entitlement_name AS label, o.name AS approver, count(*) OVER ()::int AS total
       FROM items i LEFT JOIN resources r ON r.id = i.resource_id LEFT JOIN people o ON o.id = r.owner_id
       WHERE ${drafted} AND i.answer = 'revoke' AND i.risk_class IN ('high', 'critical') ORDER BY i.order_key, i.id LIMIT ${NAMED}`,
      values,
    ),
    reader.rows<{ open: number; plan: unknown; round: number }>(
      `SELECT c.plan, c.round, (SELECT count(*)::int FROM items i WHERE i.campaign_id = c.id AND i.reviewer_id = $2::uuid AND i.state = 'ASSIGNED') AS open
       FROM campaigns c WHERE c.id = $1::uuid`,
      values,
    ),
    scope.reviewerId === null ? [] : readUnsettled(reader, campaignId, scope.reviewerId),
    reader.rows<SubmissionPreview["onBehalfOf"][number]>(
      `SELECT p.name, count(*)::int AS items FROM items i JOIN people p ON p.id = i.on_behalf_of WHERE ${drafted} GROUP BY p.id, p.name ORDER BY 2 DESC, 1`,
      values,
    ),
  ]);
  return {
    answers,
    startsNow: { items: grave[0]?.total ?? 0, named: grave.map(({ label, approver }) => ({ label, approver })) },
    open: campaign?.open ?? 0,
    nextRound: campaign ? (planOf(campaign.plan).rounds[campaign.round]?.name ?? null) : null,
    unsettled,
    onBehalfOf,
  };
}
