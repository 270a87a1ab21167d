import "server-only";
import type { Tx } from "#lib/db/tx.ts";

/**
 * A source's identities against the people whom another source counts. Every person in office and every identity of a person is in exactly one
 * of the parts, so the difference between the two counts is explained by them.
 */
export type TieOut = {
  sourceId: string;
  sourceName: string;
  peopleSourceId: string;
  peopleSourceName: string;
  /** As the people source declared, where it declares a total; and how many were read. */
  peopleDeclared: number | null;
  peopleInOffice: number;
  withIdentity: number;
  withoutIdentity: number;
  /** Identities of people in the source that are not gone. */
  identities: number;
  ofPeopleInOffice: number;
  ofPeopleWhoLeft: number;
  /** Of somebody whom another people source tells of. */
  ofOthers: number;
  unmatched: number;
};

/** For each source in scope and each other source that tells of people; none where no two sources tell. */
export async function readTieOuts(tx: Tx, sourceIds: readonly string[]): Promise<TieOut[]> {
  return tx.rows<TieOut>(
    `WITH told AS (
       SELECT p.id, p.source_id, p.status <> 'left' AND p.gone_at IS NULL AND coalesce(p.ended_on >= current_date, true) AS in_office FROM people p),
     people_sources AS (
       SELECT s.id, s.name, (SELECT t.declared::int FROM sync_runs r JOIN sync_streams t ON t.run_id = r.id AND t.stream = 'people'
           WHERE r.source_id = s.id AND r.state = 'APPLIED' ORDER BY r.started_at DESC LIMIT 1) AS declared,
         count(*) FILTER (WHERE told.in_office)::int AS in_office
       FROM sources s JOIN told ON told.source_id = s.id GROUP BY s.id, s.name),
     theirs AS (
       SELECT i.source_id, i.person_id, told.source_id AS people_source_id, told.in_office
       FROM identities i LEFT JOIN told ON told.id = i.person_id
       WHERE i.source_id = ANY ($1::uuid[]) AND i.class IN ('human', 'break_glass') AND i.gone_at IS NULL)
     SELECT s.id AS "sourceId", s.name AS "sourceName", k.id AS "peopleSourceId", k.name AS "peopleSourceName", k.declared AS "peopleDeclared",
       k.in_office AS "peopleInOffice",
       count(DISTINCT t.person_id) FILTER (WHERE t.people_source_id = k.id AND t.in_office)::int AS "withIdentity",
       k.in_office - count(DISTINCT t.person_id) FILTER (WHERE t.people_source_id = k.id AND t.in_office)::int AS "withoutIdentity",
       count(t.source_id)::int AS identities,
       count(*) FILTER (WHERE t.people_source_id = k.id AND t.in_office)::int AS "ofPeopleInOffice",
       count(*) FILTER (WHERE t.people_source_id = k.id AND NOT t.in_office)::int AS "ofPeopleWhoLeft",
       count(*) FILTER (WHERE t.people_source_id <> k.id)::int AS "ofOthers",
       count(*) FILTER (WHERE t.source_id IS NOT NULL AND t.person_id IS NULL)::int AS unmatched
     FROM sources s JOIN people_sources k ON k.id <> s.id LEFT JOIN theirs t ON t.source_id = s.id
     WHERE s.id = ANY ($1::uuid[])
     GROUP BY s.id, s.name, k.id, k.name, k.declared, k.in_office HAVING count(t.source_id) > 0 ORDER BY s.name COLLATE "C", s.id, k.name COLLATE "C", k.id`,
    [sourceIds],
  );
}
