import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { campaignSubject, lockCampaign, lockDecisions, moveCampaign, requireState } from "../campaign.sql.ts";
import { digestItems } from "../digest.sql.ts";
import { signOffGuards, unmet } from "../lifecycle.ts";
import { readLookFacts } from "../quality.sql.ts";
import { secondLookGuards } from "../quality.ts";
import { type SignOffInput, signOffInput } from "../schema.ts";
import { countStanding, signOffFacts } from "../standing.sql.ts";

/** CLOSING -> SIGNED_OFF: the owner attests, the set's digest is fixed, its items are final, and the rest of the removals is planned. */
export async function signOff(ctx: Ctx, input: SignOffInput): Promise<{ digest: string; counts: Record<string, number> }> {
  authorize(ctx.actor, "campaign.sign_off");
  const stepUpMethod = requireStepUp(ctx.actor);
  const { campaignId, attestation } = signOffInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["CLOSING"], "The sign-off");
    const userId = userIdOf(ctx.actor);
    if (userId !== campaign.ownerUserId) throw precondition("Only the campaign's owner signs it off.", { refusals: ["not_owner"] });
    await lockDecisions(tx, campaignId, "alone");
    const guards = [
      ...signOffGuards(signOffFacts(await countStanding(tx, campaignId))),
      ...secondLookGuards(await readLookFacts(tx, campaignId)),
    ];
    const refusals = unmet(guards);
    if (refusals.length > 0) throw precondition(`Cannot sign off. ${refusals.map(({ text }) => text).join(" ")}`, { refusals });
    const { digest, items } = await digestItems(tx, campaignId, "final");
    const outcomes = await tx.rows<{ outcome: string; items: number }>(
      `SELECT lower(coalesce(outcome, 'voided')) AS outcome, count(*)::int AS items FROM items WHERE campaign_id = $1::uuid GROUP BY 1 ORDER BY 1`,
      [campaignId],
    );
    const counts = { items, ...Object.fromEntries(outcomes.map((row) => [row.outcome, row.items])) };
    await tx.rows(
      `INSERT INTO sign_offs (campaign_id, user_id, digest, counts, attestation, step_up_method, signed_at)
       VALUES ($1::uuid, $2::uuid, $3::text, $4::jsonb, $5::text, $6::text, $7::timestamptz)`,
      [campaignId, userId, digest, JSON.stringify(counts), attestation, stepUpMethod, ctx.now],
    );
    await tx.rows(`UPDATE items SET state = 'FINAL', version = version + 1 WHERE campaign_id = $1::uuid AND state = 'DECIDED'`, [
      campaignId,
    ]);
    await moveCampaign(tx, campaign, "SIGNED_OFF", { sql: "signed_off_at = $4::timestamptz", values: [ctx.now] });
    await enqueue(tx, "remediation.plan", { campaignId });
    await recordAudit(tx, ctx, {
      type: "campaign.signed_off",
      subject: campaignSubject(campaign),
      data: { digest, counts, stepUpMethod },
      personal: { attestation },
    });
    return { digest, counts };
  });
}
