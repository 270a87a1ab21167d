import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { DEPENDENCES, type Dependence } from "./independence.ts";
import type { AccessColumns } from "./reviewers.sql.ts";

/** uuid[]: who answers for an identity i that is not a human's. */
export const ownersOf = (i: string) =>
  `CASE WHEN ${i}.class = 'human' THEN '{}'::uuid[] ELSE array_remove(ARRAY[${i}.owner_id, ${i}.backup_owner_id], NULL) END`;

/**
 * uuid[]: who can act as an identity i that is not a human's, by what our connectors name such an entitlement (membership of a database's
 * role, assuming a cloud's), held directly or through groups; and who may turn out to be its person.
 */
export const actorsOf = (i: string) => `ARRAY(
  SELECT h.person_id FROM entitlements a
  CROSS JOIN LATERAL (SELECT a.id UNION ALL SELECT c.holder_id FROM entitlement_closure c WHERE c.reached_id = a.id) k
  JOIN grants l ON l.entitlement_id = k.id AND l.holder_kind = 'identity' AND l.ended_run_id IS NULL
  JOIN identities h ON h.id = l.holder_id AND h.person_id IS NOT NULL AND h.gone_at IS NULL
  WHERE ${i}.class <> 'human' AND a.source_id = ${i}.source_id AND a.gone_at IS NULL
    AND a.external_id IN ('assume:' || ${i}.external_id, 'member:' || regexp_replace(${i}.external_id, '^role:', ''))
  UNION SELECT m.person_id FROM identity_person_matches m WHERE m.identity_id = ${i}.id AND m.state = 'proposed')`;

/** The same for every identity of the sources $1 that somebody can act as, in one pass: identity_id, user_ids. */
export const ACTORS = `
  SELECT k.identity_id, array_agg(DISTINCT k.person_id) AS user_ids FROM (
    SELECT i.id AS identity_id, h.person_id FROM identities i
    JOIN entitlements a ON a.source_id = i.source_id AND a.gone_at IS NULL
      AND a.external_id = ANY (ARRAY['assume:' || i.external_id, 'member:' || regexp_replace(i.external_id, '^role:', '')])
    CROSS JOIN LATERAL (SELECT a.id UNION ALL SELECT c.holder_id FROM entitlement_closure c WHERE c.reached_id = a.id) held
    JOIN grants l ON l.entitlement_id = held.id AND l.holder_kind = 'identity' AND l.ended_run_id IS NULL
    JOIN identities h ON h.id = l.holder_id AND h.person_id IS NOT NULL AND h.gone_at IS NULL
    WHERE i.source_id = ANY ($1::uuid[]) AND i.class <> 'human'
    UNION ALL
    SELECT m.identity_id, m.person_id FROM identity_person_matches m JOIN identities i ON i.id = m.identity_id AND i.source_id = ANY ($1::uuid[])
    WHERE m.state = 'proposed') k
  GROUP BY k.identity_id`;

/** The person who granted an item t, where the name that the source gives is one of its identities and one person stands behind it. */
const GRANTER = `(SELECT min(g.person_id::text)::uuid FROM identities g WHERE g.source_id = t.source_id AND t.granted_by IN (g.external_id, g.name, g.login)
  AND g.person_id IS NOT NULL HAVING count(DISTINCT g.person_id) = 1)`;

/**
 * Who provisioned an access through here, by identity_id and entitlement_id: asked for or confirmed that it was put back, carried out what changed
 * it without ending it, or approved the exception that it stands under. `of` narrows identities x.
 */
export const provisioners = (of: string) => `
  SELECT k.identity_id, k.entitlement_id, array_agg(DISTINCT k.person_id) AS person_ids FROM (
    SELECT m.identity_id, m.entitlement_id, u.person_id FROM remediations m
    JOIN remediation_events e ON e.remediation_id = m.id AND e.kind = 'RESTORED'
    JOIN app_users u ON u.id::text IN (e.detail ->> 'requestedBy', e.detail ->> 'confirmedBy') WHERE m.state = 'RESTORED' AND m.identity_id ${of}
    UNION ALL
    SELECT m.identity_id, m.entitlement_id, u.person_id FROM remediations m JOIN app_users u ON u.id = m.executed_by
    WHERE m.kind NOT IN ('revoke', 'suspend', 'time_limit', 'retire') AND m.identity_id ${of}
    UNION ALL
    SELECT x.identity_id, x.entitlement_id, a.person_id FROM exceptions x JOIN exception_approvals a ON a.exception_id = x.id
    WHERE x.state IN ('APPROVED', 'ACTIVE', 'SUSPENDED') AND x.identity_id ${of}) k
  WHERE k.person_id IS NOT NULL AND k.entitlement_id IS NOT NULL GROUP BY k.identity_id, k.entitlement_id`;

/** As isLine in independence.ts. */
export const isLineSql = (reviewer: string, subject: string) => `EXISTS (SELECT FROM people s LEFT JOIN people m ON m.id = s.manager_id
  WHERE s.id = ${subject} AND (s.manager_id = ${reviewer} OR m.manager_id = ${reviewer}))`;

/** Whom somebody reviews in the campaign by other links than line management: on items o. */
const REVIEWED = `o.person_id IS NOT NULL AND o.state <> 'VOIDED' AND NOT ${isLineSql("o.reviewer_id", "o.person_id")}`;

