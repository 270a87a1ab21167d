import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { riskClassSql, riskSql } from "#lib/policy/risk.sql.ts";
import type { RiskParameters } from "#lib/policy/risk.ts";
import { carriedCyclesSql, collectPrior } from "./carry.sql.ts";
import { ACTORS, ownersOf, provisioners } from "./independence.sql.ts";
import type { Reviewable } from "./item-kinds.ts";
import type { CampaignPlan } from "./plan.ts";
import { groupMembers, POOL_COLUMNS, placeInRing, poolOf } from "./reviewer-pools.sql.ts";
import { type AccessColumns, type LinkColumns, reviewerSql } from "./reviewers.sql.ts";
import { isLastRound, roundOf } from "./rounds.ts";
import type { CampaignScopeInput } from "./schema.ts";
import { collectFilters, ENVIRONMENT, inScope, scopeValues } from "./scope.sql.ts";

/*
 * The freeze: what is in scope becomes items, all in set-based statements over one snapshot. What is the same for many items (a person's
 * standing, what an entitlement reaches, an identity's chain) is worked out once per person, entitlement and identity in small temporary
 * tables; the one wide INSERT..SELECT then joins them to the grants, into a bare heap that gets its keys afterwards.
 */

export type Follows = Reviewable & { itemId: string; campaignId: string };
export type FreezeInput = {
  campaignId: string;
  scope: CampaignScopeInput;
  fallbackPersonId: string | null;
  plan: CampaignPlan;
  /** Which item each of them follows up: regrowth, failed verification. Empty in any other campaign. */
  follows?: readonly Follows[];
  /** The last signed-off campaigns over the same sources, to tell what is new or changed since. */
  priorCampaignIds: readonly string[];
  risk: RiskParameters;
};

const LIVE = `g.ended_run_id IS NULL AND g.holder_kind = 'identity'`;
/** $2: of a follow-up only what its identities hold matters; null in any other campaign. */
const OF_ITS_HOLDERS = `($2::uuid[] IS NULL OR g.holder_id = ANY ($2::uuid[]))`;
/** Unused for longer than this counts as needing thought. */
const UNUSED_DAYS = 90;

/** The identities that a follow-up is about, by what of theirs it names; null where the scope is a rule. */
async function namedHolders(tx: Tx, { sourceIds, grantIds, subjects }: CampaignScopeInput): Promise<string[] | null> {
  if (!grantIds && !subjects) return null;
  const [row] = await tx.rows<{ ids: string[] }>(
    `SELECT coalesce(array_agg(DISTINCT h.id), '{}') AS ids FROM (
       SELECT holder_id AS id FROM grants WHERE source_id = ANY ($1::uuid[]) AND id = ANY ($2::uuid[]) AND holder_kind = 'identity'
       UNION ALL SELECT identity_id FROM credentials WHERE id = ANY ($3::uuid[]) UNION ALL SELECT identity_id FROM trusts WHERE id = ANY ($3::uuid[])
       UNION ALL SELECT id FROM identities WHERE id = ANY ($3::uuid[])) h WHERE h.id IS NOT NULL`,
    [sourceIds, grantIds ?? [], (subjects ?? []).map(({ id }) => id)],
  );
  return row?.ids ?? [];
}

