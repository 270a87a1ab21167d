import { spawnSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import type { Ctx } from "#lib/authz/ctx.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { runSync } from "#lib/ingest/commands/run-sync.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { uploadFile } from "#lib/ingest/commands/upload-file.ts";
import { type Edition, fileOf, HEADERS, STREAM_FILES, type StreamFile } from "./data.ts";

/** The path that users take, by its commands: what a browser's upload or `countersign import` calls, and then the worker. */

export const operator = (): Ctx => ({
  actor: { kind: "local_operator", label: "bench", authentication: { method: "operating_system" } },
  now: new Date(),
  requestId: "bench",
});

/** Written by a program of its own: making the data must not count as memory of what is measured. */
export function writeData(folder: string, rows: number, edition: Edition): void {
  const child = spawnSync(process.execPath, [path.join(import.meta.dirname, "data.ts"), folder, String(rows), edition], {
    stdio: "inherit",
  });
  if (child.status !== 0) throw new Error("The data could not be written.");
}

const mappingOf = (stream: StreamFile) => ({
  name: `${stream}.csv`,
  format: { kind: "csv", delimiter: ",", quote: '"', header: true, encoding: "utf-8" },
  columns: HEADERS[stream],
  excluded: [],
  targets: [{ stream, columns: Object.fromEntries(HEADERS[stream].map((column) => [column, { column }])) }],
});

export async function addFilesSource(name: string, streams: readonly StreamFile[] = STREAM_FILES): Promise<string> {
  const config = { mapping: { version: 1, files: streams.map(mappingOf) } };
  const { sourceId } = await addSource(operator(), { name, kind: "files", config, isPeopleSource: true });
  return sourceId;
}

export async function upload(sourceId: string, folder: string, streams: readonly StreamFile[] = STREAM_FILES): Promise<void> {
  for (const stream of streams) {
    await uploadFile(operator(), { sourceId, name: `${stream}.csv` }, createReadStream(fileOf(folder, stream), { highWaterMark: 1 << 20 }));
  }
}

/** One whole run. Throws where it did not end as it should: a figure of a refused import would look splendid. */
export async function sync(sourceId: string): Promise<void> {
  const { runId } = await startSync(operator(), { sourceId });
  const outcome = await runSync(operator(), { runId });
  if (outcome.state !== "APPLIED") throw new Error(`The run ended as ${JSON.stringify(outcome)}.`);
}

/** Files lie under their digest: one that is there already would not be written again. */
export async function forgetFiles(): Promise<void> {
  const folder = path.join(process.env.COUNTERSIGN_DATA_DIR ?? "", "files");
  for (const name of await readdir(folder).catch(() => [])) await rm(path.join(folder, name));
}

const EMPTIED = ["inventory_changes", "entitlement_versions", "access_event_batches", "access_event_rejects"];

/** As before the first source, but for the audit log. Only a superuser gets past the triggers of what is append-only. */
export async function emptyInventory(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'grants'::regclass",
  );
  for (const { name } of rows) await admin.query(`DROP TABLE ${name}`);
  for (const table of EMPTIED) await admin.query(`ALTER TABLE ${table} DISABLE TRIGGER append_only_truncate`);
  await admin.query(
    `TRUNCATE sources, people, identities, resources, entitlements, entitlement_closure, identity_person_matches, sync_runs, sync_streams, sync_pages, source_files, ${EMPTIED.join(", ")} CASCADE`,
  );
  for (const table of EMPTIED) await admin.query(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only_truncate`);
  await forgetFiles();
}

/** What autovacuum, which is off here so that it falls on neither side, would have done by now. */
export const settle = (admin: pg.Client) => admin.query("VACUUM ANALYZE");

/** The source with its first import, to start from. */
export async function importedSource(folder: string, admin: pg.Client): Promise<string> {
  const sourceId = await addFilesSource("Directory");
  await upload(sourceId, folder);
  await sync(sourceId);
  await settle(admin);
  return sourceId;
}
