import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { pairKey } from "./freeze.sql.ts";

/**
 * How many of a team hold what its members hold, as the temporary tables freeze_teams (manager_id, people) and freeze_peers (key of the
 * manager's and the entitlement's places, holders). A team is everybody in office with the same manager. Needs freeze_people, freeze_identities and freeze_entitlements.
 */
export async function collectPeers(tx: Tx, sourceIds: readonly string[]): Promise<void> {
  await tx.rows("DROP TABLE IF EXISTS pg_temp.freeze_teams, pg_temp.freeze_peers");
  await tx.rows(`CREATE TEMP TABLE freeze_teams ON COMMIT DROP AS
    SELECT manager_id, count(*)::int AS people FROM freeze_people WHERE manager_id IS NOT NULL AND standing IS DISTINCT FROM 'left' GROUP BY manager_id HAVING count(*) > 1`);
  await tx.rows("ANALYZE freeze_teams");
  await tx.rows(`CREATE TEMP TABLE freeze_peers ON COMMIT DROP AS ${PEERS}`, [sourceIds]);
  await tx.rows("ANALYZE freeze_peers");
}

/** Counting people apart from rows needs sorting: only those with several identities in a source are counted so. */
const PEERS = `
  WITH members AS MATERIALIZED (
    SELECT i.id, i.manager_place, i.person_id, count(*) OVER (PARTITION BY i.source_id, i.person_id) > 1 AS has_several
    FROM freeze_identities i JOIN freeze_teams t ON t.manager_id = i.manager_id JOIN freeze_people p ON p.id = i.person_id AND p.standing IS DISTINCT FROM 'left'
    WHERE i.gone_at IS NULL)
  SELECT ${pairKey("c.manager_place", "e.place")} AS key, sum(holders)::int AS holders FROM (
    SELECT m.manager_place, g.entitlement_id, count(*) AS holders FROM grants g JOIN members m ON m.id = g.holder_id AND NOT m.has_several
    WHERE g.source_id = ANY ($1::uuid[]) AND g.ended_run_id IS NULL AND g.holder_kind = 'identity' GROUP BY 1, 2
    UNION ALL
    SELECT m.manager_place, g.entitlement_id, count(DISTINCT m.person_id) FROM grants g JOIN members m ON m.id = g.holder_id AND m.has_several
    WHERE g.source_id = ANY ($1::uuid[]) AND g.ended_run_id IS NULL AND g.holder_kind = 'identity' GROUP BY 1, 2) c
  JOIN freeze_entitlements e ON e.id = c.entitlement_id
  GROUP BY 1`;
