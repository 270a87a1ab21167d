import "server-only";
import type { Tx } from "#lib/db/tx.ts";

/** since: when the exception in force at this moment began, this one or another for the access; null where none is. */
export type CoveredAccess = { identityId: string; entitlementId: string; since: Date | null };

export async function readCoveredAccess(tx: Tx, exceptionId: string): Promise<CoveredAccess | null> {
  const [row] = await tx.rows<CoveredAccess>(
    `SELECT x.identity_id AS "identityId", x.entitlement_id AS "entitlementId", (SELECT max(n.active_at) FROM exceptions n
       WHERE n.identity_id = x.identity_id AND n.entitlement_id = x.entitlement_id AND n.state = 'ACTIVE' AND n.expires_at > now()) AS since
     FROM exceptions x WHERE x.id = $1::uuid`,
    [exceptionId],
  );
  return row ?? null;
}

/** An exception lets access stay, so it covers what would take it away. What waited for people before the exception began may be covered: a revoke decided under it stands. Without cover, what is covered goes back. */
const MOVABLE = `r.identity_id = $1::uuid AND r.entitlement_id = $2::uuid AND r.kind IN ('revoke', 'reduce', 'time_limit', 'suspend')
  AND CASE WHEN $3::timestamptz IS NULL THEN r.state = 'COVERED' ELSE r.state IN ('MANUAL_REQUIRED', 'TICKETED') AND r.created_at <= $3::timestamptz END`;
const values = ({ identityId, entitlementId, since }: CoveredAccess) => [identityId, entitlementId, since];

export async function campaignsToCover(tx: Tx, access: CoveredAccess): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(`SELECT DISTINCT r.campaign_id AS id FROM remediations r WHERE ${MOVABLE}`, values(access));
  return rows.map(({ id }) => id);
}

export async function tasksToMove(tx: Tx, access: CoveredAccess): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(`SELECT r.id FROM remediations r WHERE ${MOVABLE} ORDER BY r.id FOR UPDATE`, values(access));
  return rows.map(({ id }) => id);
}
