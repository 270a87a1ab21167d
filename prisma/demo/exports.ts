import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { FileMapping } from "#lib/connectors/files/mapping.ts";
import { reader } from "#lib/db/transact.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { runSync } from "#lib/ingest/commands/run-sync.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { uploadFile } from "#lib/ingest/commands/upload-file.ts";
import type { RunOutcome } from "#lib/ingest/types.ts";
import { columnsOf, type Stream, type StreamRecord } from "#lib/inventory/streams.ts";
import { handlers } from "../../cli/handlers.ts";
import { asJob, dayText } from "./story.ts";

export type Records = Partial<Record<Stream, readonly StreamRecord[]>>;

/** A system of the company, as a source of files: one file per stream, in our own column names. */
export type World = {
  name: string;
  format: "csv" | "jsonl";
  streams: readonly Stream[];
  isPeopleSource?: boolean;
  /** Who made the files, where somebody says so; without it they are unattested. */
  attestation?: { tool: string; version: string; command: string; identity: string };
};

export async function sourceNamed(name: string): Promise<string | null> {
  const [row] = await reader.rows<{ id: string }>("SELECT id FROM sources WHERE name = $1::text", [name]);
  return row?.id ?? null;
}

export async function requiredSource(name: string): Promise<string> {
  const id = await sourceNamed(name);
  if (!id) throw new Error(`The demo has no source called ${name} yet.`);
  return id;
}

/** Runs of a source that came to an end, whatever it was. */
export async function runsOf(name: string): Promise<number> {
  const [row] = await reader.rows<{ runs: number }>(
    "SELECT count(*)::int AS runs FROM sync_runs r JOIN sources s ON s.id = r.source_id WHERE s.name = $1::text AND r.state <> 'RUNNING'",
    [name],
  );
  return row?.runs ?? 0;
}

/** The next export of a world, uploaded and imported at `ctx.now`. */
export async function importExport(ctx: Ctx, world: World, records: Records): Promise<RunOutcome> {
  const sourceId = (await sourceNamed(world.name)) ?? (await addWorld(ctx, world));
  for (const stream of world.streams) {
    const bytes = Buffer.from(textOf(world, stream, records[stream] ?? []));
    const file = {
      sourceId,
      name: `${stream}-${dayText(ctx.now)}.${world.format}`,
      mappedAs: fileNameOf(world, stream),
      sha256: createHash("sha256").update(bytes).digest("hex"),
      exportedAt: ctx.now.toISOString(),
      declared: { [stream]: records[stream]?.length ?? 0 },
      ...(world.attestation ? { attestation: world.attestation } : {}),
    };
    await uploadFile(ctx, file, Readable.from([bytes]));
  }
  return syncSource(ctx, sourceId, "upload");
}

/** One sync from beginning to end, an interrupted one from where it stopped; then what the worker would do with it. */
export async function syncSource(ctx: Ctx, sourceId: string, trigger: "upload" | "by_hand" | "schedule"): Promise<RunOutcome> {
  const [running] = await reader.rows<{ id: string }>("SELECT id FROM sync_runs WHERE source_id = $1::uuid AND state = 'RUNNING'", [
    sourceId,
  ]);
  const runId = running?.id ?? (await startSync(ctx, { sourceId, trigger }, { isWorkedHere: true })).runId;
  const outcome = await runSync(ctx, { runId });
  if (outcome.state === "APPLIED") await publish(asJob(ctx.now), { sourceId, runId });
  return outcome;
}

async function publish(job: Ctx, published: { sourceId: string; runId: string }): Promise<void> {
  const never = new AbortController().signal;
  for (const handle of handlers["inventory.published"] ?? []) await handle(job, published, never);
}

/** After a set-up that died: what follows from the last sync of each source, once more, since it may not have come to that. */
export async function publishAgain(now: Date): Promise<void> {
  const runs = await reader.rows<{ sourceId: string; runId: string }>(
    `SELECT DISTINCT ON (source_id) source_id AS "sourceId", id AS "runId" FROM sync_runs WHERE state = 'APPLIED' ORDER BY source_id, started_at DESC`,
  );
  for (const run of runs) await publish(asJob(now), run);
}

async function addWorld(ctx: Ctx, world: World): Promise<string> {
  const files = world.streams.map((stream) => mappingOf(world, stream));
  const { sourceId } = await addSource(ctx, {
    name: world.name,
    kind: "files",
    config: { mapping: { version: 1, files } },
    isPeopleSource: world.isPeopleSource ?? false,
  });
  return sourceId;
}

const fileNameOf = ({ format }: World, stream: Stream): string => `${stream}.${format}`;
const namesOf = (stream: Stream): string[] => Object.keys(columnsOf(stream));

function mappingOf(world: World, stream: Stream): FileMapping {
  const columns = namesOf(stream);
  const csv = { kind: "csv", delimiter: ",", quote: '"', header: true, encoding: "utf-8" } as const;
  return {
    name: fileNameOf(world, stream),
    format: world.format === "csv" ? csv : { kind: "jsonl", encoding: "utf-8" },
    columns,
    excluded: [],
    targets: [{ stream, columns: Object.fromEntries(columns.map((column) => [column, { column }])) }],
  };
}

function textOf({ format }: World, stream: Stream, records: readonly StreamRecord[]): string {
  if (format === "jsonl") return records.map((record) => `${JSON.stringify(record)}\n`).join("");
  const columns = namesOf(stream);
  const quoted = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = records.map((record) => columns.map((column) => quoted(record[column] ?? "")));
  return [columns, ...lines].map((cells) => `${cells.join(",")}\n`).join("");
}
