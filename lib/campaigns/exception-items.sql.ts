import "server-only";
import { type Actor, personIdOf } from "#lib/authz/actor.ts";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { ExceptionSubject } from "#lib/exceptions/commands/request.ts";
import { BENEFICIARIES, RESOURCE_OWNER } from "#lib/exceptions/exception.sql.ts";
import { CAP_DAYS, chainOf } from "#lib/exceptions/rules.ts";
import type { ExceptionTerms } from "#lib/exceptions/schema.ts";
import { ITEM_EXCEPTION } from "./item-rows.sql.ts";
import type { ExceptionImpact } from "./review-types.ts";

/** Campaigns whose items may still be decided. */
export const UNDER_WAY = "('ACTIVE', 'PAUSED', 'CLOSING')";
const LABEL = "i.identity_name || ': ' || i.entitlement_name";

type Frozen = Omit<ExceptionSubject, "item"> & { campaignId: string; itemId: string };
const FROZEN = `i.source_id AS "sourceId", i.identity_id AS "identityId", i.entitlement_id AS "entitlementId", ${LABEL} AS label,
  i.risk_class AS "riskClass", i.campaign_id AS "campaignId", i.id AS "itemId"`;

const subjectOf = ({ campaignId, itemId, ...subject }: Frozen): ExceptionSubject => ({ ...subject, item: { campaignId, itemId } });

/** The access of each item, with the terms that its answer asks for. */
export async function readAskedFor(
  tx: Tx,
  campaignId: string,
  itemIds: readonly string[],
): Promise<{ subject: ExceptionSubject; terms: ExceptionTerms }[]> {
  if (itemIds.length === 0) return [];
  const rows = await tx.rows<Frozen & { terms: ExceptionTerms }>(
    `SELECT ${FROZEN}, d.exception_terms AS terms FROM items i JOIN decisions d ON d.id = i.decision_id
     WHERE i.campaign_id = $1::uuid AND i.id = ANY ($2::uuid[]) AND i.identity_id IS NOT NULL ORDER BY i.id`,
    [campaignId, itemIds],
  );
  return rows.map(({ terms, ...frozen }) => ({ subject: subjectOf(frozen), terms }));
}

/** As queries.ts sees an item; $3 is the reviewer, null for those who read all. */
const SEES = `($3::uuid IS NULL OR i.reviewer_id = $3::uuid
  OR EXISTS (SELECT FROM decisions s WHERE s.campaign_id = i.campaign_id AND s.item_id = i.id AND s.reviewer_id = $3::uuid))`;

/** The access of a launched item that the scope sees; null where there is none. */
export async function findExceptionSubject(
  tx: Tx,
  scope: CampaignScope,
  { campaignId, itemId }: { campaignId: string; itemId: string },
): Promise<ExceptionSubject | null> {
  const [row] = await tx.rows<Frozen>(
    `SELECT ${FROZEN} FROM items i JOIN campaigns c ON c.id = i.campaign_id
     WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid AND c.launched_at IS NOT NULL AND i.state <> 'VOIDED' AND i.identity_id IS NOT NULL AND i.entitlement_id IS NOT NULL
       AND ${SEES}`,
    [campaignId, itemId, scope.reviewerId],
  );
  return row ? subjectOf(row) : null;
}

type ImpactRow = Omit<ExceptionImpact, "capDays" | "items" | "hiddenItems" | "chain"> & {
  beneficiaryIds: string[];
  resourceOwnerId: string | null;
  found: (ExceptionImpact["items"][number] & { isSeen: boolean })[];
};

/** What an exception from this item would cover, what access stays, and who would be asked; null where the scope does not see it. */
export async function getExceptionImpact(
  scope: CampaignScope,
  actor: Actor,
  campaignId: string,
  itemId: string,
): Promise<ExceptionImpact | null> {
  const [row] = await reader.rows<ImpactRow>(
    `SELECT ${LABEL} AS label, i.meaning, i.risk_class AS "riskClass", i.reach_count AS "reachCount", i.also_held_by AS "alsoHeldBy",
       coalesce(jsonb_path_query_array(p.reaches, '$[*].name'), '[]') AS "reachNames", ${BENEFICIARIES} AS "beneficiaryIds",
       ${RESOURCE_OWNER} AS "resourceOwnerId", (SELECT o.name FROM people o WHERE o.id = ${RESOURCE_OWNER}) AS "resourceOwnerName",
       (SELECT ${ITEM_EXCEPTION} FROM exceptions x WHERE x.identity_id = i.identity_id AND x.entitlement_id = i.entitlement_id AND x.ended_at IS NULL) AS existing,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('campaignId', c.id, 'campaignName', c.name, 'itemId', n.id, 'state', n.state, 'isSeen',
           $3::uuid IS NULL OR n.reviewer_id = $3::uuid) ORDER BY c.due_at, c.id), '[]')
         FROM campaigns c JOIN items n ON n.campaign_id = c.id
         WHERE c.state IN ${UNDER_WAY} AND c.scope -> 'sourceIds' ? i.source_id::text AND n.grant_id = i.grant_id AND n.state <> 'VOIDED') AS found
     FROM items i JOIN campaigns c ON c.id = i.campaign_id
     CROSS JOIN LATERAL (SELECT i.identity_id, i.entitlement_id) x
     LEFT JOIN population_reaches p ON p.campaign_id = i.campaign_id AND p.entitlement_id = i.entitlement_id
     WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid AND c.launched_at IS NOT NULL AND ${SEES}`,
    [campaignId, itemId, scope.reviewerId],
  );
  if (!row) return null;
  const { beneficiaryIds, resourceOwnerId, found, ...shown } = row;
  const chain = chainOf({
    riskClass: row.riskClass,
    resourceOwnerId,
    beneficiaryIds,
    requesterIds: idsOf(personIdOf(actor)),
    approvals: [],
  });
  const items = found.filter(({ isSeen }) => isSeen).map(({ isSeen: _seen, ...item }) => item);
  return { ...shown, capDays: CAP_DAYS[row.riskClass], items, hiddenItems: found.length - items.length, chain };
}

const idsOf = (id: string | null): string[] => (id === null ? [] : [id]);
