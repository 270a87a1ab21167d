import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { riskClassSql, riskSql } from "#lib/policy/risk.sql.ts";
import type { RiskParameters } from "#lib/policy/risk.ts";
import { type Follows, freezeReviewer, ITEM_FACTS, orderKeySql } from "./freeze.sql.ts";
import { kindsOf } from "./item-kinds.ts";
import { CHAIN_WORDS, CREDENTIAL_NAME, CREDENTIAL_WORDS, IDENTITY_WORDS, TRUST_NAME, TRUST_WORDS } from "./machine-words.sql.ts";
import type { CampaignPlan } from "./plan.ts";
import type { CampaignScopeInput } from "./schema.ts";
import type { ItemKind } from "./types.ts";

/*
 * Items that are no grants: what a machine signs in with, who may become it, whose it is, and its whole chain. They stand on the temporary
 * tables that collectFacts made; without these kinds in the scope nothing here costs anything.
 */

type Machines = {
  campaignId: string;
  scope: CampaignScopeInput;
  plan: CampaignPlan;
  priorCampaignIds: readonly string[];
  follows: readonly Follows[];
};

/** freeze_subjects: one row for each item to be, with everything but its reviewer. For a preview as for a freeze. */
export async function collectSubjects(tx: Tx, scope: CampaignScopeInput, risk: RiskParameters): Promise<void> {
  const kinds = kindsOf(scope).filter((kind) => kind !== "grant");
  await tx.rows("DROP TABLE IF EXISTS pg_temp.freeze_machines, pg_temp.freeze_subjects");
  // A follow-up names what it is about, and asks about nothing else.
  const isAsked = kinds.length > 0 && (!scope.grantIds || scope.subjects !== undefined);
  await tx.rows(`CREATE TEMP TABLE freeze_machines ON COMMIT DROP AS ${machines(risk)} ${isAsked ? "" : "LIMIT 0"}`, [
    scope.sourceIds,
    scope.environments,
    scope.privilegedOnly,
    scope.subjects !== undefined,
  ]);
  const selects = kinds.map((kind) => SUBJECTS[kind]);
  await tx.rows(
    `CREATE TEMP TABLE freeze_subjects (${COLUMNS}) ON COMMIT DROP AS
     SELECT * FROM (${isAsked ? selects.join("\nUNION ALL ") : `${SUBJECTS.identity} LIMIT 0`}) w
     WHERE $1::jsonb IS NULL OR (w.kind, w.subject_id) IN (SELECT n.kind, n.id FROM jsonb_to_recordset($1::jsonb) AS n (kind text, id uuid))`,
    [scope.subjects ? JSON.stringify(scope.subjects) : null],
  );
  await tx.rows("ANALYZE freeze_machines; ANALYZE freeze_subjects");
}

/** Live identities in scope that are no person's own (unless $4: they are named), with the gravest of all that they hold and reach. Filters as those of grants. */
const machines = (parameters: RiskParameters): string => {
  const risk = riskSql(
    {
      identityClass: "i.class",
      privileged: "h.privileged",
      environment: "i.at",
      sensitivity: "h.sensitivity",
      reachCount: "h.reach_count",
      reachesProduction: "h.production",
      reachesRestricted: "h.restricted",
      interactive: "i.interactive",
      factors: "i.factors_fact",
    },
    parameters,
  );
  return `
    WITH held AS (
      SELECT g.holder_id, CASE WHEN bool_or(e.privileged = 'yes') THEN 'yes' WHEN bool_or(e.privileged = 'unknown') THEN 'unknown' ELSE 'no' END AS privileged,
        bool_or(e.production OR e.environment = 'prod') AS production, bool_or(e.restricted OR e.sensitivity = 'restricted') AS restricted,
        (array_agg(e.sensitivity ORDER BY array_position(ARRAY['restricted', 'confidential', 'unknown', 'internal', 'public'], e.sensitivity)))[1] AS sensitivity,
        (array_agg(e.environment ORDER BY array_position(ARRAY['prod', 'shared', 'unknown', 'test', 'dev'], e.environment)))[1] AS environment,
        sum(1 + e.reach_count)::int AS reach_count,
        (array_agg(coalesce(e.meaning, e.name) ORDER BY e.privileged = 'yes' DESC, e.reach_count DESC, e.name COLLATE "C", e.id))[1:3] AS changes
      FROM grants g JOIN freeze_identities n ON n.id = g.holder_id AND (n.class <> 'human' OR $4::boolean) JOIN freeze_entitlements e ON e.id = g.entitlement_id
      WHERE g.source_id = ANY ($1::uuid[]) AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL GROUP BY g.holder_id)
    SELECT i.id, i.at AS environment, h.privileged, h.sensitivity, h.reach_count, h.changes, ${riskClassSql(risk.points, parameters)} AS risk_class,
      ${risk.reasons} AS risk_reasons
    FROM (SELECT i.*, h.holder_id, CASE WHEN i.environment = 'unknown' THEN coalesce(h.environment, 'unknown') ELSE i.environment END AS at
      FROM freeze_identities i LEFT JOIN held h ON h.holder_id = i.id WHERE (i.class <> 'human' OR $4::boolean) AND i.gone_at IS NULL) i
    CROSS JOIN LATERAL (SELECT coalesce(h.privileged, 'no') AS privileged, coalesce(h.sensitivity, 'unknown') AS sensitivity,
        coalesce(h.reach_count, 0) AS reach_count, coalesce(h.production, false) AS production, coalesce(h.restricted, false) AS restricted,
        coalesce(h.changes, '{}') AS changes
      FROM (SELECT 1) one LEFT JOIN held h ON h.holder_id = i.id) h
    WHERE (cardinality($2::text[]) = 0 OR i.at = ANY ($2::text[])) AND (NOT $3::boolean OR h.privileged <> 'no')`;
};

