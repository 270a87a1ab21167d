import type pg from "pg";

/**
 * The baseline of a freeze: one statement that writes the same columns of the same items into a bare heap, then the same key and indexes. Reviewers
 * are found by the chain and are never the subject, nor a subordinate of the subject, nor who granted it, nor gone; how many of the team hold the
 * same is counted. Left out is everything around it: gate, lock, manifest, digest, signature, audit, who else owns or can use an identity, circles of
 * reviewers, pairs of duties, what else the holder gets the same by, and what an entitlement reaches by name.
 */

const LINKS = [
  { rule: "manager", person: "m" },
  { rule: "managers_manager", person: "mm" },
  { rule: "resource_owner", person: "o" },
  { rule: "resource_owners_manager", person: "om" },
  { rule: "identity_owner", person: "w" },
  { rule: "identity_owners_manager", person: "wm" },
  { rule: "fallback", person: "f" },
] as const;

const column = (person: string, name: string) =>
  ["m", "mm", "w", "wm", "f"].includes(person) ? `i.${person}_${name}` : `e.${person}_${name}`;
const mayReview = (person: string) =>
  `${column(person, "id")} <> coalesce(i.person_id, i.id) AND ${column(person, "above")} IS DISTINCT FROM i.person_id
   AND ${column(person, "id")} IS DISTINCT FROM y.person_id AND NOT ${column(person, "left")}`;
const people = (...aliases: string[]) =>
  aliases
    .map((p) => `${p}.id AS ${p}_id, ${p}.name AS ${p}_name, ${p}.manager_id AS ${p}_above, ${p}.status = 'left' AS ${p}_left`)
    .join(", ");

const PICK = `CASE ${LINKS.map(({ person }, at) => `WHEN ${mayReview(person)} THEN ${at + 1}`).join(" ")} ELSE 0 END`;
const byPick = (value: (link: (typeof LINKS)[number]) => string) =>
  `CASE p.pick ${LINKS.map((link, at) => `WHEN ${at + 1} THEN ${value(link)}`).join(" ")} END`;

const ENTITLEMENTS = `SELECT e.id, e.external_id, e.name, e.meaning, e.digest, e.privileged, r.id AS resource_id, r.name AS resource_name, r.class AS resource_class,
    r.environment, r.sensitivity, coalesce(c.reach, 0) AS reach_count, ${people("o", "om")},
    array_remove(ARRAY[CASE e.privileged WHEN 'yes' THEN 'privileged' WHEN 'unknown' THEN 'privilege_unknown' END, CASE WHEN r.environment = 'prod' THEN 'production' END,
      CASE r.sensitivity WHEN 'restricted' THEN 'restricted' WHEN 'confidential' THEN 'confidential' END, 'factors_unknown'], NULL) AS reasons,
    CASE e.privileged WHEN 'yes' THEN 4 WHEN 'unknown' THEN 2 ELSE 0 END + CASE WHEN r.environment = 'prod' THEN 2 ELSE 0 END
      + CASE r.sensitivity WHEN 'restricted' THEN 3 WHEN 'confidential' THEN 2 ELSE 0 END + 1 AS points
  FROM entitlements e JOIN resources r ON r.id = e.resource_id LEFT JOIN people o ON o.id = r.owner_id LEFT JOIN people om ON om.id = o.manager_id
  LEFT JOIN (SELECT holder_id, count(*)::int AS reach FROM entitlement_closure GROUP BY 1) c ON c.holder_id = e.id`;

const IDENTITIES = `SELECT i.id, i.external_id, i.name, i.class, i.status, i.person_id, s.name AS person_name, s.title, s.department, s.status AS person_status, s.manager_id,
    hashtext(coalesce(i.person_id, i.id)::text) & 1048575 AS group_hash, ${people("m", "mm", "w", "wm", "f")}
  FROM identities i LEFT JOIN people s ON s.id = i.person_id LEFT JOIN people m ON m.id = s.manager_id LEFT JOIN people mm ON mm.id = m.manager_id
  LEFT JOIN people w ON w.id = i.owner_id LEFT JOIN people wm ON wm.id = w.manager_id LEFT JOIN people f ON f.external_id = 'p0000000'`;

const LIVE = (source: string) => `g.source_id = ${source} AND g.ended_run_id IS NULL AND g.holder_kind = 'identity'`;

/** One column, for the planner: of how unique two are together it only guesses, and would hash the wide rows. */
const PAIR = (one: string, other: string) => `uuid_hash_extended(${one}, 0) # uuid_hash_extended(${other}, 1)`;
const peersOf = (source: string) => `
  SELECT ${PAIR("p.manager_id", "g.entitlement_id")} AS key, p.manager_id, g.entitlement_id, count(*)::int AS holders
  FROM grants g JOIN identities i ON i.id = g.holder_id JOIN people p ON p.id = i.person_id AND p.status <> 'left'
  WHERE ${LIVE(source)} AND p.manager_id IS NOT NULL GROUP BY p.manager_id, g.entitlement_id`;

