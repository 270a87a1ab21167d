import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { PEOPLE } from "./freeze.sql.ts";
import { likeText } from "./queries.ts";
import { groupHolders } from "./reviewer-pools.sql.ts";

/** What a round may ask as a group: an entitlement, with how many people hold it and the first of them in the order of the ring. */
export type GroupChoice = {
  entitlementId: string;
  name: string;
  source: string;
  resource: string | null;
  members: number;
  names: string[];
};

const NAMES_SHOWN = 3;
const SHOWN = 20;

const chosen = (from: string) => `
  WITH office AS MATERIALIZED (SELECT p.id, p.name FROM (${PEOPLE}) p WHERE p.standing IS NULL),
  e AS MATERIALIZED (${from})
  SELECT e.id AS "entitlementId", e.name, e.source, e.resource, k.members, coalesce(k.names, '{}') AS names
  FROM e CROSS JOIN LATERAL (
    SELECT count(*)::int AS members, (array_agg(p.name ORDER BY p.id))[1:${NAMES_SHOWN}] AS names
    FROM (${groupHolders("e.id")}) h JOIN office p ON p.id = h.person_id) k`;

const GROUPS = `SELECT e.id, e.name, s.name AS source, r.name AS resource, coalesce(r.class = 'directory_group', false) AS is_group
  FROM entitlements e JOIN sources s ON s.id = e.source_id LEFT JOIN resources r ON r.id = e.resource_id`;

/** By a part of a name; groups of a directory first, then whatever else several people can hold. */
export const listReviewerGroups = (_scope: CampaignScope, q: string): Promise<GroupChoice[]> =>
  reader.rows<GroupChoice>(
    `${chosen(`${GROUPS} WHERE e.gone_at IS NULL AND s.state <> 'retired'
       AND (e.name ILIKE '%' || $1::text || '%' OR e.external_id ILIKE '%' || $1::text || '%' OR r.name ILIKE '%' || $1::text || '%')
       ORDER BY is_group DESC, e.name COLLATE "C", e.id LIMIT ${SHOWN}`)} ORDER BY k.members = 0, e.is_group DESC, e.name COLLATE "C", e.id`,
    [likeText(q)],
  );

/** Those that a plan names already, whether or not their source still has them. */
export const listGroupsById = (_scope: CampaignScope, ids: readonly string[]): Promise<GroupChoice[]> =>
  ids.length === 0 ? Promise.resolve([]) : reader.rows<GroupChoice>(chosen(`${GROUPS} WHERE e.id = ANY ($1::uuid[])`), [ids]);
