import "server-only";
import { type AuditEntry, recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid, notFound, precondition } from "#lib/errors/domain-error.ts";
import { type CampaignRecord, campaignSubject, lockCampaign, requireState } from "../campaign.sql.ts";
import { WAS_SIGNED_OFF } from "../lifecycle.ts";
import {
  type ChildCampaignInput,
  type ConfirmRequestInput,
  type CorrectItemInput,
  childCampaignInput,
  confirmRequestInput,
  correctItemInput,
  type FollowUpInput,
  followUpInput,
} from "../schema.ts";
import { askSecondPerson, confirmSecondPerson } from "../second-person.sql.ts";
import { type FollowUp, startSequel } from "../sequel.sql.ts";
import { oneInventory } from "../staging.sql.ts";
import { findUnsettled, liveOf } from "../unsettled.sql.ts";

export type { FollowUp } from "../sequel.sql.ts";

/** A micro-campaign over what is named of one source: it grew back, or its removal failed. */
export async function startFollowUp(ctx: Ctx, input: FollowUpInput): Promise<FollowUp> {
  authorize(ctx.actor, "campaign.follow_up");
  const { parentId, sourceId, follows, cause, dueAt } = followUpInput.parse(input);
  return transactPg(ctx, async (tx, inner) => {
    await oneInventory(tx, ctx);
    const parent = await lockCampaign(tx, parentId);
    const named = follows.map((each) => ({ ...each, sourceId }));
    const made = await startSequel(tx, inner, { parent, name: `Follow-up of ${parent.name}`, follows: named, cause, dueAt });
    await recordAudit(tx, ctx, sequelEvent(parent, made, cause));
    return made;
  });
}

/** Asks once more what a campaign that is over left undecided, or what could not be made true. What was decided and done is not asked again. */
export async function startChildCampaign(ctx: Ctx, input: ChildCampaignInput): Promise<FollowUp> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, dueAt } = childCampaignInput.parse(input);
  if (new Date(dueAt) <= ctx.now) throw invalid("The due date must be in the future.", { dueAt: "Choose a later date." });
  return transactPg(ctx, async (tx, inner) => {
    await oneInventory(tx, ctx);
    const parent = await lockCampaign(tx, campaignId);
    requireState(parent, ["CLOSED", "ARCHIVED"], "A child campaign");
    const follows = await findUnsettled(tx, campaignId);
    if (follows.length === 0)
      throw precondition("Nothing is left to ask: every item was decided, its removal is proven, or the access is gone.", {
        refusals: ["nothing_left"],
      });
    const made = await startSequel(tx, inner, { parent, name: `Rest of ${parent.name}`, follows, cause: "undecided", dueAt });
    await recordAudit(tx, ctx, sequelEvent(parent, made, "undecided"));
    return made;
  });
}

const sequelEvent = (parent: CampaignRecord, made: FollowUp, cause: string): AuditEntry<"campaign.sequel_started"> => ({
  type: "campaign.sequel_started",
  subject: campaignSubject(parent),
  data: { sequelId: made.campaignId, items: made.items.length, cause },
});

const CORRECT = "campaign_item.correct";
const DAY_MS = 86_400_000;
const CORRECTION_DAYS = 7;

/** The first of two people asks that a final decision be taken anew: the item itself never changes. */
export async function requestCorrection(ctx: Ctx, input: CorrectItemInput): Promise<{ requestId: string }> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, itemId, reason } = correctItemInput.parse(input);
  return transactPg(ctx, async (tx) => {
    requireState(await lockCampaign(tx, campaignId), WAS_SIGNED_OFF, "A correction");
    const live = await liveOf(tx, campaignId, itemId);
    if (!live) throw notFound("Final item whose subject is still there", itemId);
    const subject = { kind: "campaign_item", id: itemId, label: live.label };
    const { requestId, event } = await askSecondPerson(tx, ctx, { action: CORRECT, subject, input: { campaignId, itemId }, reason });
    await recordAudit(tx, ctx, event);
    return { requestId };
  });
}

/** The second confirms: a new item, linked to the old one, in a campaign of its own. */
export async function confirmCorrection(ctx: Ctx, input: ConfirmRequestInput): Promise<FollowUp> {
  authorize(ctx.actor, "campaign.override");
  requireStepUp(ctx.actor);
  const { requestId } = confirmRequestInput.parse(input);
  return transactPg(ctx, async (tx, inner) => {
    await oneInventory(tx, ctx);
    const asked = await confirmSecondPerson(tx, ctx, CORRECT, requestId);
    await recordAudit(tx, ctx, asked.event);
    const { campaignId, itemId } = correctItemInput.omit({ reason: true }).parse(asked.input);
    const parent = await lockCampaign(tx, campaignId);
    requireState(parent, WAS_SIGNED_OFF, "A correction");
    const live = await liveOf(tx, campaignId, itemId);
    if (!live) throw precondition("It is gone from the source meanwhile: there is nothing to decide anew.", { refusals: ["gone"] });
    const dueAt = new Date(ctx.now.getTime() + CORRECTION_DAYS * DAY_MS).toISOString();
    const made = await startSequel(tx, inner, { parent, name: `Correction of ${parent.name}`, follows: [live], cause: "corrected", dueAt });
    await recordAudit(tx, ctx, {
      type: "campaign_item.correction_confirmed",
      subject: { kind: "campaign_item", id: itemId, label: live.label },
      data: { campaignId, requestId, followUpCampaignId: made.campaignId },
      reason: asked.reason,
    });
    return made;
  });
}
