import "server-only";
import type { AuditEntry } from "#lib/audit/record.ts";
import type { Tx } from "#lib/db/tx.ts";
import { type CampaignRecord, campaignSubject } from "./campaign.sql.ts";
import { digestItems } from "./digest.sql.ts";
import { FREEZE_CHAIN, PEOPLE } from "./freeze.sql.ts";
import { ACCESS, ACCESS_COLUMNS } from "./independence.sql.ts";
import { groupMembers, POOL_COLUMNS, placeInRing, poolOf } from "./reviewer-pools.sql.ts";
import { reviewerSql } from "./reviewers.sql.ts";
import { isLastRound, roundOf } from "./rounds.ts";
import type { ReviewerRule } from "./types.ts";

export type HandedOn = { itemId: string; toId: string | null };
export type Handing = {
  /** next_round, abstained, reviewer_left, exception_refused, circle, escalate, security */
  cause: string;
  reason: string;
  actorId: string | null;
  /** The round that they go into; its own unless told. */
  round?: number;
  /** Asked instead of the round's chain. */
  links?: readonly ReviewerRule[];
  /** Nobody rather than whoever has it now, where nobody is eligible. */
  orNobody?: boolean;
};

/**
 * Gives items to the next eligible of their round's chain as it stands now, never back to an earlier holder, and opens them again. Items that
 * nobody is left for stay as they are, or without a reviewer.
 */
export async function handOn(
  tx: Tx,
  campaign: Pick<CampaignRecord, "id" | "plan" | "round">,
  itemIds: readonly string[],
  { cause, reason, actorId, round = campaign.round, links, orNobody = false }: Handing,
): Promise<HandedOn[]> {
  if (itemIds.length === 0) return [];
  const { chain, named, group } = roundOf(campaign.plan, round);
  const asked = links ?? chain;
  const next = reviewerSql({
    links: asked,
    ownerAnswers: !isLastRound(campaign.plan, round),
    access: ACCESS_COLUMNS,
    chain: FREEZE_CHAIN,
    pools: POOL_COLUMNS,
  });
  const pools = groupMembers(asked, {
    from: "pools",
    place: placeInRing("coalesce(a.subject_ids[1], i.identity_id)"),
    access: ACCESS_COLUMNS,
  });
  return tx.rows<HandedOn>(
    `WITH freeze_people AS MATERIALIZED (${PEOPLE}),
     pools AS MATERIALIZED (${poolOf("freeze_people", "$6", "$7")}),
     ${ACCESS},
     i AS MATERIALIZED (${HOLDERS}),
     e AS MATERIALIZED (${OWNERS}),
     next AS MATERIALIZED (
       SELECT i.item_id, i.reviewer_id AS from_id, ${next.personId("p.pick")} AS to_id
       FROM i JOIN e USING (item_id) JOIN access a USING (item_id) ${pools} CROSS JOIN LATERAL (SELECT ${next.pick} AS pick OFFSET 0) p),
     moved AS (
       UPDATE items t SET reviewer_id = n.to_id, state = CASE WHEN n.to_id IS NULL THEN 'UNASSIGNED' ELSE 'ASSIGNED' END::item_state,
         answer = NULL, terms = NULL, outcome = NULL, decision_id = NULL, on_behalf_of = NULL, round = $8::int, due_at = CASE WHEN t.round = $8::int THEN t.due_at END,
         version = t.version + 1
       FROM next n WHERE t.campaign_id = $1::uuid AND t.id = n.item_id AND (n.to_id IS NOT NULL OR $9::boolean)
       RETURNING t.id, n.from_id, n.to_id),
     told AS (
       INSERT INTO assignments (campaign_id, item_id, from_id, to_id, cause, reason, actor_id)
       SELECT $1::uuid, id, from_id, to_id, $3::text, $4::text, $5::uuid FROM moved)
     SELECT id AS "itemId", to_id AS "toId" FROM moved ORDER BY id`,
    [campaign.id, itemIds, cause, reason, actorId, named, group, round, orNobody],
  );
}

/** The people of FREEZE_CHAIN's links that stand with the identity, as they are now. */
const HOLDERS = `
  SELECT t.id AS item_id, t.reviewer_id, t.identity_id, t.resource_id,
    m.id AS manager_id, m.name AS manager_name, m.standing AS manager_standing,
    b.id AS second_id, b.name AS second_name, b.standing AS second_standing, b.manager_id AS second_manager_id,
    w.id AS owner_id, w.name AS owner_name, w.standing AS owner_standing,
    v.id AS above_id, v.name AS above_name, v.standing AS above_standing, v.manager_id AS above_manager_id,
    d.id AS fallback_id, d.name AS fallback_name, d.standing AS fallback_standing, d.manager_id AS fallback_manager_id,
    u.id AS up_id, u.name AS up_name, u.standing AS up_standing, u.manager_id AS up_manager_id
  FROM items t JOIN campaigns c ON c.id = t.campaign_id
  LEFT JOIN identities x ON x.id = t.identity_id
  LEFT JOIN freeze_people s ON s.id = coalesce(x.person_id, t.person_id)
  LEFT JOIN freeze_people m ON m.id = s.manager_id
  LEFT JOIN freeze_people b ON b.id = m.manager_id
  LEFT JOIN freeze_people w ON w.id = x.owner_id
  LEFT JOIN freeze_people v ON v.id = w.manager_id
  LEFT JOIN freeze_people d ON d.id = c.fallback_person_id
  LEFT JOIN freeze_people r ON r.id = t.reviewer_id
  LEFT JOIN freeze_people u ON u.id = r.manager_id
  WHERE t.campaign_id = $1::uuid AND t.id = ANY ($2::uuid[])`;

const OWNERS = `
  SELECT i.item_id, o.id AS owner_id, o.name AS owner_name, o.standing AS owner_standing,
    m.id AS above_id, m.name AS above_name, m.standing AS above_standing, m.manager_id AS above_manager_id
  FROM i LEFT JOIN resources r ON r.id = i.resource_id LEFT JOIN freeze_people o ON o.id = r.owner_id LEFT JOIN freeze_people m ON m.id = o.manager_id`;

/** Who has how many of them now, with the digest over each: one event a person, for the caller to record. */
export async function handedOnEvents(
  tx: Tx,
  campaign: Pick<CampaignRecord, "id" | "name">,
  moved: readonly HandedOn[],
  cause: string,
): Promise<AuditEntry<"campaign_items.reassigned">[]> {
  const events: AuditEntry<"campaign_items.reassigned">[] = [];
  for (const [toPersonId, items] of Map.groupBy(moved, ({ toId }) => toId)) {
    if (toPersonId === null) continue;
    const ids = items.map(({ itemId }) => itemId);
    const { digest } = await digestItems(tx, campaign.id, "submission", { where: "i.id = ANY ($3::uuid[])", values: [ids] });
    const data = { campaignId: campaign.id, items: ids.length, digest, cause, toPersonId };
    events.push({ type: "campaign_items.reassigned", subject: campaignSubject(campaign), data });
  }
  return events;
}