const COLUMNS = [
  "kind, subject_id, identity_id, entitlement_name, meaning, entitlement_external_id, entitlement_digest",
  "started_kind, started_at, expires_kind, expires_at, last_used_kind, last_used_at, opened_run_id",
].join(", ");
const digest = (...parts: string[]) => `encode(sha256(convert_to(concat_ws(E'\\n', ${parts.join(", ")}), 'UTF8')), 'hex')`;
const moment = (row: string, name: string) => `${row}.${name}_kind, ${row}.${name}_at`;
const NOT_TOLD = "'not_supported', NULL::timestamptz";

/** What changed since the last review is told by the digest: of a credential that it was rotated, of a trust whom it admits. */
const CREDENTIAL_DIGEST = digest("k.kind", "k.issuer", "k.created_at", "k.rotated_at", "k.expires_kind", "k.expires_at");
const TRUST_DIGEST = digest("t.issuer", "t.subject_pattern", "t.audience", "t.conditions");

const CREDENTIALS =
  "FROM freeze_machines m JOIN identities i ON i.id = m.id JOIN credentials k ON k.identity_id = m.id AND k.gone_at IS NULL";
const TRUSTS = "FROM freeze_machines m JOIN identities i ON i.id = m.id JOIN trusts t ON t.identity_id = m.id AND t.gone_at IS NULL";

const SUBJECTS: Readonly<Record<Exclude<ItemKind, "grant">, string>> = {
  credential: `SELECT 'credential' AS kind, k.id AS subject_id, m.id AS identity_id, ${CREDENTIAL_NAME} AS entitlement_name, ${CREDENTIAL_WORDS} AS meaning,
      k.external_id AS entitlement_external_id, ${CREDENTIAL_DIGEST} AS entitlement_digest, ${moment("k", "created")}, ${moment("k", "expires")}, ${moment("k", "last_used")},
      k.first_run_id ${CREDENTIALS}`,
  trust: `SELECT 'trust' AS kind, t.id AS subject_id, m.id AS identity_id, ${TRUST_NAME} AS entitlement_name, ${TRUST_WORDS} AS meaning, t.external_id AS entitlement_external_id,
      ${TRUST_DIGEST} AS entitlement_digest, 'unknown' AS created_kind, NULL::timestamptz AS created_at, ${NOT_TOLD}, ${moment("i", "last_used")}, t.first_run_id ${TRUSTS}`,
  identity: `SELECT 'identity' AS kind, i.id AS subject_id, m.id AS identity_id, 'Identity and its owners' AS entitlement_name, ${IDENTITY_WORDS} AS meaning,
      i.external_id AS entitlement_external_id, ${digest("i.class", "i.owner_id", "i.backup_owner_id", "i.purpose")} AS entitlement_digest,
      ${moment("i", "created")}, ${NOT_TOLD}, ${moment("i", "last_used")}, i.first_run_id
    FROM freeze_machines m JOIN identities i ON i.id = m.id LEFT JOIN people o ON o.id = i.owner_id LEFT JOIN people b ON b.id = i.backup_owner_id`,
  chain: `SELECT 'chain' AS kind, k.id AS subject_id, m.id AS identity_id, 'Chain from ' || ${CREDENTIAL_NAME} AS entitlement_name,
      ${CHAIN_WORDS(CREDENTIAL_NAME)} AS meaning, k.external_id AS entitlement_external_id, ${digest(CREDENTIAL_DIGEST, "m.changes::text")} AS entitlement_digest,
      ${moment("k", "created")}, ${moment("k", "expires")}, ${moment("k", "last_used")}, k.first_run_id ${CREDENTIALS} WHERE i.class IN ('pipeline', 'workload')
    UNION ALL SELECT 'chain', t.id, m.id, 'Chain from ' || ${TRUST_NAME}, ${CHAIN_WORDS(TRUST_NAME)}, t.external_id, ${digest(TRUST_DIGEST, "m.changes::text")},
      'unknown', NULL::timestamptz, ${NOT_TOLD}, ${moment("i", "last_used")}, t.first_run_id ${TRUSTS}`,
};

