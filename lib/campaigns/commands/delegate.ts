import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid, notFound, precondition } from "#lib/errors/domain-error.ts";
import { lockCampaign, lockDecisions } from "../campaign.sql.ts";
import { delegateItems, findStandIns, insertDelegation, isInOffice, lockDelegations } from "../delegation.sql.ts";
import { type DelegationRefusal, delegationRefusals, MAX_DELEGATION_DAYS } from "../delegation.ts";
import { handedOnEvents } from "../next-reviewer.sql.ts";
import {
  type CampaignInput,
  campaignInput,
  type RevokeDelegationInput,
  revokeDelegationInput,
  type SetDelegationInput,
  setDelegationInput,
} from "../schema.ts";
import { reviewingUser } from "./decide.ts";

const REFUSED: Readonly<Record<DelegationRefusal, [field: string, text: string]>> = {
  same_person: ["toPersonId", "Somebody else has to stand in for you."],
  ends_before_it_starts: ["endsAt", "It has to end after it starts."],
  is_over: ["endsAt", "This is over already."],
  too_long: ["endsAt", `At most ${MAX_DELEGATION_DAYS} days: somebody away for longer is no reviewer.`],
  overlaps: ["startsAt", "Somebody stands in for you in that time already: take that back first."],
};

/** Out of office: a person's own setting. From its start the items that they have, and those that come, go to whoever stands in. */
export async function setDelegation(ctx: Ctx, input: SetDelegationInput): Promise<{ delegationId: string }> {
  authorize(ctx.actor, "item.decide");
  const { toPersonId, reason, ...dates } = setDelegationInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const { personId, userId } = reviewingUser(ctx.actor);
    if (personId === null) throw precondition("Your user is not linked to a person.");
    const asked = { personId, toPersonId, startsAt: new Date(dates.startsAt), endsAt: new Date(dates.endsAt), revokedAt: null };
    const [refusal] = delegationRefusals(asked, await lockDelegations(tx, personId), ctx.now);
    if (refusal) throw invalid(REFUSED[refusal][1], { [REFUSED[refusal][0]]: REFUSED[refusal][1] });
    if (!(await isInOffice(tx, toPersonId)))
      throw invalid("This person cannot review: they have left, or may not sign in.", { toPersonId: "Choose somebody else." });
    const { id, label } = await insertDelegation(tx, { ...asked, reason, userId, now: ctx.now });
    const data = { personId, toPersonId, startsAt: asked.startsAt.toISOString(), endsAt: asked.endsAt.toISOString() };
    await recordAudit(tx, ctx, { type: "delegation.set", subject: { kind: "delegation", id, label }, data, reason });
    return { delegationId: id };
  });
}

/** Back early. What was handed over stays there: an item never goes back. */
export async function revokeDelegation(ctx: Ctx, input: RevokeDelegationInput): Promise<void> {
  authorize(ctx.actor, "item.decide");
  const { delegationId } = revokeDelegationInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const { personId } = reviewingUser(ctx.actor);
    const [row] = await tx.rows<{ toPersonId: string; label: string }>(
      `UPDATE delegations d SET revoked_at = $3::timestamptz FROM people p
       WHERE d.id = $1::uuid AND d.person_id = $2::uuid AND d.revoked_at IS NULL AND d.ends_at > $3::timestamptz AND p.id = d.to_person_id
       RETURNING d.to_person_id AS "toPersonId", p.name AS label`,
      [delegationId, personId, ctx.now],
    );
    if (!row || personId === null) throw notFound("Delegation", delegationId);
    const data = { personId, toPersonId: row.toPersonId };
    await recordAudit(tx, ctx, { type: "delegation.revoked", subject: { kind: "delegation", id: delegationId, label: row.label }, data });
  });
}

/** What the absent have open goes to who stands in for them, as far as those may review it; the rest waits and is escalated like any other. */
export async function followDelegations(ctx: Ctx, input: CampaignInput): Promise<{ items: number }> {
  authorize(ctx.actor, "item.reassign");
  const { campaignId } = campaignInput.parse(input);
  return transactPg(ctx, async (tx) => {
    if ((await findStandIns(tx, campaignId, ctx.now)).length === 0) return { items: 0 };
    const campaign = await lockCampaign(tx, campaignId);
    if (campaign.state !== "ACTIVE") return { items: 0 };
    await lockDecisions(tx, campaignId, "alone");
    let items = 0;
    for (const standIn of await findStandIns(tx, campaignId, ctx.now)) {
      const moved = await delegateItems(tx, campaignId, standIn);
      for (const event of await handedOnEvents(tx, campaign, moved, "delegated")) await recordAudit(tx, ctx, event);
      items += moved.length;
    }
    return { items };
  });
}
