import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict } from "#lib/errors/domain-error.ts";
import { exceptionSubject, noteReopened } from "#lib/exceptions/exception.sql.ts";
import { LAPSED_STATES } from "#lib/exceptions/lifecycle.ts";
import { lockCampaign, lockDecisions } from "../campaign.sql.ts";
import { campaignsCovered, findSequel, giveBack, handedInUnder, readLapse } from "../covered.sql.ts";
import { handOn } from "../next-reviewer.sql.ts";
import { type ExceptionChangedInput, exceptionChangedInput } from "../schema.ts";
import { oneInventory } from "../staging.sql.ts";
import { startFollowUp } from "./follow-up.ts";

const DAY_MS = 86_400_000;
/** For the answer to what lost its cover. */
const FOLLOW_UP_DAYS = 7;
type Reopened = { items: number; followUpCampaignId: string | null };
const NOTHING: Reopened = { items: 0, followUpCampaignId: null };

/**
 * Cover that ended, or was never given, reopens what rested on it: a handed-in item whose request was refused goes to the next eligible, one
 * whose cover lapsed back to its reviewer, and one that was signed off into a micro-campaign. Told in the exception's history once per lapse,
 * which is what makes this idempotent.
 */
export async function reopenCovered(ctx: Ctx, input: ExceptionChangedInput): Promise<Reopened> {
  authorize(ctx.actor, "campaign.follow_up");
  const { exceptionId, eventId, to } = exceptionChangedInput.parse(input);
  if (!(LAPSED_STATES as readonly string[]).includes(to)) return NOTHING;
  return transactPg(ctx, async (tx, inner) => {
    await oneInventory(tx, inner);
    const lapse = await readLapse(tx, exceptionId, eventId);
    if (!lapse || lapse.isTold || lapse.isCovered) return NOTHING;
    const why = REASONS[to] ?? to;
    const wasRefused = to === "REJECTED" || to === "WITHDRAWN";
    let items = 0;
    for (const campaignId of await campaignsCovered(tx, lapse)) {
      const campaign = await lockCampaign(tx, campaignId);
      await lockDecisions(tx, campaignId, "alone");
      const held = await handedInUnder(tx, campaignId, lapse, wasRefused);
      const ids = held.map(({ id }) => id);
      const moved = wasRefused ? await handOn(tx, campaign, ids, { cause: "exception_refused", reason: why, actorId: null }) : [];
      // Where nobody else may review it, it is open again with the one who asked; unanswered, silence decides.
      const left = ids.filter((id) => !moved.some(({ itemId }) => itemId === id));
      await giveBack(tx, campaignId, left, why);
      const toOf = new Map(moved.map(({ itemId, toId }) => [itemId, toId]));
      for (const { id, label } of held)
        await recordAudit(tx, ctx, {
          type: "campaign_item.exception_ended",
          subject: { kind: "campaign_item", id, label },
          data: { campaignId, exceptionId, cause: to.toLowerCase(), toPersonId: toOf.get(id) ?? null },
        });
      items += held.length;
    }
    const followUpCampaignId = await followUp(inner, await findSequel(tx, lapse, wasRefused), to);
    if (!(await noteReopened(tx, exceptionId, { lapseId: eventId, items, followUpCampaignId })))
      throw conflict("Another worker reopened this at the same moment.");
    await recordAudit(tx, ctx, {
      type: "exception.reopened",
      subject: exceptionSubject({ id: exceptionId, label: lapse.label }),
      data: { lapseId: eventId, items, followUpCampaignId },
    });
    return { items, followUpCampaignId };
  });
}

const REASONS: Readonly<Record<string, string>> = {
  REJECTED: "The exception asked for was refused.",
  WITHDRAWN: "The request for an exception was taken back.",
  EXPIRED: "The exception that covered it has ended.",
  REVOKED: "The exception that covered it was revoked.",
  SUSPENDED: "The exception that covered it is suspended: its control failed, or was not tested in time.",
};

/** A micro-campaign over the grant, as the sequel of the item that was signed off under the exception. */
async function followUp(ctx: Ctx, sequel: Awaited<ReturnType<typeof findSequel>>, to: string): Promise<string | null> {
  if (!sequel) return null;
  const { parentId, sourceId, grantId, itemId } = sequel;
  const dueAt = new Date(ctx.now.getTime() + FOLLOW_UP_DAYS * DAY_MS).toISOString();
  const cause = `exception_${to.toLowerCase()}`;
  const { campaignId } = await startFollowUp(ctx, { parentId, sourceId, follows: [{ kind: "grant", id: grantId, itemId }], cause, dueAt });
  return campaignId;
}
