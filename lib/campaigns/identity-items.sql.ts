import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { instantSql } from "./item-rows.sql.ts";
import { SEES_ITEM } from "./queries.ts";

/** How often one thing was reviewed and how it ended: an item, as the page of its identity names it. */
export type IdentityItem = {
  campaignId: string;
  campaign: string;
  campaignState: string;
  itemId: string;
  access: string;
  state: string;
  answer: string | null;
  reviewer: string | null;
  dueAt: string;
  decidedAt: string | null;
};

const LATEST = 20;

/** Items about an identity, the latest campaign first; what a reviewer may not see is not there. */
export const listIdentityItems = (scope: CampaignScope, identityId: string): Promise<IdentityItem[]> =>
  reader.rows<IdentityItem>(
    `SELECT c.id AS "campaignId", c.name AS campaign, c.state::text AS "campaignState", i.id AS "itemId", i.entitlement_name AS access, i.state, i.answer,
       p.name AS reviewer, ${instantSql("coalesce(i.due_at, c.due_at)")} AS "dueAt", ${instantSql("d.decided_at")} AS "decidedAt"
     FROM items i JOIN campaigns c ON c.id = i.campaign_id LEFT JOIN people p ON p.id = i.reviewer_id LEFT JOIN decisions d ON d.id = i.decision_id
     WHERE i.identity_id = $2::uuid AND c.launched_at IS NOT NULL AND ${SEES_ITEM}
     ORDER BY c.launched_at DESC, i.order_key, i.id LIMIT ${LATEST}`,
    [scope.reviewerId, identityId],
  );
