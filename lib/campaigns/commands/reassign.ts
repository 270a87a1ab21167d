import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { type Actor, personIdOf, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize, can } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict, invalid, notFound, precondition } from "#lib/errors/domain-error.ts";
import { campaignSubject, lockDecisions, lockHops } from "../campaign.sql.ts";
import { digestItems } from "../digest.sql.ts";
import { readDependences } from "../independence.sql.ts";
import { type HopRefusal, hopRefusals, MAX_HOPS } from "../rules.ts";
import { type ReassignItemsInput, reassignItemsInput } from "../schema.ts";
import type { CampaignState, ItemState } from "../types.ts";

type Held = {
  id: string;
  state: ItemState;
  version: number;
  reviewerId: string | null;
  hops: number;
  heldBy: string[];
};

const REFUSED: Readonly<Record<HopRefusal, string>> = {
  self: "some of this is their own access",
  own_manager: "some of this is their own manager's access",
  granted_it: "they granted or provisioned some of it",
  owns_identity: "they answer for one of these identities",
  can_use_identity: "they can act as one of these identities",
  mutual_pair: "they would review each other",
  loop: "the reviews would close a loop",
  same_reviewer: "they have it already",
  held_before: "they had it before, and an item never goes back",
  too_many_hops: `it was passed on ${MAX_HOPS} times already: ask the campaign's owner`,
};

/**
 * Hands open items to somebody else: a reviewer their own, whoever runs campaigns any. Due dates stay, and a draft answer is dropped, since
 * the next reviewer answers for themselves.
 */
export async function reassignItems(ctx: Ctx, input: ReassignItemsInput): Promise<{ items: number }> {
  authorize(ctx.actor, "item.reassign");
  const { campaignId, itemIds, toPersonId, reason } = reassignItemsInput.parse(input);
  const ids = [...new Set(itemIds)];
  return transactPg(ctx, async (tx) => {
    await lockDecisions(tx, campaignId, "shared");
    await lockHops(tx, campaignId);
    const [campaign] = await tx.rows<{ id: string; name: string; state: CampaignState }>(
      `SELECT id, name, state::text AS state FROM campaigns WHERE id = $1::uuid`,
      [campaignId],
    );
    if (!campaign) throw notFound("Campaign", campaignId);
    if (!["STAGED", "ACTIVE", "PAUSED", "CLOSING"].includes(campaign.state))
      throw precondition(`The campaign is ${campaign.state}: its items stay where they are.`);
    const person = await tx.rows(
      `SELECT id FROM people p WHERE id = $1::uuid AND status <> 'left' AND gone_at IS NULL
         AND NOT coalesce((SELECT bool_and(u.disabled_at IS NOT NULL) FROM app_users u WHERE u.person_id = p.id), false)`,
      [toPersonId],
    );
    if (person.length === 0)
      throw invalid("This person cannot review: they have left, or may not sign in.", { toPersonId: "Choose somebody else." });
    const isSelfService = !can(ctx.actor, "campaign.manage");
    // Locked first, in an order that everybody keeps; what is read after that is what it is now, earlier holders included.
    await tx.rows(`SELECT id FROM items WHERE campaign_id = $1::uuid AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE`, [campaignId, ids]);
    const held = await tx.rows<Held>(
      `SELECT i.id, i.state::text AS state, i.version, i.reviewer_id AS "reviewerId",
         (SELECT count(*)::int FROM assignments h WHERE h.campaign_id = i.campaign_id AND h.item_id = i.id AND h.hop > 0) AS hops,
         array_remove(ARRAY(SELECT h.from_id FROM assignments h WHERE h.campaign_id = i.campaign_id AND h.item_id = i.id) || i.first_reviewer_id, NULL) AS "heldBy"
       FROM items i WHERE i.campaign_id = $1::uuid AND i.id = ANY ($2::uuid[]) ORDER BY i.id`,
      [campaignId, ids],
    );
    requireMovable(held, ids.length, isSelfService, ctx.actor);
    const dependences = new Map((await readDependences(tx, campaignId, ids, [toPersonId])).map(({ itemId, why }) => [itemId, why]));
    const refusals = new Set(
      held.flatMap((item) => hopRefusals({ ...item, dependences: dependences.get(item.id) ?? [], isSelfService }, toPersonId)),
    );
    if (refusals.size > 0)
      throw precondition(`Cannot hand over: ${[...refusals].map((refusal) => REFUSED[refusal]).join("; ")}.`, { refusals: [...refusals] });
    const moved = await tx.rows(
      `WITH moved AS (
         UPDATE items i SET reviewer_id = $3::uuid, on_behalf_of = NULL, state = 'ASSIGNED', answer = NULL, terms = NULL, decision_id = NULL,
           version = i.version + 1
         FROM unnest($2::uuid[], $6::uuid[], $7::int[]) AS w(id, from_id, hop) WHERE i.campaign_id = $1::uuid AND i.id = w.id
         RETURNING i.id, w.from_id, w.hop)
       INSERT INTO assignments (campaign_id, item_id, from_id, to_id, cause, reason, actor_id, hop)
       SELECT $1::uuid, id, from_id, $3::uuid, 'reassign', $4::text, $5::uuid, hop FROM moved RETURNING id`,
      [
        campaignId,
        held.map(({ id }) => id),
        toPersonId,
        reason,
        userIdOf(ctx.actor),
        held.map(({ reviewerId }) => reviewerId),
        held.map(({ hops }) => (isSelfService ? hops + 1 : 0)),
      ],
    );
    if (moved.length !== ids.length) throw conflict("Some of these items changed at the same moment. Load them again.");
    const { digest } = await digestItems(tx, campaignId, "submission", { where: "i.id = ANY ($3::uuid[])", values: [ids] });
    await recordAudit(tx, ctx, {
      type: "campaign_items.reassigned",
      subject: campaignSubject(campaign),
      data: { campaignId, items: ids.length, digest, cause: "reassign", toPersonId },
      reason,
    });
    return { items: ids.length };
  });
}

function requireMovable(held: readonly Held[], asked: number, isSelfService: boolean, actor: Actor): void {
  const personId = personIdOf(actor);
  const isTheirs = ({ reviewerId }: Held) => !isSelfService || (personId !== null && reviewerId === personId);
  if (held.length < asked || !held.every(isTheirs)) throw notFound("One of the items", "of this campaign");
  const closed = held.filter(({ state }) => state !== "UNASSIGNED" && state !== "ASSIGNED" && state !== "DRAFTED").length;
  if (closed > 0) throw precondition(`${closed} of these items were handed in or are gone: they stay where they are.`);
}
