import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { notFound, precondition } from "#lib/errors/domain-error.ts";
import type { ImportCounts } from "./types.ts";

/** Any source may have a log beside what its connector reads. */
export async function sourceForEvents(tx: Tx, sourceId: string): Promise<{ name: string }> {
  const [source] = await tx.rows<{ name: string; state: string }>("SELECT name, state::text AS state FROM sources WHERE id = $1::uuid", [
    sourceId,
  ]);
  if (!source) throw notFound("Source", sourceId);
  if (source.state === "retired") throw precondition("A retired source takes no more events.");
  return source;
}

export type Batch = ImportCounts & {
  id: string;
  sourceId: string;
  file: string;
  sha256: string;
  bytes: number;
  digest: string;
  firstAt: string | null;
  lastAt: string | null;
  importedBy: string | null;
  importedAt: string;
};

export async function writeBatch(tx: Tx, batch: Batch): Promise<void> {
  await tx.rows(
    `INSERT INTO access_event_batches (id, source_id, file, format, sha256, bytes, digest, read, kept, duplicate, rejected, unmatched, first_at, last_at,
       imported_by, imported_at)
     VALUES ($1::uuid, $2::uuid, $3::text, 'cloudtrail', $4::text, $5::bigint, $6::text, $7::bigint, $8::bigint, $9::bigint, $10::bigint, $11::bigint,
       $12::timestamptz, $13::timestamptz, $14::uuid, $15::timestamptz)`,
    [
      batch.id,
      batch.sourceId,
      batch.file,
      batch.sha256,
      batch.bytes,
      batch.digest,
      batch.read,
      batch.kept,
      batch.duplicate,
      batch.rejected,
      batch.unmatched,
      batch.firstAt,
      batch.lastAt,
      batch.importedBy,
      batch.importedAt,
    ],
  );
}

export async function sourceName(tx: Tx, sourceId: string): Promise<string> {
  const [source] = await tx.rows<{ name: string }>("SELECT name FROM sources WHERE id = $1::uuid", [sourceId]);
  return source?.name ?? sourceId;
}
