import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { knownPrincipals } from "./intake.sql.ts";

/**
 * Sessions that events told of, against the inventory as it is now: whose they are, and whether what that identity holds is privileged. Writes
 * only what differs; answers with how many. Events keep what was known when they came.
 */
export async function matchSessions(tx: Tx, sourceId: string): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(
    `WITH known AS MATERIALIZED (${knownPrincipals(
      "SELECT DISTINCT identity AS principal, substring(identity from '[^/]+$') AS principal_name FROM sessions WHERE source_id = $1::uuid AND told = 'derived'",
    )}),
     written AS (
       UPDATE sessions s SET identity_id = k.id, privileged = CASE WHEN s.shows_privilege THEN 'yes' ELSE k.privileged END
       FROM known k WHERE s.source_id = $1::uuid AND s.told = 'derived' AND s.identity = k.principal
         AND (s.identity_id IS DISTINCT FROM k.id OR (NOT s.shows_privilege AND s.privileged <> k.privileged))
       RETURNING 1)
     SELECT count(*)::int AS count FROM written`,
    [sourceId],
  );
  return row?.count ?? 0;
}
