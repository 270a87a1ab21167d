import "server-only";
import type { z } from "zod";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { recordAudit } from "#lib/audit/record.ts";
import { type Actor, personIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactAside, transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, DomainError, forbidden, invalid, notFound, precondition } from "#lib/errors/domain-error.ts";
import { requireExceptionTerms } from "#lib/exceptions/refusals.sql.ts";
import type { ExceptionTerms } from "#lib/exceptions/schema.ts";
import type { AnswerTerms } from "../answer-terms.ts";
import { allowedAnswers, isTermed, type TermedAnswer } from "../answers.ts";
import { type ItemToDecide, readItemToDecide, writeAnswer } from "../decision.sql.ts";
import type { DecideResult } from "../review-types.ts";
import { type DecisionRefusal, decisionRefusals, isLate } from "../rules.ts";
import { type DecideItemInput, decideItemInput, type WithdrawAnswerInput, withdrawAnswerInput } from "../schema.ts";
import { readTermFacts } from "../terms.sql.ts";
import { resolveTerms, termsMismatch } from "../terms.ts";
import type { Answer } from "../types.ts";

const EVENT = {
  keep: "campaign_item.kept",
  revoke: "campaign_item.revoked",
  abstain: "campaign_item.abstained",
  exception_requested: "campaign_item.exception_requested",
} as const;
const TERMED_EVENT = {
  reduce: "campaign_item.reduced",
  time_limit: "campaign_item.time_limited",
  rotate: "campaign_item.rotation_asked",
  shorten: "campaign_item.shortening_asked",
  federate: "campaign_item.federation_asked",
  narrow: "campaign_item.narrowing_asked",
  split: "campaign_item.split_asked",
  re_own: "campaign_item.new_owner_asked",
  retire: "campaign_item.retirement_asked",
} as const satisfies Record<TermedAnswer, string>;

/** One answer to one item: compare-and-set, decision row and audit event in one transaction. A second answer before submit follows the first. */
export async function decideItem(ctx: Ctx, input: DecideItemInput): Promise<DecideResult> {
  authorize(ctx.actor, "item.decide");
  const given = decideItemInput.parse(input);
  const { campaignId, itemId } = given;
  return noSelfReview(ctx, campaignId, itemId, () =>
    transactPg(ctx, async (tx) => {
      const actor = reviewingUser(ctx.actor);
      const item = await readItemToDecide(tx, campaignId, itemId, personIdOf(actor));
      const asked = exceptionOf(given);
      const rationale = asked?.rationale ?? (given.rationale?.trim() || null);
      const allowed = requireAllowed(item, itemId, actor, { version: given.version, answer: given.answer, rationale });
      if (asked) requireExceptionTerms(asked, allowed.riskClass, ctx.now);
      const terms = await termsOf(tx, ctx, given);
      const late = isLate(allowed.dueAt, ctx.now);
      const { personId, suggestion } = allowed;
      const more = { exceptionTerms: asked, terms, personId, actor, now: ctx.now, isLate: late, suggestion };
      const next = { decisionId: allowed.decisionId, version: given.version + 1 };
      const recorded = recordAudit(tx, ctx, {
        ...eventOf(given.answer, terms, { campaignId, ...next, isLate: late }),
        subject: { kind: "campaign_item", id: itemId, label: allowed.label },
        reason: rationale,
      });
      const answering = { ...given, rationale, ...more };
      await answered(writeAnswer(tx, { itemId, version: given.version, decisionId: next.decisionId }, answering), recorded);
      return { ...next, isLate: late };
    }),
  );
}

/** Undo: the item is open again, and the withdrawn answer stays in its history. */
export async function withdrawAnswer(ctx: Ctx, input: WithdrawAnswerInput): Promise<{ version: number }> {
  authorize(ctx.actor, "item.decide");
  const { campaignId, itemId, version } = withdrawAnswerInput.parse(input);
  return noSelfReview(ctx, campaignId, itemId, () =>
    transactPg(ctx, async (tx) => {
      const actor = reviewingUser(ctx.actor);
      const item = await readItemToDecide(tx, campaignId, itemId, personIdOf(actor));
      const allowed = requireAllowed(item, itemId, actor, { version, answer: "withdrawn", rationale: null });
      const late = isLate(allowed.dueAt, ctx.now);
      const answering = {
        campaignId,
        answer: "withdrawn",
        rationale: null,
        seconds: null,
        evidenceViewed: false,
        suggestion: null,
      } as const;
      const { decisionId, personId } = allowed;
      const recorded = recordAudit(tx, ctx, {
        type: "campaign_item.answer_withdrawn",
        subject: { kind: "campaign_item", id: itemId, label: allowed.label },
        data: { campaignId, decisionId, version: version + 1 },
      });
      await answered(
        writeAnswer(tx, { itemId, version, decisionId }, { ...answering, personId, actor, now: ctx.now, isLate: late }),
        recorded,
      );
      return { version: version + 1 };
    }),
  );
}

type Told = { campaignId: string; decisionId: string; version: number; isLate: boolean };

