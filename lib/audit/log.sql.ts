import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { Hash, LoggedEvent, NodeReader, TreeNode } from "./types.ts";

/** ISO 8601 in UTC with milliseconds, as leaves and packs print an event's time. */
export const RECORDED_AT = `to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Behind the newest leaf, each round looks this many ids back; older stragglers (long transactions) are found by the full sweep. */
const LOOK_BACK = 20_000;

/** Complete subtrees as the database keeps them. */
export function nodeReader(tx: Tx): NodeReader {
  return {
    readNodes: async (ids) => {
      if (ids.length === 0) return [];
      const found = await tx.rows<{ hash: Buffer | null }>(
        `SELECT n.hash FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS wanted (level, index, at)
         LEFT JOIN audit_nodes n ON n.level = wanted.level AND n.index = wanted.index ORDER BY wanted.at`,
        [ids.map(({ level }) => level), ids.map(({ index }) => index)],
      );
      return found.map(({ hash }, at) => {
        if (!hash) throw new Error(`The audit tree lacks node ${ids[at]?.level}/${ids[at]?.index}.`);
        return new Uint8Array(hash);
      });
    },
  };
}

export async function sealedSize(tx: Tx): Promise<number> {
  const [row] = await tx.rows<{ size: string }>("SELECT coalesce(max(leaf_index) + 1, 0)::text AS size FROM audit_leaves");
  return Number(row?.size ?? 0);
}

/**
 * Visible events without a leaf, oldest first. The usual round looks near the newest leaf only; a sweep looks at all. Never by "greater
 * than the last id": an id taken by a long transaction becomes visible after higher ones.
 */
export async function unsealedEvents(tx: Tx, options: { sweep: boolean; limit: number }): Promise<LoggedEvent[]> {
  return tx.rows<LoggedEvent>(
    `SELECT e.id::text AS "eventId", ${RECORDED_AT} AS "recordedAt", e.body
     FROM audit_events e
     WHERE e.id > CASE WHEN $1::boolean THEN 0 ELSE (SELECT coalesce(max(event_id), 0) FROM audit_leaves) - $3::bigint END
       AND NOT EXISTS (SELECT FROM audit_leaves l WHERE l.event_id = e.id)
     ORDER BY e.id LIMIT $2::int`,
    [options.sweep, options.limit, LOOK_BACK],
  );
}

export async function insertLeaves(tx: Tx, first: number, eventIds: readonly string[], nodes: readonly TreeNode[]): Promise<void> {
  await tx.rows(
    `INSERT INTO audit_leaves (leaf_index, event_id)
     SELECT $1::bigint + at - 1, event_id FROM unnest($2::bigint[]) WITH ORDINALITY AS sealed (event_id, at)`,
    [first, eventIds],
  );
  await tx.rows(`INSERT INTO audit_nodes (level, index, hash) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])`, [
    nodes.map(({ level }) => level),
    nodes.map(({ index }) => index),
    nodes.map(({ hash }) => Buffer.from(hash)),
  ]);
}

export type StoredCheckpoint = { treeSize: string; rootHash: string; note: string; keyId: string; signedAt: string };

const CHECKPOINT = `tree_size::text AS "treeSize", encode(root_hash, 'base64') AS "rootHash", note, key_id AS "keyId",
  to_char(signed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "signedAt"`;

export async function findCheckpoint(tx: Tx, size: number): Promise<StoredCheckpoint | null> {
  const [row] = await tx.rows<StoredCheckpoint>(`SELECT ${CHECKPOINT} FROM checkpoints WHERE tree_size = $1::bigint`, [size]);
  return row ?? null;
}

export async function latestCheckpoint(tx: Tx): Promise<StoredCheckpoint | null> {
  const [row] = await tx.rows<StoredCheckpoint>(`SELECT ${CHECKPOINT} FROM checkpoints ORDER BY tree_size DESC LIMIT 1`);
  return row ?? null;
}

export async function insertCheckpoint(tx: Tx, checkpoint: { size: number; root: Hash; note: string; keyId: string }): Promise<void> {
  await tx.rows(
    `INSERT INTO checkpoints (tree_size, root_hash, note, key_id) VALUES ($1::bigint, $2::bytea, $3::text, $4::text) ON CONFLICT DO NOTHING`,
    [checkpoint.size, Buffer.from(checkpoint.root), checkpoint.note, checkpoint.keyId],
  );
}
