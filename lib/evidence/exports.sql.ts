import "server-only";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import type { Progress } from "./copy.sql.ts";
import type { PackGap } from "./schema.ts";

export type AskedExport = {
  campaignId: string;
  campaignName: string;
  treeSize: string;
  requestedBy: string | null;
  state: string;
  /** About how many rows the pack's files will have: both forms of items and decisions, and an event each. */
  rowsTotal: number;
};

export async function lockExport(tx: Tx, exportId: string): Promise<AskedExport> {
  const [row] = await tx.rows<AskedExport>(
    `SELECT x.campaign_id AS "campaignId", c.name AS "campaignName", x.tree_size::text AS "treeSize", x.requested_by AS "requestedBy", x.state,
       (SELECT 2 * p.item_count + 3 * (SELECT count(*) FROM decisions d WHERE d.campaign_id = x.campaign_id) FROM populations p
        WHERE p.campaign_id = x.campaign_id)::int AS "rowsTotal"
     FROM evidence_exports x JOIN campaigns c ON c.id = x.campaign_id WHERE x.id = $1::uuid FOR UPDATE OF x`,
    [exportId],
  );
  if (!row) throw notFound("Export", exportId);
  return row;
}

type Settled = { state: "building" } | { state: "failed"; message: string } | { state: "done"; packId: string };

export async function settleExport(tx: Tx, exportId: string, settled: Settled): Promise<void> {
  await tx.rows(
    `UPDATE evidence_exports SET state = $2::text, message = $3::text, pack_id = $4::uuid, step = NULL, updated_at = now(),
       rows = CASE $2::text WHEN 'building' THEN 0 WHEN 'done' THEN coalesce(rows_total, rows) ELSE rows END
     WHERE id = $1::uuid AND state <> 'done'`,
    [exportId, settled.state, "message" in settled ? settled.message : null, "packId" in settled ? settled.packId : null],
  );
}

const TELL_EVERY_MS = 1_000;

/** Writes how far the files are, at each file and then once a second, outside the snapshot that they are read from. A figure lost is no harm. */
export function keepProgress(exportId: string, rowsTotal: number): Progress {
  let toldAt = 0;
  let file = "";
  let before = 0;
  let current = 0;
  return (name, rows) => {
    const isNext = name !== file;
    if (isNext) [file, before] = [name, before + current];
    current = rows;
    if (!isNext && Date.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = Date.now();
    reader
      .rows(
        "UPDATE evidence_exports SET step = $2::text, rows = $3::bigint, rows_total = $4::bigint, updated_at = now() WHERE id = $1::uuid AND state = 'building'",
        [exportId, name, Math.min(before + current, rowsTotal), rowsTotal],
      )
      .catch(() => undefined);
  };
}

export async function insertPack(
  tx: Tx,
  pack: { campaignId: string; treeSize: string; sha256: string; bytes: number; keyId: string; createdBy: string | null; gaps: PackGap[] },
): Promise<string> {
  const [row] = await tx.rows<{ id: string }>(
    `INSERT INTO evidence_packs (campaign_id, tree_size, sha256, size, key_id, created_by, gaps)
     VALUES ($1::uuid, $2::bigint, $3::text, $4::bigint, $5::text, $6::uuid, $7::jsonb) RETURNING id`,
    [pack.campaignId, pack.treeSize, pack.sha256, pack.bytes, pack.keyId, pack.createdBy, JSON.stringify(pack.gaps)],
  );
  if (!row) throw new Error("The pack was not recorded.");
  return row.id;
}