/** What the scope speaks of, as temporary tables. A preview makes these and reads; a freeze goes on to the heap. */
export async function collectFacts(tx: Tx, input: Pick<FreezeInput, "scope" | "fallbackPersonId" | "plan" | "risk">): Promise<void> {
  const { scope, fallbackPersonId } = input;
  const holderIds = await namedHolders(tx, scope);
  // The joins are wide and few: memory spares them the disk, compiling them costs more than it saves, and rough statistics are enough.
  await tx.rows(
    "SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL jit = off; SET LOCAL default_statistics_target = 10",
  );
  await tx.rows(`DROP TABLE IF EXISTS pg_temp.freeze_people, pg_temp.freeze_sources, pg_temp.freeze_held, pg_temp.freeze_reach,
    pg_temp.freeze_entitlements, pg_temp.freeze_identities, pg_temp.freeze_granters, pg_temp.freeze_risks, pg_temp.freeze_pools, pg_temp.freeze_actors,
    pg_temp.freeze_provisioners`);
  await tx.rows(`CREATE TEMP TABLE freeze_people ON COMMIT DROP AS SELECT p.*, row_number() OVER ()::int AS place FROM (${PEOPLE}) p`);
  await tx.rows(`CREATE TEMP TABLE freeze_pools ON COMMIT DROP AS ${poolOf("freeze_people", "$1", "$2")}`, [
    roundOf(input.plan, 1).named,
    roundOf(input.plan, 1).group,
  ]);
  await tx.rows(`CREATE TEMP TABLE freeze_sources ON COMMIT DROP AS ${SOURCES}`, [scope.sourceIds]);
  await tx.rows(`CREATE TEMP TABLE freeze_held ON COMMIT DROP AS ${HELD}`, [scope.sourceIds, holderIds]);
  await tx.rows(`CREATE TEMP TABLE freeze_reach ON COMMIT DROP AS ${REACH}`);
  await tx.rows("ANALYZE freeze_people; ANALYZE freeze_pools; ANALYZE freeze_sources; ANALYZE freeze_held; ANALYZE freeze_reach");
  await tx.rows(`CREATE TEMP TABLE freeze_entitlements ON COMMIT DROP AS ${ENTITLEMENTS}`, [scope.sourceIds]);
  await tx.rows(`CREATE TEMP TABLE freeze_actors ON COMMIT DROP AS ${ACTORS}`, [scope.sourceIds]);
  await tx.rows(`CREATE TEMP TABLE freeze_identities ON COMMIT DROP AS ${IDENTITIES}`, [
    scope.sourceIds,
    scope.identityClasses,
    fallbackPersonId,
    holderIds,
  ]);
  await tx.rows(`CREATE TEMP TABLE freeze_granters ON COMMIT DROP AS ${GRANTERS}`, [scope.sourceIds, holderIds]);
  await tx.rows(`CREATE TEMP TABLE freeze_provisioners ON COMMIT DROP AS ${provisioners("IN (SELECT id FROM freeze_identities)")}`);
  await tx.rows(`CREATE TEMP TABLE freeze_risks ON COMMIT DROP AS ${risks(input.risk)}`);
  await tx.rows(
    "ANALYZE freeze_entitlements; ANALYZE freeze_identities; ANALYZE freeze_granters; ANALYZE freeze_provisioners; ANALYZE freeze_risks",
  );
  await collectFilters(tx, scope);
}

/**
 * Two places as one key. How unique one column is the planner knows; of two it guesses, and would rather hash a million wide rows than the narrow
 * table beside them. A prime and not a shift: PostgreSQL hashes a bigint by its two halves folded, which small numbers in both make collide.
 */
export const pairKey = (one: string, other: string): string => `(${one}::bigint * 1000000007 + ${other})`;

/** Everybody, with why they may not review anything at all. */
export const PEOPLE = `
  SELECT p.id, p.name, p.title, p.department, p.employment, p.manager_id, CASE WHEN p.gone_at IS NOT NULL OR p.ended_on < current_date THEN 'left' ELSE p.status END AS status,
    CASE WHEN p.status = 'left' OR p.gone_at IS NOT NULL OR p.ended_on < current_date THEN 'left' WHEN u.all_disabled THEN 'disabled' END AS standing
  FROM people p
  LEFT JOIN (SELECT person_id, bool_and(disabled_at IS NOT NULL) AS all_disabled FROM app_users WHERE person_id IS NOT NULL GROUP BY person_id) u
    ON u.person_id = p.id`;

/** The run that each source's inventory stands on, and whether it told anything about factors. */
const SOURCES = `
  SELECT s.id, s.name, r.id AS run_id, coalesce(f.completeness = 'complete', false) AS tells_factors
  FROM sources s
  LEFT JOIN LATERAL (SELECT id FROM sync_runs WHERE source_id = s.id AND state = 'APPLIED' ORDER BY started_at DESC LIMIT 1) r ON true
  LEFT JOIN sync_streams f ON f.run_id = r.id AND f.stream = 'factors'
  WHERE s.id = ANY ($1::uuid[])`;

/** The entitlements that somebody holds directly. */
const HELD = `SELECT DISTINCT g.entitlement_id AS id FROM grants g WHERE g.source_id = ANY ($1::uuid[]) AND ${LIVE} AND ${OF_ITS_HOLDERS}`;

