import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { CampaignState } from "./types.ts";

export type CampaignHead = { id: string; name: string; state: CampaignState; ownerUserId: string; items: number | null };

/** The little that pages below a campaign say of it: its own page counts every item, these need not. Only for those who read all. */
export async function readCampaignHead(scope: CampaignScope, campaignId: string): Promise<CampaignHead | null> {
  const [head] = await reader.rows<CampaignHead>(
    `SELECT c.id, c.name, c.state::text AS state, c.owner_user_id AS "ownerUserId", p.item_count::int AS items
       FROM campaigns c LEFT JOIN populations p ON p.campaign_id = c.id WHERE c.id = $1::uuid AND $2::uuid IS NULL`,
    [campaignId, scope.reviewerId],
  );
  return head ?? null;
}

/** Who holds items of a campaign, by name; personId null where somebody is missing. */
export async function listHolders(scope: CampaignScope, campaignId: string): Promise<{ personId: string | null; name: string | null }[]> {
  return reader.rows(
    `SELECT k.reviewer_id AS "personId", p.name FROM (SELECT DISTINCT reviewer_id FROM items WHERE campaign_id = $1::uuid AND $2::uuid IS NULL) k
       LEFT JOIN people p ON p.id = k.reviewer_id ORDER BY k.reviewer_id IS NULL DESC, p.name COLLATE "C", k.reviewer_id`,
    [campaignId, scope.reviewerId],
  );
}
