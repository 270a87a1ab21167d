import "server-only";
import { createHash, type Hash } from "node:crypto";
import { Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import type { Cursor } from "#lib/connectors/contract.ts";
import type { PgTx, Tx } from "#lib/db/tx.ts";
import type { Stream, StreamRecord } from "#lib/inventory/streams.ts";
import { stagedColumns } from "./columns.ts";
import { copyText } from "./copy-text.ts";
import { hexOf } from "./literals.ts";

export const stagingTable = (runId: string, stream: Stream): string => `staging.r${hexOf(runId)}_${stream}`;
export const differenceTable = (runId: string, stream: Stream): string => `${stagingTable(runId, stream)}_diff`;

export async function openStaging(tx: Tx, runId: string, stream: Stream): Promise<void> {
  await tx.rows("SELECT open_staging($1::uuid, $2::text, $3::text[])", [runId, stream, stagedColumns(stream)]);
}

export const holdStaging = (tx: Tx, runId: string) => tx.rows("SELECT hold_staging($1::uuid)", [runId]);
export const dropStaging = (tx: Tx, runId: string) => tx.rows("SELECT drop_staging($1::uuid, false)", [runId]);
export const dropDifferences = (tx: Tx, runId: string) => tx.rows("SELECT drop_staging($1::uuid, true)", [runId]);

export type LedgerPage = { page: number; cursor: Cursor; next: Cursor; rows: number; digest: string };

export async function ledgerOf(tx: Tx, runId: string, stream: Stream): Promise<LedgerPage[]> {
  return tx.rows<LedgerPage>(
    "SELECT page, cursor, next, rows, digest FROM sync_pages WHERE run_id = $1::uuid AND stream = $2::text ORDER BY page",
    [runId, stream],
  );
}

/** The page's line in the ledger, which is logged: it outlives the crash that empties staging. Same transaction as its rows. */
export async function recordPage(tx: Tx, runId: string, stream: Stream, line: LedgerPage): Promise<void> {
  await tx.rows(
    `INSERT INTO sync_pages (run_id, stream, page, cursor, next, rows, digest)
     VALUES ($1::uuid, $2::text, $3::int, $4::text, $5::text, $6::int, $7::text)`,
    [runId, stream, line.page, line.cursor, line.next, line.rows, line.digest],
  );
}

/** Copies one page of records in; answers with the SHA-256 of its lines. */
export async function copyPage(tx: PgTx, runId: string, stream: Stream, page: number, records: readonly StreamRecord[]): Promise<string> {
  const columns = stagedColumns(stream);
  const text = copyText(page, columns, records);
  const sink = tx.client.query(copyFrom(`COPY ${stagingTable(runId, stream)} (page, ${columns.join(", ")}) FROM STDIN`));
  await pipeline(Readable.from([Buffer.from(text)]), sink);
  return createHash("sha256").update(text).digest("hex");
}

export type CopyBytes = {
  stream: Readable;
  targetColumns: readonly string[];
  csvOptions: { delimiter: string; quote: string; header: boolean };
};

/**
 * Pipes the bytes of a CSV file straight into COPY; answers with how many rows PostgreSQL took and the SHA-256 of the bytes. `onLines` is
 * told of the line breaks seen, for progress.
 */
export async function copyFile(
  tx: PgTx,
  runId: string,
  stream: Stream,
  page: number,
  source: CopyBytes,
  onLines: (lines: number) => void,
): Promise<{ rows: number; digest: string }> {
  const { delimiter, quote, header } = source.csvOptions;
  const columns = source.targetColumns.join(", ");
  const table = stagingTable(runId, stream);
  // The page of these rows is told by the column's default: COPY has no constants.
  await tx.rows("SELECT set_staging_page($1::uuid, $2::text, $3::int)", [runId, stream, page]);
  const options = `FORMAT csv, HEADER ${header}, DELIMITER ${quoted(delimiter)}, QUOTE ${quoted(quote)}, FORCE_NULL (${columns})`;
  const sink = tx.client.query(copyFrom(`COPY ${table} (${columns}) FROM STDIN WITH (${options})`));
  const hash = createHash("sha256");
  await pipeline(source.stream, tap(hash, onLines), sink);
  return { rows: sink.rowCount, digest: hash.digest("hex") };
}

const quoted = (character: string): string => `E'${character.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\t", "\\t")}'`;

function tap(hash: Hash, onLines: (lines: number) => void): Transform {
  let lines = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
      onLines(lines);
      done(null, chunk);
    },
  });
}

/** Staged rows by page, as they are now. */
export async function stagedPages(tx: Tx, runId: string, stream: Stream): Promise<Map<number, number>> {
  const [made] = await tx.rows<{ made: boolean }>("SELECT to_regclass($1::text) IS NOT NULL AS made", [stagingTable(runId, stream)]);
  if (!made?.made) return new Map();
  const rows = await tx.rows<{ page: number; rows: string }>(
    `SELECT page, count(*)::text AS rows FROM ${stagingTable(runId, stream)} GROUP BY page`,
  );
  return new Map(rows.map(({ page, rows: count }) => [page, Number(count)]));
}

/** Whether staging still holds what the ledger says, page by page. Empty pages have a line and no rows. */
export function agrees(ledger: readonly LedgerPage[], staged: ReadonlyMap<number, number>): boolean {
  const total = [...staged.values()].reduce((sum, rows) => sum + rows, 0);
  return ledger.every(({ page, rows }) => (staged.get(page) ?? 0) === rows) && ledger.reduce((sum, { rows }) => sum + rows, 0) === total;
}

/** The digests of the staged pages of records as they are now, in one pass: COPY writes them back byte for byte. */
export async function stagedDigests(tx: PgTx, runId: string, stream: Stream): Promise<Map<number, string>> {
  const columns = ["page", ...stagedColumns(stream)].join(", ");
  const hashes = new Map<number, Hash>();
  let rest = "";
  const sink = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const page = Number(line.slice(0, line.indexOf("\t")));
        const hash = hashes.get(page) ?? createHash("sha256");
        hashes.set(page, hash.update(`${line}\n`));
      }
      done();
    },
  });
  const rows = tx.client.query(copyTo(`COPY (SELECT ${columns} FROM ${stagingTable(runId, stream)} ORDER BY ctid) TO STDOUT`));
  await pipeline(rows.setEncoding("utf8"), sink);
  return new Map([...hashes].map(([page, hash]) => [page, hash.digest("hex")]));
}

/** One digest over the pages of a stream, in order. */
export const streamDigest = (ledger: readonly LedgerPage[]): string =>
  createHash("sha256")
    .update(ledger.map(({ page, rows, digest }) => `${page} ${rows} ${digest}\n`).join(""))
    .digest("hex");
