import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { DomainError, notFound, precondition } from "#lib/errors/domain-error.ts";
import { lockDecisions } from "../campaign.sql.ts";
import { keepCarried, readBundle } from "../carry.sql.ts";
import { type AttestCarriedInput, attestCarriedInput } from "../schema.ts";
import { noSelfReview, reviewingUser, SelfReview } from "./decide.ts";

/**
 * Keeps what was carried forward to the reviewer, as one bundle: drafts like any other answer, each with the size of the bundle, handed in with
 * the rest. `items` is how many the page showed: what joined or left the bundle since is not attested unseen.
 */
export async function attestCarried(ctx: Ctx, input: AttestCarriedInput): Promise<{ items: number; digest: string }> {
  authorize(ctx.actor, "item.decide");
  const { campaignId, items, seconds, evidenceViewed } = attestCarriedInput.parse(input);
  return noSelfReview(ctx, campaignId, campaignId, () =>
    transactPg(ctx, async (tx) => {
      const actor = reviewingUser(ctx.actor);
      const personId = actor.personId ?? "";
      await lockDecisions(tx, campaignId, "shared");
      const facts = await readBundle(tx, campaignId, personId);
      if (facts.campaignState === null) throw notFound("Campaign", campaignId);
      if (facts.campaignState !== "ACTIVE" && facts.campaignState !== "CLOSING")
        throw precondition(`The campaign is ${facts.campaignState}: it takes no answers now.`, { refusals: ["campaign_not_active"] });
      if (facts.own > 0) throw new SelfReview(campaignId);
      if (facts.open === 0) throw precondition("Nothing carried forward waits for you here.", { refusals: ["nothing_carried"] });
      const { written, digest } = await keepCarried(tx, {
        campaignId,
        personId,
        actor,
        now: ctx.now,
        seconds,
        evidenceViewed,
        size: items,
      });
      if (written !== items)
        throw new DomainError("CONFLICT", `The bundle holds ${written} items now, not ${items}. Nothing was kept; look at it again.`);
      await recordAudit(tx, ctx, {
        type: "campaign_items.carried",
        subject: { kind: "campaign", id: campaignId, label: campaignId },
        data: { campaignId, answer: "keep", items: written, digest },
      });
      return { items: written, digest };
    }),
  );
}
