import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { pairKey } from "./freeze.sql.ts";

/** Above this many bytes of masks the join alone is the better way. */
const MASK_BYTES_LIMIT = 512 * 1024 * 1024;

type Scope = { sourceIds: readonly string[]; grantIds?: readonly string[] | null | undefined };

/**
 * Where an identity holds directly what another of its direct grants gives it as well: the names of those others, as the temporary table
 * freeze_overlaps (key of the identity's and the entitlement's places, names). Joining every grant with everything that it reaches costs tens of millions of rows
 * for a few thousand answers, so each identity and each entitlement first gets a bit mask over the givers; only where the two masks meet
 * are names looked up. Needs freeze_held, freeze_identities and freeze_entitlements.
 */
export async function collectOverlaps(tx: Tx, { sourceIds, grantIds = null }: Scope): Promise<void> {
  const values = [sourceIds, grantIds];
  await tx.rows("DROP TABLE IF EXISTS pg_temp.freeze_pairs, pg_temp.freeze_givers, pg_temp.freeze_meetings, pg_temp.freeze_overlaps");
  await tx.rows(`CREATE TEMP TABLE freeze_pairs ON COMMIT DROP AS
    SELECT c.holder_id AS giver_id, c.reached_id AS given_id FROM entitlement_closure c
    JOIN freeze_held a ON a.id = c.holder_id JOIN freeze_held b ON b.id = c.reached_id`);
  await tx.rows(`CREATE TEMP TABLE freeze_givers ON COMMIT DROP AS
    SELECT giver_id AS id, row_number() OVER (ORDER BY giver_id)::int - 1 AS bit FROM (SELECT DISTINCT giver_id FROM freeze_pairs) g`);
  await tx.rows("ANALYZE freeze_pairs; ANALYZE freeze_givers");
  const [size] = await tx.rows<{ givers: number; bytes: string }>(
    `SELECT count(*)::int AS givers,
       (SELECT count(*) FROM identities WHERE source_id = ANY ($1::uuid[])) * (1 + count(*) / 8) AS bytes FROM freeze_givers`,
    [sourceIds],
  );
  if (size && size.givers > 0 && Number(size.bytes) <= MASK_BYTES_LIMIT) await meetByMasks(tx, values, size.givers);
  else await tx.rows(`CREATE TEMP TABLE freeze_meetings ON COMMIT DROP AS ${GIVEN}`, values);
  await tx.rows("ANALYZE freeze_meetings");
  await tx.rows(
    `CREATE TEMP TABLE freeze_overlaps ON COMMIT DROP AS
     SELECT ${pairKey("i.place", "given.place")} AS key, array_agg(e.name ORDER BY e.name COLLATE "C") AS names
     FROM freeze_meetings m
     JOIN freeze_pairs p ON p.given_id = m.entitlement_id
     JOIN grants g ON g.holder_id = m.holder_id AND g.entitlement_id = p.giver_id AND ${LIVE}
     JOIN entitlements e ON e.id = p.giver_id
     JOIN freeze_identities i ON i.id = m.holder_id
     JOIN freeze_entitlements given ON given.id = m.entitlement_id
     GROUP BY 1`,
    values,
  );
  await tx.rows("ANALYZE freeze_overlaps");
}

const LIVE = `g.source_id = ANY ($1::uuid[]) AND g.ended_run_id IS NULL AND g.holder_kind = 'identity'
  AND ($2::uuid[] IS NULL OR g.holder_id IN (SELECT f.holder_id FROM grants f WHERE f.source_id = ANY ($1::uuid[]) AND f.id = ANY ($2::uuid[])))`;
/** Every direct grant of something that another held entitlement gives. */
const GIVEN = `SELECT g.holder_id, g.entitlement_id FROM grants g
  WHERE ${LIVE} AND EXISTS (SELECT FROM freeze_pairs p WHERE p.given_id = g.entitlement_id)`;

async function meetByMasks(tx: Tx, values: readonly unknown[], givers: number): Promise<void> {
  const zero = `repeat('0', ${givers})::varbit`;
  await tx.rows(
    `CREATE TEMP TABLE freeze_meetings ON COMMIT DROP AS
     WITH given AS MATERIALIZED (
       SELECT p.given_id, bit_or(set_bit(${zero}, v.bit, 1)) AS mask FROM freeze_pairs p JOIN freeze_givers v ON v.id = p.giver_id GROUP BY p.given_id),
     holding AS MATERIALIZED (
       SELECT g.holder_id, bit_or(set_bit(${zero}, v.bit, 1)) AS mask FROM grants g JOIN freeze_givers v ON v.id = g.entitlement_id
       WHERE ${LIVE} GROUP BY g.holder_id)
     SELECT g.holder_id, g.entitlement_id FROM grants g
     JOIN given ON given.given_id = g.entitlement_id
     JOIN holding ON holding.holder_id = g.holder_id
     WHERE ${LIVE} AND (given.mask & holding.mask) <> ${zero}`,
    values,
  );
}