/** What a preview counts: each item to be, with its reviewer; an entitlement and a granter there are none, so those links are nobody. */
export const SUBJECTS_IN_SCOPE = `
  FROM freeze_subjects w JOIN freeze_machines m ON m.id = w.identity_id JOIN freeze_identities i ON i.id = w.identity_id
  JOIN freeze_sources s ON s.id = i.source_id LEFT JOIN freeze_entitlements e ON false LEFT JOIN freeze_granters y ON false LEFT JOIN freeze_provisioners v ON false`;

/** Into the heap, after the grants. */
export async function insertSubjects(
  tx: Tx,
  heap: string,
  { campaignId, scope, plan, priorCampaignIds, follows }: Machines,
): Promise<void> {
  if (kindsOf(scope).every((kind) => kind === "grant")) return;
  const reviewer = freezeReviewer(plan);
  const change = `CASE WHEN NOT i.source_id = ANY (coalesce(q.source_ids, '{}')) THEN 'first_review' WHEN o.subject_id IS NULL THEN 'new'
    WHEN o.entitlement_digest IS DISTINCT FROM w.entitlement_digest THEN 'changed' ELSE 'unchanged' END`;
  await tx.rows(
    `INSERT INTO ${heap} (campaign_id, kind, source_id, subject_id, identity_id, person_id, ${ITEM_FACTS.columns},
       entitlement_name, entitlement_external_id, entitlement_digest, meaning, environment, sensitivity, privileged, reach_count, also_held_by,
       started_kind, started_at, expires_kind, expires_at, last_used_kind, last_used_at, opened_run_id, observed_run_id, factors, risk_class, risk_reasons,
       change, last_outcome, first_reviewer_id, reviewer_id, reviewer_rule, passed_over, state, order_key, follows_item_id, follows_campaign_id)
     SELECT $1::uuid, w.kind, i.source_id, w.subject_id, i.id, i.person_id, ${ITEM_FACTS.values},
       w.entitlement_name, w.entitlement_external_id, w.entitlement_digest, w.meaning, m.environment, m.sensitivity, m.privileged, m.reach_count, '{}',
       w.started_kind, w.started_at, w.expires_kind, w.expires_at, w.last_used_kind, w.last_used_at, w.opened_run_id, coalesce(s.run_id, w.opened_run_id), i.factors,
       m.risk_class, m.risk_reasons, ${change}, o.outcome,
       ${reviewer.personId("p.pick")}, ${reviewer.personId("p.pick")}, ${reviewer.rule("p.pick")}, ${reviewer.passedOver("p.pick")},
       (CASE WHEN p.pick = 0 THEN 'UNASSIGNED' ELSE 'ASSIGNED' END)::item_state,
       ${orderKeySql({ riskClass: "m.risk_class", change, privileged: "m.privileged", lastUsedKind: "w.last_used_kind", lastUsedAt: "w.last_used_at", groupHash: "i.group_hash" })},
       fw."itemId", fw."campaignId"
     ${SUBJECTS_IN_SCOPE}
     LEFT JOIN jsonb_to_recordset($3::jsonb) AS fw (kind text, id uuid, "itemId" uuid, "campaignId" uuid) ON fw.kind = w.kind AND fw.id = w.subject_id
     LEFT JOIN (SELECT DISTINCT ON (kind, subject_id) kind, subject_id, entitlement_digest, outcome FROM items
       WHERE campaign_id = ANY ($2::uuid[]) AND kind <> 'grant' AND state = 'FINAL' ORDER BY kind, subject_id, campaign_id DESC) o
       ON o.kind = w.kind AND o.subject_id = w.subject_id
     CROSS JOIN (SELECT array_agg(DISTINCT source_id) AS source_ids FROM items WHERE campaign_id = ANY ($2::uuid[]) AND kind <> 'grant') q
     ${reviewer.joins}`,
    [campaignId, priorCampaignIds, JSON.stringify(follows)],
  );
}
