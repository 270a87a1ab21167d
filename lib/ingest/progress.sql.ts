import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Completeness, Connector, Cursor } from "#lib/connectors/contract.ts";
import type { FileMapping } from "#lib/connectors/files/mapping.ts";
import type { UploadedFile } from "#lib/connectors/files/upload.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import type { Heartbeat } from "./heartbeat.sql.ts";
import type { RunConnection } from "./run-connection.sql.ts";
import type { LedgerPage } from "./stage.sql.ts";

/** A file of which each column is one column of the stream: page `page` of it, whole. */
export type RawFile = { page: number; file: UploadedFile; mapping: FileMapping };

export type Reading = {
  connection: RunConnection;
  ctx: Ctx;
  runId: string;
  connector: Connector;
  declared: Partial<Record<Stream, number>>;
  signal: AbortSignal;
  heartbeat: Heartbeat;
  /** The files behind a stream where their bytes can go straight to COPY. */
  rawFiles: (stream: Stream) => Promise<readonly RawFile[] | null>;
};

/** What is known of a stream while it is read; its row in sync_streams, written with each page. */
export type Progress = {
  rows: number;
  pages: number;
  excludedBy: Record<string, number>;
  completeness: Completeness;
};

export const FRESH: Progress = { rows: 0, pages: 0, excludedBy: {}, completeness: { kind: "complete" } };

const RAW = "file:";
export const rawCursor = (sha256: string): string => `${RAW}${sha256}`;
export const isRawCursor = (cursor: Cursor): boolean => cursor?.startsWith(RAW) === true;

export async function writeProgress(tx: Tx, { runId, declared }: Reading, stream: Stream, progress: Progress): Promise<void> {
  const excluded = Object.values(progress.excludedBy).reduce((sum, count) => sum + count, 0);
  const { completeness } = progress;
  await tx.rows(
    `INSERT INTO sync_streams (run_id, stream, declared, read, kept, excluded, rejected, pages, excluded_by, completeness, reason)
     VALUES ($1::uuid, $2::text, $3::bigint, $4::bigint + $5::bigint, $4::bigint, $5::bigint, 0, $6::int, $7::jsonb, $8::text, $9::text)
     ON CONFLICT (run_id, stream) DO UPDATE SET declared = excluded.declared, read = excluded.read, kept = excluded.kept, excluded = excluded.excluded,
       rejected = 0, pages = excluded.pages, excluded_by = excluded.excluded_by, completeness = excluded.completeness, reason = excluded.reason`,
    [
      runId,
      stream,
      declared[stream] ?? null,
      progress.rows,
      excluded,
      progress.pages,
      JSON.stringify(progress.excludedBy),
      completeness.kind,
      completeness.kind === "complete" ? null : completeness.reason,
    ],
  );
}

export async function progressOf(tx: Tx, runId: string, stream: Stream, ledger: readonly LedgerPage[]): Promise<Progress> {
  const [row] = await tx.rows<{ excludedBy: Record<string, number> | null; completeness: Completeness["kind"]; reason: string | null }>(
    `SELECT excluded_by AS "excludedBy", completeness, reason FROM sync_streams WHERE run_id = $1::uuid AND stream = $2::text`,
    [runId, stream],
  );
  const completeness: Completeness =
    !row || row.completeness === "complete" ? { kind: "complete" } : { kind: row.completeness, reason: row.reason ?? "" };
  const rows = ledger.reduce((sum, page) => sum + page.rows, 0);
  return { rows, pages: ledger.length, excludedBy: row?.excludedBy ?? {}, completeness };
}