/** mutual_ids and loop_ids of campaign $1: whom these subjects (uuid[]) review, and whom those review, at whatever distance. */
export const reviewedFrom = (subjects: string) => `
      WITH RECURSIVE walk (id, depth) AS (
        SELECT o.person_id, 1 FROM items o WHERE o.campaign_id = $1::uuid AND o.reviewer_id = ANY (${subjects}) AND ${REVIEWED}
        UNION SELECT o.person_id, 2 FROM walk w JOIN items o ON o.campaign_id = $1::uuid AND o.reviewer_id = w.id AND ${REVIEWED})
      SELECT coalesce(array_agg(id) FILTER (WHERE depth = 1), '{}') AS mutual_ids, coalesce(array_agg(id) FILTER (WHERE depth = 2), '{}') AS loop_ids
      FROM walk`;

/**
 * What tells who depends on the items $2 of campaign $1, one row each: access (item_id, subject_ids, granter_ids, owner_ids, user_ids,
 * held_by, mutual_ids, loop_ids). Circles are walked once per subject.
 */
export const ACCESS = `
  given AS MATERIALIZED (${provisioners("IN (SELECT identity_id FROM items WHERE campaign_id = $1::uuid AND id = ANY ($2::uuid[]))")}),
  found AS MATERIALIZED (
    SELECT t.id AS item_id, array_remove(ARRAY[t.person_id, nullif(x.person_id, t.person_id)], NULL) AS subject_ids,
      array_remove(given.person_ids || ${GRANTER}, NULL) AS granter_ids,
      CASE WHEN x.id IS NULL THEN '{}'::uuid[] ELSE ${ownersOf("x")} END AS owner_ids, CASE WHEN x.id IS NULL THEN '{}'::uuid[] ELSE ${actorsOf("x")} END AS user_ids,
      array_remove(ARRAY(SELECT unnest(ARRAY[h.from_id, h.to_id]) FROM assignments h WHERE h.campaign_id = t.campaign_id AND h.item_id = t.id)
        || t.first_reviewer_id || t.reviewer_id, NULL) AS held_by
    FROM items t LEFT JOIN identities x ON x.id = t.identity_id LEFT JOIN given ON given.identity_id = t.identity_id AND given.entitlement_id = t.entitlement_id
    WHERE t.campaign_id = $1::uuid AND t.id = ANY ($2::uuid[])),
  circles AS MATERIALIZED (
    SELECT s.subject_ids, walked.mutual_ids, walked.loop_ids FROM (SELECT DISTINCT subject_ids FROM found) s
    CROSS JOIN LATERAL (${reviewedFrom("s.subject_ids")}) walked),
  access AS MATERIALIZED (SELECT found.*, circles.mutual_ids, circles.loop_ids FROM found JOIN circles USING (subject_ids))`;

/** Of rows a of that. A pair or loop is made only by who is not the subject's line. */
export const ACCESS_COLUMNS: AccessColumns = {
  self: (person) => `${person} = ANY (a.subject_ids)`,
  granted_it: (person) => `${person} = ANY (a.granter_ids)`,
  owns_identity: (person) => `${person} = ANY (a.owner_ids)`,
  can_use_identity: (person) => `${person} = ANY (a.user_ids)`,
  mutual_pair: (person) => `${person} = ANY (a.mutual_ids) AND ${isApart(person)}`,
  loop: (person) => `${person} = ANY (a.loop_ids) AND NOT ${person} = ANY (a.mutual_ids) AND ${isApart(person)}`,
  heldBy: "a.held_by",
};

function isApart(person: string): string {
  return `EXISTS (SELECT FROM unnest(a.subject_ids) z WHERE NOT ${isLineSql(person, "z")})`;
}

export type DependencesOfItem = { itemId: string; personId: string; why: Dependence[]; wasHolder: boolean };

/** Of rows a of ACCESS and people p: each reason with its condition. */
const REASONS = DEPENDENCES.map((reason) => ({
  reason,
  holds: reason === "own_manager" ? "p.manager_id = ANY (a.subject_ids)" : (ACCESS_COLUMNS[reason]?.("p.id") ?? "false"),
}));

/** dependencesOf as SQL, for each of these items and people. */
export const readDependences = (
  tx: Tx,
  campaignId: string,
  itemIds: readonly string[],
  personIds: readonly string[],
): Promise<DependencesOfItem[]> =>
  tx.rows<DependencesOfItem>(
    `WITH ${ACCESS}
     SELECT a.item_id AS "itemId", p.id AS "personId", array_remove(ARRAY[${REASONS.map(({ reason, holds }) => `CASE WHEN ${holds} THEN '${reason}' END`).join(", ")}], NULL) AS why,
       p.id = ANY (a.held_by) AS "wasHolder"
     FROM access a CROSS JOIN people p WHERE p.id = ANY ($3::uuid[]) ORDER BY a.item_id, p.id`,
    [campaignId, itemIds, personIds],
  );

export type DependencesOfAll = { personId: string; free: number; why: (Dependence | "held_before")[] };

/** The same over all of these items: how many each of these people is independent of and never had, and every reason against the others. */
export const countDependences = (
  tx: Tx,
  campaignId: string,
  itemIds: readonly string[],
  personIds: readonly string[],
): Promise<DependencesOfAll[]> => {
  const all = [...REASONS, { reason: "held_before", holds: "p.id = ANY (a.held_by)" }];
  return tx.rows<DependencesOfAll>(
    `WITH ${ACCESS}
     SELECT p.id AS "personId", count(*) FILTER (WHERE NOT (${all.map(({ holds }) => `coalesce(${holds}, false)`).join(" OR ")}))::int AS free,
       array_remove(ARRAY[${all.map(({ reason, holds }) => `CASE WHEN bool_or(${holds}) THEN '${reason}' END`).join(", ")}], NULL) AS why
     FROM access a CROSS JOIN people p WHERE p.id = ANY ($3::uuid[]) GROUP BY p.id ORDER BY p.id`,
    [campaignId, itemIds, personIds],
  );
};
