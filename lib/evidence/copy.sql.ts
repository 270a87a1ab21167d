import "server-only";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { to as copyTo } from "pg-copy-streams";
import type { PgTx, Tx } from "#lib/db/tx.ts";
import { factsOf } from "./manifest.ts";
import { csvCopy, jsonCopy, type PackTable } from "./tables.sql.ts";
import type { EventLine, FileFacts } from "./types.ts";

const BATCH_BYTES = 1 << 18;
const EVENTS_A_READ = 2_000;
const LIST_END = ",\n";

export type Progress = (file: string, rows: number) => void;

type Target = { campaignId: string; directory: string; progress?: Progress };

/** Both files of a table, streamed from the server to the disk and digested on the way: memory holds a few hundred kilobytes of them. */
export async function writeTable(tx: PgTx, table: PackTable, target: Target): Promise<FileFacts[]> {
  return [await writeCsv(tx, table, target), await writeJson(tx, table, target)];
}

export const writeCsv = (tx: PgTx, table: PackTable, { campaignId, directory, progress }: Target): Promise<FileFacts> =>
  writeFile(directory, `${table.name}.csv`, batches(copied(tx, csvCopy(table, campaignId))), progress);

const writeJson = (tx: PgTx, table: PackTable, { campaignId, directory, progress }: Target): Promise<FileFacts> =>
  writeFile(directory, `${table.name}.json`, batches(asList(copied(tx, jsonCopy(table, campaignId)))), progress);

/** Digests are of the bytes that went to the disk, in one pass. */
export async function writeFile(
  directory: string,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  progress?: Progress,
): Promise<FileFacts> {
  const path = join(directory, name);
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, "wx", 0o600);
  try {
    return await factsOf(name, kept(handle, name, chunks, progress));
  } finally {
    await handle.close();
  }
}

async function* kept(handle: FileHandle, name: string, chunks: AsyncIterable<Uint8Array>, progress?: Progress): AsyncGenerator<Uint8Array> {
  let rows = 0;
  for await (const chunk of chunks) {
    const written = handle.writeFile(chunk);
    yield chunk; // is digested while the disk writes
    await written;
    if (!progress) continue;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1;
    progress(name, rows);
  }
}

/** What a COPY sends. The connection is of no use when this is left early: the transaction around it must fail then. */
export async function* copied(tx: PgTx, sql: string): AsyncGenerator<Uint8Array> {
  yield* tx.client.query(copyTo(sql)) as AsyncIterable<Uint8Array>;
}

/**
 * COPY comes in pieces of a network read; hashing and writing cost by the call. One buffer is filled again and again, so that nothing waits
 * for the garbage collector: whoever takes a batch is done with it before asking for the next.
 */
async function* batches(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const batch = Buffer.allocUnsafe(BATCH_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + BATCH_BYTES - filled);
      batch.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < BATCH_BYTES) continue;
      yield batch;
      filled = 0;
    }
  }
  if (filled > 0) yield batch.subarray(0, filled);
}

/** Records that each end in a comma and a line feed, as a JSON list: the last comma is held back and never written. */
export async function* asList(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from("[\n");
  let held: Uint8Array = Buffer.alloc(0);
  for await (const chunk of chunks) {
    // A piece of one byte would hold half of what is to be taken away.
    if (chunk.length < LIST_END.length) {
      held = Buffer.concat([held, chunk]);
      continue;
    }
    if (held.length > 0) yield held;
    held = chunk;
  }
  yield held.length === 0 ? Buffer.from("]\n") : held.subarray(0, -LIST_END.length);
  if (held.length > 0) yield Buffer.from("\n]\n");
}

/**
 * What the log commits to and the pack opens. Where an actor was (address, browser) stays a commitment: no line of the checklist asks for
 * it, and a pack goes to people outside.
 */
const WITHHELD = ["/actor/address", "/actor/user_agent"];

/** The events of the pack in order of the log, a few thousand at a time. */
export async function* coveredEvents(tx: Tx, progress?: Progress): AsyncGenerator<EventLine> {
  await tx.rows(
    `DECLARE pack_lines NO SCROLL CURSOR FOR
     SELECT p.leaf_index::text AS "leafIndex", e.id::text AS "eventId", to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "recordedAt", e.body,
       coalesce((SELECT json_agg(json_build_object('path', v.name, 'salt', v.salt, 'value', v.value::json) ORDER BY v.name COLLATE "C")
         FROM audit_values v WHERE v.event_id = e.id AND NOT v.name = ANY ('{${WITHHELD.join(",")}}')), '[]') AS reveals
     FROM pack_events p JOIN audit_events e ON e.id = p.event_id ORDER BY p.leaf_index`,
  );
  let rows = 0;
  for (;;) {
    const lines = await tx.rows<Omit<EventLine, "leafIndex"> & { leafIndex: string }>(`FETCH ${EVENTS_A_READ} FROM pack_lines`);
    for (const line of lines) yield { ...line, leafIndex: Number(line.leafIndex) };
    rows += lines.length;
    progress?.("audit/events.jsonl", rows);
    if (lines.length < EVENTS_A_READ) break;
  }
  await tx.rows("CLOSE pack_lines");
}
