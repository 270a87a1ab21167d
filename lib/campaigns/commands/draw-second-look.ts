import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid, precondition } from "#lib/errors/domain-error.ts";
import { notifyAll } from "#lib/notifications/notify.sql.ts";
import { campaignSubject, lockCampaign, requireState } from "../campaign.sql.ts";
import { readQuality } from "../quality.sql.ts";
import { drawSample, QUALITY_VERSION, suspicionsOf } from "../quality.ts";
import { type DrawSecondLookInput, drawSecondLookInput } from "../schema.ts";
import { readCandidates } from "../second-looks.sql.ts";
import { readSecondReviewer } from "../second-reviewers.sql.ts";
import { SECOND_REVIEWER_WORDS } from "../second-reviewers.ts";

/**
 * Has a sample of one reviewer's privileged keeps looked at by somebody else. The seed is the digest of the signed population with the reviewer,
 * so whoever draws cannot choose what is drawn.
 */
export async function drawSecondLook(ctx: Ctx, input: DrawSecondLookInput): Promise<{ looks: number; of: number }> {
  authorize(ctx.actor, "campaign.manage");
  const { campaignId, reviewerId, toPersonId } = drawSecondLookInput.parse(input);
  const drawnBy = userIdOf(ctx.actor);
  if (drawnBy === null) throw precondition("A second look is asked for by somebody who signs in: it is printed with their name.");
  return transactPg(ctx, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    requireState(campaign, ["ACTIVE", "PAUSED", "CLOSING"], "A second look");
    const refused = (message: string) => invalid(message, { toPersonId: "Choose somebody else." });
    const second = await readSecondReviewer(tx, { campaignId, reviewerId }, toPersonId);
    if (!second) throw refused("There is no such person.");
    if (second.of === 0)
      throw precondition("There is nothing to draw from: no privileged access that this reviewer kept and handed in is left.");
    if (second.refusals.length > 0)
      throw refused(`This person cannot look: ${second.refusals.map((refusal) => SECOND_REVIEWER_WORDS[refusal]).join("; ")}.`);
    const quality = (await readQuality(tx, campaignId)).find((row) => row.reviewerId === reviewerId);
    const candidates = await readCandidates(tx, campaignId, reviewerId, toPersonId);
    const [frozen] = await tx.rows<{ digest: string }>(`SELECT manifest_digest AS digest FROM populations WHERE campaign_id = $1::uuid`, [
      campaignId,
    ]);
    const seed = `${frozen?.digest ?? ""}:${reviewerId}`;
    const drawn = drawSample(candidates, seed);
    const reasons = quality ? suspicionsOf(quality) : [];
    await tx.rows(
      `INSERT INTO second_looks (campaign_id, item_id, decision_id, first_reviewer_id, reviewer_id, reasons, rule_version, seed, drawn_by, drawn_at)
       SELECT $1::uuid, w.item_id, w.decision_id, $4::uuid, $5::uuid, $6::text[], $7::int, $8::text, $9::uuid, $10::timestamptz
       FROM unnest($2::uuid[], $3::uuid[]) AS w(item_id, decision_id)`,
      [
        campaignId,
        drawn.map(({ itemId }) => itemId),
        drawn.map(({ decisionId }) => decisionId),
        reviewerId,
        toPersonId,
        reasons,
        QUALITY_VERSION,
        seed,
        drawnBy,
        ctx.now,
      ],
    );
    const digest = createHash("sha256")
      .update(drawn.map(({ itemId, decisionId }) => `${itemId},${decisionId}\n`).join(""))
      .digest("hex");
    const counts = { looks: drawn.length, of: candidates.length };
    await recordAudit(tx, ctx, {
      type: "campaign.second_look_drawn",
      subject: campaignSubject(campaign),
      data: { campaignId, reviewerId, toPersonId, ...counts, digest, reasons, ruleVersion: QUALITY_VERSION, cautions: second.cautions },
    });
    await notifyAll(tx, ctx, [
      {
        kind: "second_look",
        to: { personId: toPersonId },
        about: { kind: "campaign", id: campaignId, label: campaign.name },
        key: `second_look:${campaignId}:${digest}`,
        data: { items: drawn.length, zone: campaign.zone },
      },
    ]);
    return counts;
  });
}
