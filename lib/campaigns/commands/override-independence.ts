import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { personIdOf, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { invalid, notFound, precondition } from "#lib/errors/domain-error.ts";
import { type CampaignRecord, lockCampaign, lockDecisions, requireState } from "../campaign.sql.ts";
import { isInOffice } from "../delegation.sql.ts";
import { readDependences } from "../independence.sql.ts";
import type { Dependence } from "../independence.ts";
import { type ConfirmRequestInput, confirmRequestInput, type OverrideIndependenceInput, overrideIndependenceInput } from "../schema.ts";
import { askSecondPerson, confirmSecondPerson } from "../second-person.sql.ts";

const ACTION = "campaign_item.override_independence";
const STATES = ["STAGED", "ACTIVE", "CLOSING"] as const;

/** The first of two people asks that somebody review an item who is not independent of it. Self-review is never asked for. */
export async function requestIndependenceOverride(ctx: Ctx, input: OverrideIndependenceInput): Promise<{ requestId: string }> {
  authorize(ctx.actor, "campaign.override");
  const { campaignId, itemId, personId, reason } = overrideIndependenceInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    const { label } = await requireOverridable(tx, campaign, itemId, personId);
    requireOther(ctx, personId);
    const subject = { kind: "campaign_item", id: itemId, label };
    const { requestId, event } = await askSecondPerson(tx, ctx, {
      action: ACTION,
      subject,
      input: { campaignId, itemId, personId },
      reason,
    });
    await recordAudit(tx, ctx, event);
    return { requestId };
  });
}

/** The second confirms: what was overridden stands in the evidence beside both of their names, and the person has the item. */
export async function confirmIndependenceOverride(ctx: Ctx, input: ConfirmRequestInput): Promise<void> {
  authorize(ctx.actor, "campaign.override");
  requireStepUp(ctx.actor);
  const { requestId } = confirmRequestInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const asked = await confirmSecondPerson(tx, ctx, ACTION, requestId);
    await recordAudit(tx, ctx, asked.event);
    const { campaignId, itemId, personId } = overrideIndependenceInput.omit({ reason: true }).parse(asked.input);
    const campaign = await lockCampaign(tx, campaignId);
    await lockDecisions(tx, campaignId, "alone");
    const { label, reasons } = await requireOverridable(tx, campaign, itemId, personId);
    requireOther(ctx, personId);
    await tx.rows(
      `WITH told AS (
         INSERT INTO independence_overrides (campaign_id, item_id, person_id, reasons, request_id, requested_by, confirmed_by, reason)
         VALUES ($1::uuid, $2::uuid, $3::uuid, $4::text[], $5::uuid, $6::uuid, $7::uuid, $8::text)),
       moved AS (
         UPDATE items i SET reviewer_id = $3::uuid, on_behalf_of = NULL, state = 'ASSIGNED', answer = NULL, terms = NULL, decision_id = NULL, version = i.version + 1
         FROM items old WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid AND old.campaign_id = i.campaign_id AND old.id = i.id
         RETURNING i.id, old.reviewer_id AS from_id)
       INSERT INTO assignments (campaign_id, item_id, from_id, to_id, cause, reason, actor_id)
       SELECT $1::uuid, id, from_id, $3::uuid, 'override', $8::text, $6::uuid FROM moved`,
      [campaignId, itemId, personId, reasons, requestId, asked.requestedBy, userIdOf(ctx.actor), asked.reason],
    );
    await recordAudit(tx, ctx, {
      type: "campaign_item.independence_overridden",
      subject: { kind: "campaign_item", id: itemId, label },
      data: { campaignId, personId, reasons, requestId },
      reason: asked.reason,
    });
  });
}

/** Whoever shall review it is neither of the two. */
function requireOther(ctx: Ctx, personId: string): void {
  if (personIdOf(ctx.actor) === personId)
    throw precondition("You would review this yourself: two others have to let you.", { refusals: ["reviewer"] });
}

async function requireOverridable(
  tx: Tx,
  campaign: CampaignRecord,
  itemId: string,
  personId: string,
): Promise<{ label: string; reasons: Dependence[] }> {
  requireState(campaign, STATES, "An override");
  const [item] = await tx.rows<{ label: string; state: string; reviewerId: string | null }>(
    `SELECT identity_name || ': ' || entitlement_name AS label, state::text AS state, reviewer_id AS "reviewerId" FROM items
     WHERE campaign_id = $1::uuid AND id = $2::uuid FOR UPDATE`,
    [campaign.id, itemId],
  );
  if (!item) throw notFound("Item", itemId);
  if (!["UNASSIGNED", "ASSIGNED", "DRAFTED"].includes(item.state))
    throw precondition(`This item is ${item.state}: nobody is named for it now.`, { state: item.state });
  if (!(await isInOffice(tx, personId)))
    throw invalid("This person cannot review: they have left, or may not sign in.", { personId: "Choose somebody else." });
  const [judged] = await readDependences(tx, campaign.id, [itemId], [personId]);
  const reasons = judged?.why ?? [];
  if (reasons.includes("self")) throw precondition("This is their own access: nobody can let them review it.", { refusals: ["self"] });
  if (judged?.wasHolder) throw precondition("They had this item before, and an item never goes back.", { refusals: ["held_before"] });
  if (reasons.length === 0) throw precondition("They are independent of it: reassign the item to them.", { refusals: ["independent"] });
  return { label: item.label, reasons };
}