/** What was asked for stands in the decision; the log holds its digest, which names nobody. */
function eventOf(answer: Answer, terms: AnswerTerms | null, data: Told) {
  if (!isTermed(answer)) return { type: EVENT[answer], data };
  return { type: TERMED_EVENT[answer], data: { ...data, termsDigest: Buffer.from(canonicalDigest(terms)).toString("hex") } };
}

async function termsOf(
  tx: Tx,
  ctx: Ctx,
  { campaignId, itemId, answer, terms }: z.output<typeof decideItemInput>,
): Promise<AnswerTerms | null> {
  const mismatch = termsMismatch(answer, terms);
  if (mismatch) throw invalid(mismatch.message, { [mismatch.field]: mismatch.message });
  if (terms === null) return null;
  const facts = await readTermFacts(tx, campaignId, itemId, terms);
  if (!facts) throw notFound("Item", itemId);
  const resolved = resolveTerms(terms, facts, ctx.now);
  if (resolved.problem) throw invalid(resolved.problem.message, { [resolved.problem.field]: resolved.problem.message });
  return resolved.terms;
}

/** Answer and event travel together. Where the answer was not written, the event goes with the transaction. */
async function answered(writing: Promise<boolean>, recording: Promise<void>): Promise<void> {
  writing.catch(() => undefined); // awaited below: where the event failed, which was sent first, the answer failed because of it
  await recording;
  if (!(await writing)) throw conflict("Somebody changed this item at the same moment. Load it again.");
}

/** An exception is asked for by its terms, and with no other answer. Until it is handed in, it is an answer like any other. */
function exceptionOf({ answer, exception }: z.output<typeof decideItemInput>): ExceptionTerms | null {
  if ((answer === "exception_requested") === (exception !== null)) return exception;
  throw invalid("Asking for an exception takes its terms, and no other answer has any.", { exception: "Say what is asked for." });
}

export const NEEDS_REASON =
  "Say why: whatever is not a keep needs a reason, and so does keeping something privileged, or against the suggestion.";

type ReviewingUser = Extract<Actor, { kind: "user" }>;

/** Decisions are people's: a user that stands for nobody reviews nothing. */
export function reviewingUser(actor: Actor): ReviewingUser {
  if (actor.kind !== "user") throw forbidden("item.decide");
  if (actor.personId === null)
    throw precondition("Your user is not linked to a person, so no item can be yours. Ask an administrator to link it.", {
      refusals: ["not_reviewer"],
    });
  return actor;
}

/** Reviewing one's own access is refused whatever the route, and the attempt is history of its own. */
export class SelfReview extends DomainError {
  readonly label: string;
  constructor(label: string) {
    super("FORBIDDEN", "This is your own access, by this or another identity of yours: somebody else reviews it.", {
      details: { refusals: ["self"] },
    });
    this.label = label;
  }
}

/** The refused attempt's transaction is rolled back; this event has one of its own. */
export async function noSelfReview<T>(ctx: Ctx, campaignId: string, itemId: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof SelfReview)) throw error;
    authorize(ctx.actor, "item.decide");
    await transactAside(ctx, (tx) =>
      recordAudit(tx, ctx, {
        type: "campaign_item.self_review_refused",
        subject: { kind: "campaign_item", id: itemId, label: error.label },
        data: { campaignId },
      }),
    );
    throw error;
  }
}

type Attempt = { version: number; answer: Answer | "withdrawn"; rationale: string | null };

function requireAllowed(
  item: ItemToDecide | null,
  itemId: string,
  actor: ReviewingUser,
  attempt: Attempt,
): ItemToDecide & { personId: string } {
  const { personId } = actor;
  if (!item || personId === null) throw notFound("Item", itemId);
  const refusals = decisionRefusals(item, { ...attempt, personId });
  if (item.reviewerStanding)
    throw precondition("You are marked as having left: your items go to somebody else.", { refusals: [item.reviewerStanding] });
  const [refusal] = refusals;
  if (refusal) throw refused(refusal, refusals, item, itemId);
  return { ...item, personId };
}

const words = (answers: readonly Answer[]) => answers.map((answer) => answer.replaceAll("_", " ")).join(", ");

function refused(refusal: DecisionRefusal, refusals: DecisionRefusal[], item: ItemToDecide, itemId: string): DomainError {
  const details = { refusals, version: item.version, state: item.itemState, answer: item.answer };
  switch (refusal) {
    case "self":
      return new SelfReview(item.label);
    case "not_reviewer":
      return notFound("Item", itemId);
    case "campaign_not_active":
      return precondition(`The campaign is ${item.campaignState}: it takes no answers now.`, details);
    case "item_closed":
      return precondition(`This item is ${item.itemState}: only the campaign's owner can reopen it.`, details);
    case "stale":
      return new DomainError("CONFLICT", "This item was answered elsewhere meanwhile. Load it again.", { details });
    case "does_not_fit":
      return precondition(`This decision does not fit what is under review. These do: ${words(allowedAnswers(item))}.`, details);
    case "no_rationale":
      return invalid(NEEDS_REASON, { rationale: "Say why." });
    case "nothing_to_withdraw":
      return precondition("There is no answer to take back.", details);
  }
}