const itemsOf = (campaign: string, source: string) => `
  WITH e AS MATERIALIZED (${ENTITLEMENTS}), i AS MATERIALIZED (${IDENTITIES}), y AS MATERIALIZED (SELECT external_id, person_id FROM identities),
  teams AS MATERIALIZED (SELECT manager_id, count(*)::int AS people FROM people WHERE manager_id IS NOT NULL AND status <> 'left' GROUP BY 1 HAVING count(*) > 1)
  SELECT ${campaign} AS campaign_id, md5(g.ctid::text)::uuid AS id, 'grant' AS kind, g.source_id, g.id AS grant_id, i.id AS identity_id, e.id AS entitlement_id,
    e.resource_id, i.person_id, 'Directory' AS source_name, i.name AS identity_name, i.external_id AS identity_external_id, i.class AS identity_class,
    i.status AS identity_status, i.person_name, i.title AS person_title, i.department, i.w_name AS owner_name, e.name AS entitlement_name,
    e.external_id AS entitlement_external_id, e.digest AS entitlement_digest, e.meaning, e.resource_name, e.resource_class, e.environment, e.sensitivity,
    e.privileged, e.reach_count, '{}'::text[] AS also_held_by, g.started_kind, g.started_at, g.expires_kind, g.expires_at, g.last_used_kind, g.last_used_at,
    g.granted_by, g.opened_run_id, g.opened_run_id AS observed_run_id, 'unknown' AS factors,
    CASE WHEN e.points >= 10 THEN 'critical' WHEN e.points >= 7 THEN 'high' WHEN e.points >= 3 THEN 'ordinary' ELSE 'low' END AS risk_class,
    e.reasons AS risk_reasons, 'first_review' AS change, NULL::text AS last_outcome,
    0 AS carried_cycles, CASE WHEN t.people IS NOT NULL THEN coalesce(b.holders, 0) - 1 END AS peers_holding, t.people - 1 AS peers_total,
    '{}'::text[] AS conflicts, '{}'::text[] AS conflict_keys, i.person_status, NULL::uuid AS last_campaign_id, NULL::uuid AS last_decision_id,
    ${byPick(({ person }) => column(person, "id"))} AS first_reviewer_id, ${byPick(({ rule }) => `'${rule}'`)} AS reviewer_rule,
    CASE WHEN p.pick = 1 THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object('rule', 'manager', 'personId', i.m_id, 'name', i.m_name, 'why',
      CASE WHEN i.m_id IS NULL THEN 'nobody' WHEN i.m_id = y.person_id THEN 'granted_it' ELSE 'left' END)) END AS passed_over,
    (CASE WHEN e.points >= 10 THEN 0 WHEN e.points >= 7 THEN 1 WHEN e.points >= 3 THEN 2 ELSE 3 END << 26) + (2 << 24)
      + (CASE e.privileged WHEN 'yes' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END << 22)
      + (CASE WHEN g.last_used_kind = 'never' OR g.last_used_at < now() - interval '90 days' THEN 0 WHEN g.last_used_kind = 'value' THEN 2 ELSE 1 END << 20)
      + i.group_hash AS order_key,
    NULL::uuid AS follows_item_id, NULL::uuid AS follows_campaign_id, (CASE WHEN p.pick = 0 THEN 'UNASSIGNED' ELSE 'ASSIGNED' END)::item_state AS state,
    NULL::text AS answer, NULL::text AS outcome, 0 AS version, 1 AS round, NULL::jsonb AS terms, 0 AS escalations, NULL::uuid AS subject_id,
    NULL::uuid AS on_behalf_of, NULL::uuid AS decision_id, ${byPick(({ person }) => column(person, "id"))} AS reviewer_id,
    NULL::timestamptz(3) AS due_at, NULL::text AS void_reason, NULL::uuid AS void_run_id
  FROM grants g JOIN i ON i.id = g.holder_id JOIN e ON e.id = g.entitlement_id LEFT JOIN y ON y.external_id = g.granted_by
  LEFT JOIN teams t ON t.manager_id = i.manager_id LEFT JOIN raw_peers b
    ON b.key = ${PAIR("i.manager_id", "g.entitlement_id")} AND b.manager_id = i.manager_id AND b.entitlement_id = g.entitlement_id
  CROSS JOIN LATERAL (SELECT ${PICK} AS pick OFFSET 0) p
  WHERE ${LIVE(source)}`;

const uuid = (id: string) => `'${id}'::uuid`;

export async function rawFreeze(client: pg.Client, campaignId: string, sourceId: string): Promise<void> {
  await client.query("BEGIN");
  await client.query("SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL jit = off");
  await client.query(`CREATE TEMP TABLE raw_peers ON COMMIT DROP AS ${peersOf(uuid(sourceId))}`);
  await client.query("ANALYZE raw_peers");
  await client.query(`CREATE TABLE raw.items AS ${itemsOf(uuid(campaignId), uuid(sourceId))}`);
  await client.query("ALTER TABLE raw.items ADD PRIMARY KEY (campaign_id, id)");
  await client.query("CREATE INDEX ON raw.items (campaign_id, reviewer_id, order_key, id)");
  await client.query("CREATE INDEX ON raw.items (order_key, id)");
  await client.query("CREATE INDEX ON raw.items (identity_id)");
  await client.query("CREATE INDEX ON raw.items (entitlement_id)");
  await client.query("COMMIT");
}
