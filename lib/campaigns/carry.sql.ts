import "server-only";
import type { Actor } from "#lib/authz/actor.ts";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { MAY_BE_ANSWERED } from "./decision.sql.ts";
import type { CarriedBundle } from "./review-types.ts";

/*
 * Carried forward: what a person kept last time, is of low risk and equals what they saw in every fact named here. Silence keeps nothing for
 * the next time, and what is not known to be the same is an item like any other.
 */

/** How each grant stood at the last signed-off campaign over its source: freeze_prior, and freeze_other_reach where an entitlement reaches other things now. */
export async function collectPrior(tx: Tx, priorCampaignIds: readonly string[]): Promise<void> {
  await tx.rows("DROP TABLE IF EXISTS pg_temp.freeze_prior, pg_temp.freeze_other_reach");
  if (priorCampaignIds.length === 0) return;
  await tx.rows(
    `CREATE TEMP TABLE freeze_prior ON COMMIT DROP AS
     SELECT DISTINCT ON (grant_id) grant_id, campaign_id, outcome, decision_id, entitlement_digest, meaning, privileged, reach_count, owner_name, person_id,
       identity_class, identity_status, environment, sensitivity, risk_class, carried_cycles
     FROM items WHERE campaign_id = ANY ($1::uuid[]) AND state = 'FINAL' AND grant_id IS NOT NULL ORDER BY grant_id, campaign_id DESC`,
    [priorCampaignIds],
  );
  await tx.rows(
    `CREATE TEMP TABLE freeze_other_reach ON COMMIT DROP AS
     SELECT p.campaign_id, p.entitlement_id FROM population_reaches p LEFT JOIN freeze_reach r ON r.entitlement_id = p.entitlement_id
     WHERE p.campaign_id = ANY ($1::uuid[]) AND p.reaches IS DISTINCT FROM r.reaches`,
    [priorCampaignIds],
  );
  await tx.rows("ANALYZE freeze_prior; ANALYZE freeze_other_reach");
}

/** Of what an entitlement reaches, so many are frozen with their path: equality beyond them cannot be shown. */
const REACHES_SHOWN = 20;

/** An item's carried_cycles, over the freeze's aliases and freeze_prior o. */
export function carriedCyclesSql(carryCycles: number): string {
  const same = (now: string, before: string) => `${now} IS NOT DISTINCT FROM o.${before}`;
  const isCarried = [
    `k.risk_class = 'low' AND o.risk_class = 'low' AND e.privileged = 'no'`,
    `o.outcome = 'KEEP' AND o.decision_id IS NOT NULL AND o.carried_cycles < ${carryCycles}`,
    `e.digest IS NOT NULL AND e.digest = o.entitlement_digest`,
    same("e.meaning", "meaning"),
    same("e.privileged", "privileged"),
    same("e.sensitivity", "sensitivity"),
    same("k.environment", "environment"),
    same("i.owner_name", "owner_name"),
    same("i.person_id", "person_id"),
    same("i.class", "identity_class"),
    same("i.status", "identity_status"),
    // A conflict of duties, and somebody who left, take thought.
    `x.words IS NULL AND i.person_status IS DISTINCT FROM 'left'`,
    `e.reach_count = o.reach_count AND e.reach_count <= ${REACHES_SHOWN}`,
    `NOT EXISTS (SELECT FROM freeze_other_reach r WHERE r.campaign_id = o.campaign_id AND r.entitlement_id = e.id)`,
  ];
  return `CASE WHEN ${isCarried.join(" AND ")} THEN o.carried_cycles + 1 ELSE 0 END`;
}

const MINE = `i.campaign_id = $1::uuid AND i.reviewer_id = $2::uuid AND i.carried_cycles > 0`;
/** How a reviewer's bundle stands; null where nothing was carried forward to them. Its items are among their rows. */
export async function getCarriedBundle(scope: CampaignScope, campaignId: string): Promise<CarriedBundle | null> {
  const [counts] = await reader.rows<CarriedBundle>(
    `SELECT count(*) FILTER (WHERE i.state = 'ASSIGNED')::int AS open, count(*) FILTER (WHERE i.state NOT IN ('ASSIGNED', 'VOIDED'))::int AS answered,
       coalesce(max(i.carried_cycles), 1) AS cycles, coalesce(max((c.plan ->> 'carryCycles')::int), 0) AS "carryCycles"
     FROM items i JOIN campaigns c ON c.id = i.campaign_id WHERE ${MINE} AND c.launched_at IS NOT NULL`,
    [campaignId, scope.reviewerId],
  );
  return counts && counts.open + counts.answered > 0 ? counts : null;
}

export type Attesting = {
  campaignId: string;
  actor: Extract<Actor, { kind: "user" }>;
  personId: string;
  now: Date;
  seconds: number | null;
  evidenceViewed: boolean;
  size: number;
};

/** Keeps the reviewer's whole bundle: the rows written, and the digest over their (item id, decision id) lines in order of item id. */
export async function keepCarried(tx: Tx, attesting: Attesting): Promise<{ written: number; digest: string }> {
  const { actor, campaignId, personId, now, seconds, evidenceViewed, size } = attesting;
  const [row] = await tx.rows<{ written: number; digest: string }>(
    `WITH written AS (
       UPDATE items i SET state = 'DRAFTED', answer = 'keep', version = i.version + 1, decision_id = uuid7()
       FROM campaigns c WHERE i.campaign_id = $1::uuid AND $2::uuid = $3::uuid AND i.carried_cycles > 0 AND c.id = i.campaign_id AND i.state = 'ASSIGNED' AND ${MAY_BE_ANSWERED}
       RETURNING i.id, i.version, i.round, i.on_behalf_of, i.decision_id, coalesce(i.due_at, c.due_at) < $4::timestamptz AS is_late),
     kept AS (
       INSERT INTO decisions (id, campaign_id, item_id, reviewer_id, user_id, answer, item_version, round, decided_at, seconds, evidence_viewed, batch_size, is_late,
         carried, authenticated_by, sign_in_id, on_behalf_of)
       SELECT decision_id, $1::uuid, id, $3::uuid, $5::uuid, 'keep', version - 1, round, $4::timestamptz, $6::int, $7::boolean, $8::int, is_late, true, $9::text, $10::uuid, on_behalf_of
       FROM written)
     SELECT count(*)::int AS written,
       encode(sha256(convert_to(coalesce(string_agg(id::text || ',' || decision_id::text || E'\\n', '' ORDER BY id), ''), 'UTF8')), 'hex') AS digest
     FROM written`,
    [campaignId, personId, personId, now, actor.userId, seconds, evidenceViewed, size, actor.authentication.method, actor.signInId],
  );
  if (!row) throw new Error("Writing answered nothing.");
  return row;
}

export type BundleFacts = { open: number; own: number; campaignState: string | null };

/** What stands open of the bundle, and whether any of it became the reviewer's own. */
export async function readBundle(tx: Tx, campaignId: string, personId: string): Promise<BundleFacts> {
  const [row] = await tx.rows<BundleFacts>(
    `SELECT count(*) FILTER (WHERE i.state = 'ASSIGNED')::int AS open, count(*) FILTER (WHERE i.person_id = $2::uuid OR x.person_id = $2::uuid)::int AS own,
       (SELECT state::text FROM campaigns WHERE id = $1::uuid) AS "campaignState"
     FROM items i LEFT JOIN identities x ON x.id = i.identity_id WHERE ${MINE}`,
    [campaignId, personId],
  );
  return row ?? { open: 0, own: 0, campaignState: null };
}
