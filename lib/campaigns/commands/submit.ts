import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, precondition } from "#lib/errors/domain-error.ts";
import { requestException } from "#lib/exceptions/commands/request.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { lockDecisions, lockHops, readCampaign } from "../campaign.sql.ts";
import { readUnsettled, type Unsettled } from "../conflict-sides.sql.ts";
import { digestItems } from "../digest.sql.ts";
import { readAskedFor } from "../exception-items.sql.ts";
import { handOn } from "../next-reviewer.sql.ts";
import { outcomeOfAnswerSql } from "../outcome.ts";
import type { SubmitResult } from "../review-types.ts";
import { type SubmitDecisionsInput, submitDecisionsInput } from "../schema.ts";
import { reviewingUser } from "./decide.ts";

/**
 * Hands in every answered item of the reviewer: from here only the campaign's owner can open one again. Abstentions go on to the next
 * eligible; what was revoked at high or critical risk starts to be removed; exceptions asked for go before their approvers.
 */
export async function submitDecisions(ctx: Ctx, input: SubmitDecisionsInput): Promise<SubmitResult> {
  authorize(ctx.actor, "item.decide");
  const stepUpMethod = requireStepUp(ctx.actor);
  const given = submitDecisionsInput.parse(input);
  const { campaignId } = given;
  return transactPg(ctx, async (tx, inner) => {
    const actor = reviewingUser(ctx.actor);
    await lockDecisions(tx, campaignId, "shared");
    const campaign = await readCampaign(tx, campaignId);
    if (campaign.state !== "ACTIVE" && campaign.state !== "CLOSING")
      throw precondition(`The campaign is ${campaign.state}: nothing can be handed in now.`, { state: campaign.state });
    if (campaign.instructionsVersion !== given.instructionsVersion)
      throw precondition("The instructions have changed since you read them. Read them again before you submit.", {
        version: campaign.instructionsVersion,
      });
    const unsettled = await readUnsettled(tx, campaignId, actor.personId ?? "");
    if (unsettled.length > 0)
      throw precondition(unsettledText(unsettled), { refusals: ["conflict_unsettled"], items: unsettled.map(({ itemId }) => itemId) });
    const mayHop = await hasAbstained(tx, campaignId, actor.personId);
    if (mayHop) await lockHops(tx, campaignId);
    // Locked in the order that everybody keeps who changes several.
    // Whoever became the subject of an item since answering it does not hand it in: it goes to somebody else.
    const submitted = await tx.rows<{ id: string; answer: string; isGrave: boolean }>(
      `UPDATE items i SET state = CASE WHEN $3::boolean AND i.answer <> 'abstain' THEN 'DECIDED' ELSE 'SUBMITTED' END::item_state,
         outcome = CASE WHEN $3::boolean AND i.answer <> 'abstain' THEN ${outcomeOfAnswerSql("i.answer")} END, version = i.version + 1
       FROM (SELECT id FROM items WHERE campaign_id = $1::uuid AND reviewer_id = $2::uuid AND state = 'DRAFTED' ORDER BY id FOR UPDATE) k
       WHERE i.campaign_id = $1::uuid AND i.id = k.id AND i.reviewer_id = $2::uuid AND i.state = 'DRAFTED' AND i.person_id IS DISTINCT FROM $2::uuid
         AND NOT EXISTS (SELECT FROM identities x WHERE x.id = i.identity_id AND x.person_id = $2::uuid)
       RETURNING i.id, i.answer, i.risk_class IN ('high', 'critical') AS "isGrave"`,
      [campaignId, actor.personId, campaign.state === "CLOSING"],
    );
    if (submitted.length === 0) throw precondition("There is nothing to submit: no item of yours has an answer that was not handed in.");
    const ids = submitted.map(({ id }) => id);
    const { digest } = await digestItems(tx, campaignId, "submission", { where: "i.id = ANY ($3::uuid[])", values: [ids] });
    const [row] = await tx.rows<{ id: string }>(
      `INSERT INTO submissions (campaign_id, reviewer_id, user_id, item_count, digest, instructions_version, attestation, step_up_method, submitted_at, reviewer)
       SELECT $1::uuid, p.id, $3::uuid, $4::bigint, $5::text, $6::int, $7::text, $8::text, $9::timestamptz, jsonb_build_object('name', p.name, 'title', p.title,
         'department', p.department, 'managerId', p.manager_id, 'managerName', m.name, 'status', p.status)
       FROM people p LEFT JOIN people m ON m.id = p.manager_id WHERE p.id = $2::uuid RETURNING id`,
      [campaignId, actor.personId, actor.userId, ids.length, digest, given.instructionsVersion, given.attestation, stepUpMethod, ctx.now],
    );
    if (!row) throw precondition("The person behind your user is not in the inventory any more.");
    const abstained = submitted.filter(({ answer }) => answer === "abstain").map(({ id }) => id);
    if (abstained.length > 0 && !mayHop) throw conflict("You abstained at the same moment in another window. Submit again.");
    const handedOn = await handOn(tx, campaign, abstained, {
      cause: "abstained",
      reason: "The reviewer abstained.",
      actorId: actor.userId,
    });
    if (campaign.state === "CLOSING")
      await tx.rows(
        `UPDATE items SET state = 'DECIDED', outcome = 'ABSTAIN', version = version + 1
         WHERE campaign_id = $1::uuid AND id = ANY ($2::uuid[]) AND state = 'SUBMITTED' AND answer = 'abstain'`,
        [campaignId, abstained],
      );
    const asking = submitted.filter(({ answer }) => answer === "exception_requested").map(({ id }) => id);
    for (const asked of await readAskedFor(tx, campaignId, asking)) await requestException(inner, asked);
    if (submitted.some(({ answer, isGrave }) => answer === "revoke" && isGrave)) await enqueue(tx, "remediation.plan", { campaignId });
    await recordAudit(tx, ctx, {
      type: "campaign_items.submitted",
      subject: { kind: "campaign", id: campaignId, label: campaign.name },
      data: { campaignId, items: ids.length, digest, stepUpMethod, instructionsVersion: given.instructionsVersion },
      personal: { attestation: given.attestation },
    });
    return { submissionId: row.id, items: ids.length, digest, returned: handedOn.length };
  });
}

/** What is abstained from goes on to somebody else: a hop. */
const hasAbstained = async (tx: Tx, campaignId: string, personId: string | null): Promise<boolean> =>
  (
    await tx.rows(
      `SELECT 1 FROM items WHERE campaign_id = $1::uuid AND reviewer_id = $2::uuid AND state = 'DRAFTED' AND answer = 'abstain' LIMIT 1`,
      [campaignId, personId],
    )
  ).length > 0;

/** A conflict is settled before anything is handed in, since afterwards the two sides are nobody's question any more. */
const unsettledText = (unsettled: readonly Unsettled[]): string =>
  `${unsettled.length === 1 ? "1 item that you keep conflicts" : `${unsettled.length} items that you keep conflict`} with other access of the same person (${unsettled
    .slice(0, 3)
    .map(({ label }) => label)
    .join("; ")}). Revoke one side, or request an exception, before you submit.`;
