import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { DomainError, invalid, notFound, precondition } from "#lib/errors/domain-error.ts";
import { allowedAnswers } from "../answers.ts";
import { lockDecisions } from "../campaign.sql.ts";
import { type BulkFacts, readItemsToDecide, writeAnswers } from "../decision.sql.ts";
import type { BulkResult } from "../review-types.ts";
import { needsRationale } from "../rules.ts";
import { type DecideItemsInput, decideItemsInput } from "../schema.ts";
import { type SuggestedAnswer, suggestionFor } from "../suggestion.ts";
import type { Answer } from "../types.ts";
import { NEEDS_REASON, noSelfReview, reviewingUser, SelfReview } from "./decide.ts";

/**
 * One answer to many items that are alike, all or none. One audit event holds count and digest of the decision rows.
 */
export async function decideItems(ctx: Ctx, input: DecideItemsInput): Promise<BulkResult> {
  authorize(ctx.actor, "item.decide");
  const given = decideItemsInput.parse(input);
  const { campaignId, items } = given;
  if (new Set(items.map(({ itemId }) => itemId)).size !== items.length)
    throw invalid("An item is named twice.", { items: "Each item once." });
  return noSelfReview(ctx, campaignId, items[0]?.itemId ?? campaignId, () =>
    transactPg(ctx, async (tx) => {
      const actor = reviewingUser(ctx.actor);
      const personId = actor.personId ?? "";
      await lockDecisions(tx, campaignId, "shared");
      const rationale = given.rationale?.trim() || null;
      const facts = await readItemsToDecide(tx, campaignId, items, personId, ctx.now);
      const suggestion = facts.judged && suggestionFor(facts.judged);
      refuse(facts, items.length, campaignId, { answer: given.answer, rationale, suggested: suggestion?.answer ?? "none" });
      const answering = { ...given, rationale, personId, actor, now: ctx.now, isLate: facts.isLate > 0, suggestion };
      const { written, digest } = await writeAnswers(tx, items, answering);
      if (written !== items.length)
        throw new DomainError(
          "CONFLICT",
          `${items.length - written} of these items changed at the same moment. Nothing was decided; load them again.`,
        );
      await recordAudit(tx, ctx, {
        type: "campaign_items.decided",
        subject: { kind: "campaign", id: campaignId, label: campaignId },
        data: { campaignId, answer: given.answer, items: written, digest },
        reason: rationale,
      });
      return { items: written, digest, versions: items.map(({ itemId, version }) => ({ itemId, version: version + 1 })) };
    }),
  );
}

type Given = { answer: Answer; rationale: string | null; suggested: SuggestedAnswer };

function refuse(facts: BulkFacts, asked: number, campaignId: string, { answer, rationale, suggested }: Given): void {
  if (facts.own > 0) throw new SelfReview(campaignId);
  if (facts.found < asked || facts.notMine > 0) throw notFound("One of the items", `of campaign ${campaignId}`);
  if (facts.campaignState !== "ACTIVE" && facts.campaignState !== "CLOSING")
    throw precondition(`The campaign is ${facts.campaignState}: it takes no answers now.`, { refusals: ["campaign_not_active"] });
  if (facts.closed > 0)
    throw precondition(`${facts.closed} of these items were handed in or are gone: only the campaign's owner can reopen one.`, {
      refusals: ["item_closed"],
    });
  if (facts.stale > 0)
    throw new DomainError("CONFLICT", `${facts.stale} of these items were answered elsewhere meanwhile. Load them again.`, {
      details: { refusals: ["stale"] },
    });
  if (facts.kinds > 1)
    throw precondition(
      `These items are of ${facts.kinds} kinds. Together go only items of the same entitlement, privilege, risk, conflicts, last use, peers and last decision.`,
      { refusals: ["not_alike"], kinds: facts.kinds },
    );
  if (facts.subjects.some((subject) => !allowedAnswers(subject).includes(answer)))
    throw precondition("This decision does not fit what is under review.", { refusals: ["does_not_fit"] });
  if (needsRationale(answer, facts.privileged > 0 ? "yes" : "no", suggested) && rationale === null)
    throw invalid(NEEDS_REASON, { rationale: "Say why." });
}
