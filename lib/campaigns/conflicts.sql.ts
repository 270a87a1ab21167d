import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { DEFAULT_TOXIC_PAIRS, type ToxicPair, toxicPairs } from "./duties.ts";

/** The pairs in force: the setting, or the default where it is absent or was left broken. */
export async function readToxicPairs(tx: Tx): Promise<readonly ToxicPair[]> {
  const [row] = await tx.rows<{ value: unknown }>("SELECT value FROM settings WHERE key = 'campaign.toxic_pairs'");
  const given = toxicPairs.safeParse(row?.value);
  return given.success ? given.data : DEFAULT_TOXIC_PAIRS;
}

/**
 * Who holds both sides of a toxic pair, as the temporary table freeze_conflicts (subject_id, entitlement_id, words, keys): a person with all of
 * their identities in every source, or an identity without a person. Few entitlements speak of a duty, so only those are joined to grants.
 */
export async function collectConflicts(tx: Tx): Promise<void> {
  const pairs = await readToxicPairs(tx);
  await tx.rows("DROP TABLE IF EXISTS pg_temp.freeze_duties, pg_temp.freeze_duty_holders, pg_temp.freeze_conflicts");
  await tx.rows(`CREATE TEMP TABLE freeze_duties ON COMMIT DROP AS ${DUTIES}`, [JSON.stringify(pairs.flatMap(sidesOf))]);
  await tx.rows("ANALYZE freeze_duties");
  await tx.rows(`CREATE TEMP TABLE freeze_duty_holders ON COMMIT DROP AS ${HOLDERS}`);
  await tx.rows("ANALYZE freeze_duty_holders");
  await tx.rows(`CREATE TEMP TABLE freeze_conflicts ON COMMIT DROP AS ${CONFLICTS}`);
  await tx.rows("ANALYZE freeze_conflicts");
}

export const sidesOf = ({ id, why, where, sides }: ToxicPair) =>
  sides.map((side, at) => ({ ...side, pair: id, why, same: where === "same_resource", side: at, other: sides[1 - at]?.can ?? "" }));

/** Which side of which pair holding an entitlement puts somebody on, by itself or by what it reaches; target is the resource where that counts. */
export const DUTIES = `
  WITH sides AS MATERIALIZED (
    SELECT s.*, s."resourceClasses" AS classes FROM jsonb_to_recordset($1::jsonb) AS s(pair text, side int, same boolean, why text, can text, other text, says text,
      "resourceClasses" text[], environments text[])),
  told AS MATERIALIZED (
    SELECT e.id, s.pair, s.side, s.why, s.can, s.other, CASE WHEN s.same THEN e.resource_id END AS target
    FROM sides s JOIN (entitlements e LEFT JOIN resources r ON r.id = e.resource_id) ON e.gone_at IS NULL
      AND (cardinality(s.classes) = 0 OR r.class = ANY (s.classes)) AND (cardinality(s.environments) = 0 OR r.environment = ANY (s.environments))
      AND (NOT s.same OR e.resource_id IS NOT NULL)
      AND concat_ws(' ', e.name, e.external_id, e.meaning) ~* s.says)
  SELECT DISTINCT h.entitlement_id, e.name, t.pair, t.side, t.why, t.can, t.other, t.target
  FROM told t JOIN (SELECT id AS entitlement_id, id AS reached_id FROM told UNION SELECT holder_id, reached_id FROM entitlement_closure) h ON h.reached_id = t.id
  JOIN entitlements e ON e.id = h.entitlement_id`;

/** Everybody who is on both sides. */
export const HOLDERS = `
  SELECT coalesce(i.person_id, i.id) AS subject_id, d.pair, d.target
  FROM freeze_duties d JOIN grants g ON g.entitlement_id = d.entitlement_id AND g.ended_run_id IS NULL AND g.holder_kind = 'identity'
  JOIN identities i ON i.id = g.holder_id
  GROUP BY 1, 2, 3 HAVING bit_or(1 << d.side) = 3`;

/** Each direct entitlement on one of the sides, with what it conflicts with. One that is on both sides by itself conflicts with itself. */
const CONFLICTS = `
  WITH held AS MATERIALIZED (
    SELECT DISTINCT h.subject_id, d.* FROM freeze_duty_holders h JOIN freeze_duties d ON d.pair = h.pair AND d.target IS NOT DISTINCT FROM h.target
    JOIN grants g ON g.entitlement_id = d.entitlement_id AND g.ended_run_id IS NULL AND g.holder_kind = 'identity'
    JOIN identities i ON i.id = g.holder_id AND coalesce(i.person_id, i.id) = h.subject_id),
  named AS (
    SELECT a.subject_id, a.entitlement_id, a.pair || '|' || coalesce(a.target::text, '*') || '|' || a.side AS key, a.why, a.can, a.other,
      array_agg(DISTINCT b.name COLLATE "C" ORDER BY b.name COLLATE "C") AS names
    FROM held a JOIN held b ON b.subject_id = a.subject_id AND b.pair = a.pair AND b.target IS NOT DISTINCT FROM a.target AND b.side <> a.side
    GROUP BY 1, 2, 3, 4, 5, 6)
  SELECT subject_id, entitlement_id, array_agg(DISTINCT words COLLATE "C") AS words, array_agg(DISTINCT key COLLATE "C") AS keys FROM (
    SELECT subject_id, entitlement_id, key, 'Can ' || can || ' and, by ' || array_to_string(names[1:3], ', ') || CASE WHEN cardinality(names) > 3
      THEN ' and ' || cardinality(names) - 3 || ' more' ELSE '' END || ', ' || other || ': ' || why AS words FROM named) w
  GROUP BY 1, 2`;
