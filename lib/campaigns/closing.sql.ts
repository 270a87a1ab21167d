import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { CampaignRecord } from "./campaign.sql.ts";
import type { BySilence } from "./campaign-types.ts";
import { handOn } from "./next-reviewer.sql.ts";
import { decidingSql, outcomeOfAnswerSql } from "./outcome.ts";
import { isSecuritySql } from "./reviewer-pools.sql.ts";
import { type SilentOutcome, silenceSql, UNUSED_DAYS } from "./silence.ts";

type Closing = Pick<CampaignRecord, "id" | "plan" | "round">;
export type Closed = { decided: number; unanswered: number; bySilence: BySilence };

/**
 * What every item that is not over becomes: its deciding answer, or what silence makes of it. `answer` is null for silence. An abstention that
 * nobody else could follow is silence too, after everybody eligible was asked.
 */
function fates({ plan }: Closing): string {
  const rounds = plan.rounds.length;
  const current = "i.state = 'SUBMITTED' AND i.answer <> 'abstain'";
  const all = `(SELECT r.round, r.answer, r.decision_id FROM round_answers r WHERE r.campaign_id = i.campaign_id AND r.item_id = i.id AND r.round < i.round
    UNION ALL SELECT ${rounds}, i.answer, i.decision_id WHERE ${current})`;
  const deciding =
    rounds === 1 ? `(SELECT i.answer, i.decision_id WHERE ${current})` : decidingSql(plan.strategy, rounds, "i.risk_class", all);
  const silence = silenceSql({
    riskClass: "i.risk_class",
    identityClass: "i.identity_class",
    isGrant: "i.kind = 'grant'",
    wasEscalated: plan.escalateDaysBefore === null ? "true" : "(i.escalations > 0 OR i.answer = 'abstain' AND i.state = 'SUBMITTED')",
    isUnused: UNUSED,
  });
  const unanswered = "CASE WHEN i.state = 'SUBMITTED' AND i.answer = 'abstain' THEN 'ABSTAIN' ELSE 'UNANSWERED' END";
  return `
    SELECT i.id, d.answer, d.decision_id, ${plan.silence === "unanswered" ? unanswered : silence.outcome} AS silent
    FROM items i LEFT JOIN LATERAL ${deciding} d ON true
    WHERE i.campaign_id = $1::uuid AND i.state IN ('UNASSIGNED', 'ASSIGNED', 'DRAFTED', 'SUBMITTED')`;
}

/** Not used in so long, by what the freeze saw and by what the last sync says. Looked up for the few that silence could suspend by it. */
const longAgo = (table: string) =>
  `(${table}.last_used_kind = 'never' OR ${table}.last_used_kind = 'value' AND ${table}.last_used_at < now() - interval '${UNUSED_DAYS} days')`;
const UNUSED = `(${longAgo("i")} AND NOT EXISTS (SELECT FROM grants g WHERE g.source_id = i.source_id AND g.id = i.grant_id AND NOT ${longAgo("g")}))`;

/** What closing at this moment would leave to silence. */
export async function forecastSilence(tx: Tx, campaign: Closing): Promise<BySilence> {
  const rows = await tx.rows<{ silent: SilentOutcome; items: number }>(
    `SELECT silent, count(*)::int AS items FROM (${fates(campaign)}) f WHERE answer IS NULL GROUP BY 1`,
    [campaign.id],
  );
  return bySilence(rows);
}

/** What silence did: what has an outcome and no decision behind it, and what was left to security. */
export async function countSilence(tx: Tx, campaignId: string): Promise<BySilence> {
  const rows = await tx.rows<{ silent: SilentOutcome; items: number }>(
    `SELECT outcome AS silent, count(*)::int AS items FROM items WHERE campaign_id = $1::uuid AND outcome IS NOT NULL AND decision_id IS NULL GROUP BY 1
     UNION ALL SELECT 'SECURITY', count(DISTINCT item_id)::int FROM assignments WHERE campaign_id = $1::uuid AND cause = 'security'`,
    [campaignId],
  );
  return bySilence(rows);
}

/** Settles every item. What silence may not decide goes to security and stays open; where security has nobody eligible, it is unanswered. */
export async function settleItems(tx: Tx, campaign: Closing): Promise<Closed> {
  const [settled] = await tx.rows<{ decided: number; silent: { silent: SilentOutcome; items: number }[]; toSecurity: string[] }>(
    `WITH fate AS MATERIALIZED (${fates(campaign)}),
     closed AS (
       UPDATE items i SET state = 'DECIDED', version = i.version + 1, answer = f.answer, decision_id = f.decision_id,
         outcome = coalesce(${outcomeOfAnswerSql("f.answer")}, f.silent), terms = CASE WHEN f.decision_id = i.decision_id THEN i.terms
           ELSE (SELECT d.terms FROM decisions d WHERE d.id = f.decision_id) END
       FROM fate f WHERE i.campaign_id = $1::uuid AND i.id = f.id AND (f.answer IS NOT NULL OR f.silent <> 'SECURITY'))
     SELECT (SELECT count(*)::int FROM fate WHERE answer IS NOT NULL) AS decided,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('silent', silent, 'items', items)), '[]')
          FROM (SELECT silent, count(*)::int AS items FROM fate WHERE answer IS NULL GROUP BY 1) s) AS silent,
       ARRAY(SELECT id FROM fate WHERE answer IS NULL AND silent = 'SECURITY' ORDER BY id) AS "toSecurity"`,
    [campaign.id],
  );
  if (!settled) throw new Error("Closing answered nothing.");
  const left = await leaveToSecurity(tx, campaign, settled.toSecurity);
  const silent = bySilence(settled.silent);
  silent.security -= left;
  silent.unanswered += left;
  return { decided: settled.decided, unanswered: silent.unanswered, bySilence: silent };
}

/** Whoever of security has an item keeps it. Answers how many of the others security has nobody for. */
async function leaveToSecurity(tx: Tx, campaign: Closing, itemIds: readonly string[]): Promise<number> {
  if (itemIds.length === 0) return 0;
  const elsewhere = await tx.rows<{ id: string }>(
    `SELECT i.id FROM items i WHERE i.campaign_id = $1::uuid AND i.id = ANY ($2::uuid[])
       AND NOT (i.state IN ('ASSIGNED', 'DRAFTED') AND ${isSecuritySql("i.reviewer_id")}) ORDER BY i.id`,
    [campaign.id, itemIds],
  );
  const ids = elsewhere.map(({ id }) => id);
  const moved = await handOn(tx, campaign, ids, {
    cause: "security",
    reason: "Nobody answered, and silence may not decide this: security does.",
    actorId: null,
    links: ["security"],
  });
  const taken = new Set(moved.map(({ itemId }) => itemId));
  const left = ids.filter((id) => !taken.has(id));
  await tx.rows(
    `UPDATE items SET state = 'DECIDED', outcome = 'UNANSWERED', answer = NULL, decision_id = NULL, terms = NULL, version = version + 1
     WHERE campaign_id = $1::uuid AND id = ANY ($2::uuid[])`,
    [campaign.id, left],
  );
  return left.length;
}

function bySilence(rows: readonly { silent: SilentOutcome | "ABSTAIN"; items: number }[]): BySilence {
  const of = (silent: SilentOutcome) => rows.find((row) => row.silent === silent)?.items ?? 0;
  return { suspend: of("SUSPEND"), revoke: of("REVOKE"), keep: of("KEEP"), unanswered: of("UNANSWERED"), security: of("SECURITY") };
}