/** What each of them reaches: how many, how grave, and the first twenty with their path in names. */
const REACH = `
  WITH RECURSIVE reached AS MATERIALIZED (
    SELECT c.holder_id, c.reached_id, c.via_id, c.depth, e.name, e.meaning, e.privileged, r.name AS resource, r.environment, r.sensitivity,
      row_number() OVER (PARTITION BY c.holder_id ORDER BY e.privileged = 'yes' DESC, c.depth, e.name COLLATE "C", e.id) AS place
    FROM freeze_held held JOIN entitlement_closure c ON c.holder_id = held.id JOIN entitlements e ON e.id = c.reached_id LEFT JOIN resources r ON r.id = e.resource_id),
  walk AS (
    SELECT holder_id, place, via_id AS at, ARRAY[name] AS path FROM reached WHERE place <= 20
    UNION ALL
    SELECT w.holder_id, w.place, CASE WHEN w.at = w.holder_id THEN NULL ELSE c.via_id END, e.name || w.path
    FROM walk w JOIN entitlements e ON e.id = w.at
    LEFT JOIN entitlement_closure c ON c.holder_id = w.holder_id AND c.reached_id = w.at
    WHERE cardinality(w.path) < 64),
  told AS (
    SELECT r.holder_id, jsonb_agg(jsonb_build_object('id', r.reached_id, 'name', r.name, 'meaning', r.meaning, 'resource', r.resource, 'privileged', r.privileged,
      'path', w.path) ORDER BY r.place) AS reaches
    FROM reached r JOIN walk w ON w.holder_id = r.holder_id AND w.place = r.place AND w.at IS NULL WHERE r.place <= 20 GROUP BY r.holder_id)
  SELECT n.*, coalesce(told.reaches, '[]') AS reaches
  FROM (SELECT holder_id AS entitlement_id, count(*)::int AS reach_count, bool_or(privileged = 'yes') AS is_privileged,
      bool_or(privileged = 'unknown') AS maybe_privileged, coalesce(bool_or(environment = 'prod'), false) AS production,
      coalesce(bool_or(sensitivity = 'restricted'), false) AS restricted
    FROM reached GROUP BY holder_id) n
  LEFT JOIN told ON told.holder_id = n.entitlement_id`;

/** Equal profiles are equal in all that the risk rule reads. */
const ENTITLEMENTS = `
  SELECT f.*, row_number() OVER ()::int AS place, dense_rank() OVER (ORDER BY privileged, environment, sensitivity, reach_count, production, restricted)::int AS profile FROM (
  SELECT e.id, e.source_id, e.external_id, e.name, e.meaning, e.digest, r.id AS resource_id, r.name AS resource_name, r.class AS resource_class,
    coalesce(r.environment, 'unknown') AS environment, coalesce(r.sensitivity, 'unknown') AS sensitivity,
    CASE WHEN e.privileged = 'yes' OR x.is_privileged THEN 'yes' WHEN e.privileged = 'unknown' OR x.maybe_privileged THEN 'unknown' ELSE 'no' END AS privileged,
    coalesce(x.reach_count, 0) AS reach_count,
    coalesce(x.production, false) AS production, coalesce(x.restricted, false) AS restricted,
    o.id AS owner_id, o.name AS owner_name, o.standing AS owner_standing,
    m.id AS above_id, m.name AS above_name, m.standing AS above_standing, m.manager_id AS above_manager_id
  FROM entitlements e
  LEFT JOIN resources r ON r.id = e.resource_id
  LEFT JOIN freeze_reach x ON x.entitlement_id = e.id
  LEFT JOIN freeze_people o ON o.id = r.owner_id
  LEFT JOIN freeze_people m ON m.id = o.manager_id
  WHERE e.source_id = ANY ($1::uuid[])) f`;

