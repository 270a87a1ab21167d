import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Found } from "#lib/inventory/search.sql.ts";
import { likeText, SEES_CAMPAIGN } from "./queries.ts";

const EACH = 5;

export type FoundCampaign = Found & { isMine: boolean };

/** Campaigns by a part of their name: all of them, or those that ask the scope's reviewer. */
export const searchCampaigns = (scope: CampaignScope, typed: string): Promise<FoundCampaign[]> =>
  reader.rows<FoundCampaign>(
    `SELECT c.id, c.name, lower(replace(c.state::text, '_', ' ')) AS detail, $1::uuid IS NOT NULL AS "isMine" FROM campaigns c
     WHERE ${SEES_CAMPAIGN} AND c.name ILIKE '%' || $2::text || '%'
     ORDER BY starts_with(lower(c.name), lower($3::text)) DESC, c.created_at DESC, c.id LIMIT ${EACH}`,
    [scope.reviewerId, likeText(typed), typed],
  );
