import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { DelegationRow } from "./campaign-types.ts";
import type { Delegation } from "./delegation.ts";
import { readDependences } from "./independence.sql.ts";
import type { HandedOn } from "./next-reviewer.sql.ts";

/** A person's, one command at a time. */
export async function lockDelegations(tx: Tx, personId: string): Promise<Delegation[]> {
  await tx.rows("SELECT pg_advisory_xact_lock(hashtextextended('delegations:' || $1::text, 0))", [personId]);
  return tx.rows<Delegation>(
    `SELECT person_id AS "personId", to_person_id AS "toPersonId", starts_at AS "startsAt", ends_at AS "endsAt", revoked_at AS "revokedAt"
     FROM delegations WHERE person_id = $1::uuid AND revoked_at IS NULL`,
    [personId],
  );
}

export async function insertDelegation(
  tx: Tx,
  asked: Delegation & { reason: string; userId: string; now: Date },
): Promise<{ id: string; label: string }> {
  const [row] = await tx.rows<{ id: string; label: string }>(
    `INSERT INTO delegations (person_id, to_person_id, starts_at, ends_at, reason, user_id, created_at)
     VALUES ($1::uuid, $2::uuid, $3::timestamptz, $4::timestamptz, $5::text, $6::uuid, $7::timestamptz)
     RETURNING id, (SELECT name FROM people WHERE id = $2::uuid) AS label`,
    [asked.personId, asked.toPersonId, asked.startsAt, asked.endsAt, asked.reason, asked.userId, asked.now],
  );
  if (!row) throw new Error("The delegation was not written.");
  return row;
}

const IN_OFFICE = `p.status <> 'left' AND p.gone_at IS NULL AND coalesce(p.ended_on >= current_date, true)
  AND NOT coalesce((SELECT bool_and(u.disabled_at IS NOT NULL) FROM app_users u WHERE u.person_id = p.id), false)`;

/** Works here, and may sign in. */
export async function isInOffice(tx: Tx, personId: string): Promise<boolean> {
  return (await tx.rows(`SELECT 1 FROM people p WHERE p.id = $1::uuid AND ${IN_OFFICE}`, [personId])).length > 0;
}

export type StandIn = { personId: string; toPersonId: string; reason: string; itemIds: string[] };

/** Who of a campaign's reviewers is out of office at `now`, with open items, and who stands in. */
export async function findStandIns(tx: Tx, campaignId: string, now: Date): Promise<StandIn[]> {
  return tx.rows<StandIn>(
    `SELECT d.person_id AS "personId", d.to_person_id AS "toPersonId", min(d.reason) AS reason, array_agg(i.id ORDER BY i.id) AS "itemIds"
     FROM delegations d JOIN people p ON p.id = d.to_person_id AND ${IN_OFFICE}
     JOIN items i ON i.campaign_id = $1::uuid AND i.reviewer_id = d.person_id AND i.state IN ('ASSIGNED', 'DRAFTED')
     WHERE d.starts_at <= $2::timestamptz AND d.ends_at > $2::timestamptz AND d.revoked_at IS NULL
     GROUP BY d.person_id, d.to_person_id ORDER BY d.person_id`,
    [campaignId, now],
  );
}

/** Those of the items that the stand-in is independent of and never had. What was only drafted is dropped: they answer for themselves. */
export async function delegateItems(tx: Tx, campaignId: string, { personId, toPersonId, reason, itemIds }: StandIn): Promise<HandedOn[]> {
  const judged = await readDependences(tx, campaignId, itemIds, [toPersonId]);
  const ids = judged.filter(({ why, wasHolder }) => why.length === 0 && !wasHolder).map(({ itemId }) => itemId);
  if (ids.length === 0) return [];
  return tx.rows<HandedOn>(
    `WITH moved AS (
       UPDATE items i SET reviewer_id = $3::uuid, on_behalf_of = coalesce(i.on_behalf_of, $2::uuid), state = 'ASSIGNED', answer = NULL, terms = NULL,
         decision_id = NULL, version = i.version + 1
       WHERE i.campaign_id = $1::uuid AND i.id = ANY ($4::uuid[]) AND i.reviewer_id = $2::uuid AND i.state IN ('ASSIGNED', 'DRAFTED') RETURNING i.id)
     INSERT INTO assignments (campaign_id, item_id, from_id, to_id, cause, reason)
     SELECT $1::uuid, id, $2::uuid, $3::uuid, 'delegated', $5::text FROM moved RETURNING item_id AS "itemId", to_id AS "toId"`,
    [campaignId, personId, toPersonId, ids, reason],
  );
}

const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const ROW = `SELECT d.id, d.person_id AS "personId", p.name AS "personName", d.to_person_id AS "toPersonId", t.name AS "toName", ${iso("d.starts_at")} AS "startsAt",
  ${iso("d.ends_at")} AS "endsAt", d.reason, d.starts_at <= now() AS "isInForce"
  FROM delegations d JOIN people p ON p.id = d.person_id JOIN people t ON t.id = d.to_person_id WHERE d.revoked_at IS NULL AND d.ends_at > now()`;

/** A person's that are not over. */
export const listDelegations = (tx: Tx, personId: string): Promise<DelegationRow[]> =>
  tx.rows(`${ROW} AND d.person_id = $1::uuid ORDER BY d.starts_at, d.id`, [personId]);

/** Of whoever has, or had, items of a campaign. */
export const listDelegationsOf = (tx: Tx, campaignId: string): Promise<DelegationRow[]> =>
  tx.rows(
    `${ROW} AND (EXISTS (SELECT FROM items i WHERE i.campaign_id = $1::uuid AND i.reviewer_id = d.person_id)
       OR EXISTS (SELECT FROM assignments a WHERE a.campaign_id = $1::uuid AND a.from_id = d.person_id AND a.cause = 'delegated'))
     ORDER BY p.name COLLATE "C", d.starts_at, d.id`,
    [campaignId],
  );