const IDENTITIES = `
  SELECT f.*, row_number() OVER ()::int AS place, dense_rank() OVER (ORDER BY class, environment, interactive, factors_fact)::int AS profile FROM (
  SELECT i.id, i.source_id, i.external_id, i.name, i.class, i.status, i.environment, i.interactive, i.person_id, i.gone_at,
    s.name AS person_name, s.title AS person_title, s.department, s.employment, s.status AS person_status, w.name AS owner_name,
    coalesce(f.kinds, CASE WHEN k.tells_factors THEN 'none enrolled' ELSE 'unknown' END) AS factors,
    CASE WHEN f.kinds IS NOT NULL THEN 'enrolled' WHEN k.tells_factors THEN 'none' ELSE 'unknown' END AS factors_fact,
    hashtext(coalesce(i.person_id, i.id)::text) & 1048575 AS group_hash,
    a.id AS manager_id, a.place AS manager_place, a.name AS manager_name, a.standing AS manager_standing,
    b.id AS second_id, b.name AS second_name, b.standing AS second_standing, b.manager_id AS second_manager_id,
    w.id AS owner_id, w.standing AS owner_standing, ${ownersOf("i")} AS owner_ids, coalesce(acting.user_ids, '{}') AS user_ids,
    v.id AS above_id, v.name AS above_name, v.standing AS above_standing, v.manager_id AS above_manager_id,
    d.id AS fallback_id, d.name AS fallback_name, d.standing AS fallback_standing, d.manager_id AS fallback_manager_id
  FROM identities i
  JOIN freeze_sources k ON k.id = i.source_id
  LEFT JOIN freeze_people s ON s.id = i.person_id
  LEFT JOIN freeze_people a ON a.id = s.manager_id
  LEFT JOIN freeze_people b ON b.id = a.manager_id
  LEFT JOIN freeze_people w ON w.id = i.owner_id
  LEFT JOIN freeze_people v ON v.id = w.manager_id
  LEFT JOIN freeze_people d ON d.id = $3::uuid
  LEFT JOIN freeze_actors acting ON acting.identity_id = i.id
  LEFT JOIN (SELECT identity_id, string_agg(DISTINCT kind, ', ' ORDER BY kind) AS kinds FROM factors WHERE gone_at IS NULL GROUP BY identity_id) f
    ON f.identity_id = i.id
  WHERE i.source_id = ANY ($1::uuid[]) AND (cardinality($2::text[]) = 0 OR i.class = ANY ($2::text[]))
    AND ($4::uuid[] IS NULL OR i.id = ANY ($4::uuid[]))) f`;

/** Who granted, where the name that the source gives is one of its identities and a person stands behind it. */
const GRANTERS = `
  SELECT given.source_id, given.granted_by, min(i.person_id::text)::uuid AS person_id
  FROM (SELECT DISTINCT g.source_id, g.granted_by FROM grants g WHERE g.source_id = ANY ($1::uuid[]) AND ${LIVE} AND g.granted_by IS NOT NULL
    AND ${OF_ITS_HOLDERS}) given
  JOIN identities i ON i.source_id = given.source_id AND given.granted_by IN (i.external_id, i.name, i.login)
  WHERE i.person_id IS NOT NULL GROUP BY given.source_id, given.granted_by HAVING count(DISTINCT i.person_id) = 1`;

const link = (personId: string, name: string, managerId: string, standing: string): LinkColumns => ({
  personId,
  name,
  managerId,
  standing,
});

/** The chain as the temporary tables hold it. A reviewer's manager is asked only where there is a reviewer: next-reviewer.sql.ts. */
export const FREEZE_CHAIN = {
  manager: link("i.manager_id", "i.manager_name", "i.second_id", "i.manager_standing"),
  managers_manager: link("i.second_id", "i.second_name", "i.second_manager_id", "i.second_standing"),
  resource_owner: link("e.owner_id", "e.owner_name", "e.above_id", "e.owner_standing"),
  resource_owners_manager: link("e.above_id", "e.above_name", "e.above_manager_id", "e.above_standing"),
  identity_owner: link("i.owner_id", "i.owner_name", "i.above_id", "i.owner_standing"),
  identity_owners_manager: link("i.above_id", "i.above_name", "i.above_manager_id", "i.above_standing"),
  fallback: link("i.fallback_id", "i.fallback_name", "i.fallback_manager_id", "i.fallback_standing"),
  reviewers_manager: link("i.up_id", "i.up_name", "i.up_manager_id", "i.up_standing"),
} as const;

export const FREEZE_ACCESS: AccessColumns = {
  self: (person) => `${person} = i.person_id`,
  granted_it: (person) => `${person} = y.person_id OR ${person} = ANY (v.person_ids)`,
  owns_identity: (person) => `${person} = ANY (i.owner_ids)`,
  can_use_identity: (person) => `${person} = ANY (i.user_ids)`,
  // Pairs and loops are made by what is found, and looked for behind it: circles.sql.ts.
  mutual_pair: null,
  loop: null,
  heldBy: null,
};

