import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict, invalid, notFound, precondition } from "#lib/errors/domain-error.ts";
import { type LookAgainInput, lookAgainInput } from "../schema.ts";
import type { CampaignState } from "../types.ts";
import { reviewingUser } from "./decide.ts";

const OPEN_IN: readonly CampaignState[] = ["ACTIVE", "PAUSED", "CLOSING"];

type Look = { campaignId: string; itemId: string; label: string; first: string; state: CampaignState; isOwn: boolean; isAnswered: boolean };

/** A second reviewer's opinion on a decision. It changes no item: whoever owns the campaign sees it before signing off. */
export async function lookAgain(ctx: Ctx, input: LookAgainInput): Promise<{ agrees: boolean }> {
  authorize(ctx.actor, "item.decide");
  const { lookId, answer, rationale, seconds } = lookAgainInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const actor = reviewingUser(ctx.actor);
    const [look] = await tx.rows<Look>(
      `SELECT l.campaign_id AS "campaignId", l.item_id AS "itemId", i.identity_name || ': ' || i.entitlement_name AS label, d.answer AS first, c.state::text AS state,
         coalesce(i.person_id = $2::uuid, false) OR coalesce(x.person_id = $2::uuid, false) AS "isOwn",
         EXISTS (SELECT FROM second_look_answers a WHERE a.look_id = l.id) AS "isAnswered"
       FROM second_looks l JOIN campaigns c ON c.id = l.campaign_id JOIN items i ON i.campaign_id = l.campaign_id AND i.id = l.item_id
       JOIN decisions d ON d.id = l.decision_id LEFT JOIN identities x ON x.id = i.identity_id
       WHERE l.id = $1::uuid AND l.reviewer_id = $2::uuid FOR SHARE OF c`,
      [lookId, actor.personId],
    );
    if (!look) throw notFound("Second look", lookId);
    if (!OPEN_IN.includes(look.state)) throw precondition(`The campaign is ${look.state}: its decisions are final.`);
    if (look.isOwn) throw precondition("This has become your own access: the campaign's owner asks somebody else.", { refusals: ["self"] });
    if (look.isAnswered) throw conflict("This second look was taken already.");
    const agrees = answer === look.first;
    if (!agrees && !rationale?.trim()) throw invalid("Say why you would decide otherwise.", { rationale: "Say why." });
    const written = await tx.rows(
      `INSERT INTO second_look_answers (look_id, user_id, answer, agrees, rationale, seconds, answered_at)
       VALUES ($1::uuid, $2::uuid, $3::text, $4::boolean, $5::text, $6::int, $7::timestamptz) ON CONFLICT (look_id) DO NOTHING RETURNING look_id`,
      [lookId, actor.userId, answer, agrees, rationale?.trim() || null, seconds, ctx.now],
    );
    if (written.length === 0) throw conflict("This second look was taken already.");
    await recordAudit(tx, ctx, {
      type: "campaign_item.looked_at_again",
      subject: { kind: "campaign_item", id: look.itemId, label: look.label },
      data: { campaignId: look.campaignId, lookId, answer, agrees },
      reason: rationale?.trim() || null,
    });
    return { agrees };
  });
}
