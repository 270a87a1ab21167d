import "server-only";
import pg from "pg";
import { locateError, locateRows, rawCopySource } from "#lib/connectors/files/copy.ts";
import { FileError } from "#lib/connectors/files/errors.ts";
import type { FilesConfig } from "#lib/connectors/files/upload.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import type { PageLabel, RowLine } from "./difference.sql.ts";
import { type RawFile, type Reading, rawCursor, writeProgress } from "./progress.sql.ts";
import { copyFile, type LedgerPage, openStaging, recordPage } from "./stage.sql.ts";

/** The files behind a stream, or null where one of them has to be read row by row. */
export async function rawFilesOf(config: FilesConfig, stream: Stream, signal: AbortSignal): Promise<readonly RawFile[] | null> {
  const mapped = config.mapping.files.filter(({ targets }) => targets.some((target) => target.stream === stream));
  const raw = mapped.flatMap((mapping) =>
    config.files.filter(({ name, mappedAs }) => (mappedAs ?? name) === mapping.name).map((file) => ({ file, mapping })),
  );
  for (const { file, mapping } of raw) {
    const source = await rawCopySource(file, mapping, stream, { signal });
    source?.stream.destroy();
    if (!source) return null;
  }
  return raw.length === 0 ? null : raw.map((each, index) => ({ page: index + 1, ...each }));
}

/** False where COPY would not take the files though they are sound: the connector's pages are the way then. */
export async function stageRawFiles(
  reading: Reading,
  stream: Stream,
  files: readonly RawFile[],
  ledger: readonly LedgerPage[],
): Promise<boolean> {
  const { connection, ctx, runId } = reading;
  const done = new Map(ledger.map((line) => [line.page, line]));
  const isSame = ledger.every(({ page, cursor }) => cursor === cursorOf(files[page - 1]));
  let rows = isSame ? ledger.reduce((sum, line) => sum + line.rows, 0) : 0;
  if (!isSame) await connection.stage(ctx, (tx) => openStaging(tx, runId, stream));
  for (const raw of files) {
    if (isSame && done.has(raw.page)) continue;
    const copied = await copyOne(reading, stream, raw, files[raw.page] ?? null, rows);
    if (copied === null) {
      await connection.stage(ctx, (tx) => openStaging(tx, runId, stream));
      return false;
    }
    rows += copied;
  }
  return true;
}

const cursorOf = (raw: RawFile | null | undefined): string | null => (raw ? rawCursor(raw.file.sha256) : null);

/** Rows copied, or null where only COPY is too particular. Throws the FileError that says where a broken file is broken. */
async function copyOne(reading: Reading, stream: Stream, raw: RawFile, next: RawFile | null, before: number): Promise<number | null> {
  const { connection, ctx, runId, signal, heartbeat } = reading;
  const { file, mapping, page } = raw;
  const source = await rawCopySource(file, mapping, stream, { signal });
  if (!source) return null;
  try {
    return await connection.stage(ctx, async (tx) => {
      const { rows, digest } = await copyFile(tx, runId, stream, page, source, (lines) => heartbeat.seen(stream, page, before + lines));
      await recordPage(tx, runId, stream, { page, cursor: cursorOf(raw), next: cursorOf(next), rows, digest });
      await writeProgress(tx, reading, stream, { rows: before + rows, pages: page, excludedBy: {}, completeness: { kind: "complete" } });
      return rows;
    });
  } catch (error) {
    if (error instanceof FileError) {
      if (error.code === "not_for_copy") return null;
      throw error;
    }
    if (!isRefusedByCopy(error)) throw error;
    const located = await locateError(file, mapping.format, { signal });
    if (located) throw located;
    return null;
  } finally {
    source.stream.destroy();
  }
}

/** Bad CSV, bad encoding, too much for a row: what is in the file, not what befell the server. */
const isRefusedByCopy = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code !== undefined && /^(22|54)/.test(error.code);

export const labelsOf = (files: readonly RawFile[]): PageLabel[] => files.map(({ page, file }) => ({ page, label: file.name }));

/** The lines of refused rows, by reading the files once more the slow way, as far as the last of them. */
export async function linesOf(
  files: readonly RawFile[],
  refused: readonly { page: number; row: number }[],
  signal: AbortSignal,
): Promise<RowLine[]> {
  const lines: RowLine[] = [];
  for (const { page, file, mapping } of files) {
    const wanted = refused.filter((each) => each.page === page).map(({ row }) => row);
    if (wanted.length === 0) continue;
    for (const [row, line] of await locateRows(file, mapping.format, wanted, { signal })) lines.push({ page, row, line });
  }
  return lines;
}