/** Who reviews in the first round: its expressions, and the LATERALs that they stand on (`z` for pools, `p` for the link). */
export function freezeReviewer(plan: CampaignPlan, access = FREEZE_ACCESS) {
  const { chain } = roundOf(plan, 1);
  const reviewer = reviewerSql({
    links: chain,
    ownerAnswers: !isLastRound(plan, 1),
    access,
    chain: FREEZE_CHAIN,
    pools: POOL_COLUMNS,
  });
  const place = placeInRing("coalesce(i.person_id, i.id)");
  const joins = `${groupMembers(chain, { from: "freeze_pools", place, access })}
    CROSS JOIN LATERAL (SELECT ${reviewer.pick} AS pick OFFSET 0) p`;
  return { ...reviewer, joins };
}

/** The risk class of each pair of profiles: some thousand answers instead of one per grant. */
function risks(parameters: RiskParameters): string {
  const risk = riskSql(
    {
      identityClass: "i.class",
      privileged: "e.privileged",
      environment: ENVIRONMENT,
      sensitivity: "e.sensitivity",
      reachCount: "e.reach_count",
      reachesProduction: "e.production",
      reachesRestricted: "e.restricted",
      interactive: "i.interactive",
      factors: "i.factors_fact",
    },
    parameters,
  );
  return `
    SELECT e.profile AS entitlement_profile, i.profile AS identity_profile, ${ENVIRONMENT} AS environment,
      ${riskClassSql(risk.points, parameters)} AS risk_class, ${risk.reasons} AS reasons
    FROM (SELECT DISTINCT ON (profile) * FROM freeze_entitlements) e
    CROSS JOIN (SELECT DISTINCT ON (profile) * FROM freeze_identities) i`;
}

/** Whose it is, the same for every kind of item. */
export const ITEM_FACTS = {
  columns:
    "source_name, identity_name, identity_external_id, identity_class, identity_status, person_name, person_title, department, owner_name",
  values: "s.name, i.name, i.external_id, i.class, i.status, i.person_name, i.person_title, i.department, i.owner_name",
} as const;

const COLUMNS = [
  "campaign_id, source_id, grant_id, identity_id, entitlement_id, resource_id, person_id",
  ITEM_FACTS.columns,
  "entitlement_name, entitlement_external_id, entitlement_digest, meaning, resource_name, resource_class, environment, sensitivity, privileged",
  "reach_count, also_held_by, started_kind, started_at, expires_kind, expires_at, last_used_kind, last_used_at, granted_by",
  "opened_run_id, observed_run_id, factors, risk_class, risk_reasons, change, last_outcome, carried_cycles",
  "first_reviewer_id, reviewer_id, reviewer_rule, passed_over, state, order_key, follows_item_id, follows_campaign_id",
  "peers_holding, peers_total, conflicts, person_status, last_campaign_id, last_decision_id, conflict_keys",
].join(", ");

/** Of a team, without the person themselves; null where there is no team. Whoever left is in no team. */
const OTHERS = (count: string) => `CASE WHEN t.people IS NOT NULL THEN ${count} - CASE WHEN i.person_status = 'left' THEN 0 ELSE 1 END END`;

/** Fills the campaign's heap. `heap` is the name that open_items_heap answered with. */
export async function insertItems(tx: Tx, heap: string, input: FreezeInput): Promise<void> {
  const hasPrior = input.priorCampaignIds.length > 0;
  await collectPrior(tx, input.priorCampaignIds);
  const follows = (input.follows ?? []).filter(({ kind }) => kind === "grant");
  const hasFollows = follows.length > 0;
  const change = hasPrior
    ? `CASE WHEN NOT g.source_id = ANY (q.source_ids) THEN 'first_review' WHEN o.grant_id IS NULL THEN 'new'
         WHEN o.entitlement_digest IS DISTINCT FROM e.digest THEN 'changed' ELSE 'unchanged' END`
    : `'first_review'`;
  const prior = hasPrior
    ? `LEFT JOIN freeze_prior o ON o.grant_id = g.id
       CROSS JOIN (SELECT array_agg(DISTINCT source_id) AS source_ids FROM items WHERE campaign_id = ANY ($4::uuid[])) q`
    : "";
  const reviewer = freezeReviewer(input.plan);
  const { joins, where } = inScope(input.scope);
  await tx.rows("SET LOCAL default_statistics_target TO DEFAULT");
  await tx.rows(
    `INSERT INTO ${heap} (${COLUMNS})
     SELECT $3::uuid, g.source_id, g.id, i.id, e.id, e.resource_id, i.person_id,
       ${ITEM_FACTS.values},
       e.name, e.external_id, e.digest, e.meaning, e.resource_name, e.resource_class, k.environment, e.sensitivity, e.privileged,
       e.reach_count, coalesce(h.names, '{}'), g.started_kind, g.started_at, g.expires_kind, g.expires_at, g.last_used_kind, g.last_used_at,
       g.granted_by, g.opened_run_id, coalesce(s.run_id, g.opened_run_id), i.factors, k.risk_class, k.reasons, ${change}, ${hasPrior ? "o.outcome" : "NULL"},
       ${hasPrior && input.plan.carryCycles > 0 ? carriedCyclesSql(input.plan.carryCycles) : "0"},
       ${reviewer.personId("p.pick")}, ${reviewer.personId("p.pick")}, ${reviewer.rule("p.pick")}, ${reviewer.passedOver("p.pick")},
       (CASE WHEN p.pick = 0 THEN 'UNASSIGNED' ELSE 'ASSIGNED' END)::item_state,
       ${orderKeySql({ riskClass: "k.risk_class", change, privileged: "e.privileged", lastUsedKind: "g.last_used_kind", lastUsedAt: "g.last_used_at", groupHash: "i.group_hash", conflicts: "x.words", personStatus: "i.person_status" })},
       ${hasFollows ? 'w."itemId", w."campaignId"' : "NULL, NULL"},
       ${OTHERS("coalesce(b.holders, 0)")}, ${OTHERS("t.people")},
       coalesce(x.words, '{}'), i.person_status, ${hasPrior ? "o.campaign_id, o.decision_id" : "NULL, NULL"}, coalesce(x.keys, '{}')
     ${joins}
     LEFT JOIN freeze_overlaps h ON h.key = ${pairKey("i.place", "e.place")}
     LEFT JOIN freeze_conflicts x ON x.subject_id = coalesce(i.person_id, i.id) AND x.entitlement_id = g.entitlement_id
     LEFT JOIN freeze_teams t ON t.manager_id = i.manager_id
     LEFT JOIN freeze_peers b ON b.key = ${pairKey("i.manager_place", "e.place")}
     ${prior}
     ${hasFollows ? `LEFT JOIN jsonb_to_recordset($${hasPrior ? 5 : 4}::jsonb) AS w(id uuid, "itemId" uuid, "campaignId" uuid) ON w.id = g.id` : ""}
     ${reviewer.joins}
     ${where}`,
    [
      ...scopeValues(input.scope),
      input.campaignId,
      ...(hasPrior ? [input.priorCampaignIds] : []),
      ...(hasFollows ? [JSON.stringify(follows)] : []),
    ],
  );
}

/**
 * The total order by what needs thought: conflicts and leavers, risk, what changed, privilege, what is unused; a subject's rows stay together
 * within that. 2 bits each, then 20 bits of the subject.
 */
type OrderColumns = Record<"riskClass" | "change" | "privileged" | "lastUsedKind" | "lastUsedAt" | "groupHash", string> & {
  conflicts?: string;
  personStatus?: string;
};
export function orderKeySql(columns: OrderColumns): string {
  const { conflicts = "NULL", personStatus = "NULL::text" } = columns;
  return `(CASE WHEN ${conflicts} IS NOT NULL OR ${personStatus} = 'left' THEN 0 ELSE 1 END << 28)
    + (CASE ${columns.riskClass} WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'ordinary' THEN 2 ELSE 3 END << 26)
    + (CASE ${columns.change} WHEN 'changed' THEN 0 WHEN 'new' THEN 1 ELSE 2 END << 24)
    + (CASE ${columns.privileged} WHEN 'yes' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END << 22)
    + (CASE WHEN ${columns.lastUsedKind} = 'never' OR ${columns.lastUsedAt} < now() - interval '${UNUSED_DAYS} days' THEN 0
        WHEN ${columns.lastUsedKind} = 'value' THEN 2 ELSE 1 END << 20)
    + ${columns.groupHash}`;
}

/** What the held entitlements reach, once each, whether or not the filters left one of their grants in. */
export async function keepReaches(tx: Tx, campaignId: string): Promise<void> {
  await tx.rows(
    `INSERT INTO population_reaches (campaign_id, entitlement_id, reaches) SELECT $1::uuid, entitlement_id, reaches FROM freeze_reach`,
    [campaignId],
  );
}
