import { randomUUID } from "node:crypto";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader } from "#lib/db/transact.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { syncRun } from "#lib/ingest/sync.sql.ts";
import type { RunOutcome } from "#lib/ingest/types.ts";
import { STREAM_NAMES, STREAMS, type Stream } from "#lib/inventory/streams.ts";
import { type MemoryInventory, type MemoryOptions, memoryConnector } from "./memory-connector.ts";

export const jobAt = (now: string): Ctx => ({ actor: systemActor("test"), now: new Date(now), requestId: randomUUID() });

/** A source of a kind that no registry knows: only the connector handed to a run can read it. */
export async function addMemorySource(options: { isPeopleSource?: boolean; dropThreshold?: number; name?: string } = {}): Promise<string> {
  const [row] = await reader.rows<{ id: string }>(
    "INSERT INTO sources (name, kind, config, is_people_source, drop_threshold) VALUES ($1::text, 'memory', '{}', $2::boolean, $3::int) RETURNING id",
    [options.name ?? `memory ${randomUUID()}`, options.isPeopleSource ?? true, options.dropThreshold ?? 20],
  );
  return row?.id ?? "";
}

/** One whole run over an inventory that is a value. */
export async function syncMemory(ctx: Ctx, sourceId: string, inventory: MemoryInventory, options: MemoryOptions = {}): Promise<RunOutcome> {
  const { runId } = await startSync(ctx, { sourceId });
  return syncRun(ctx, runId, { open: async () => memoryConnector(inventory, options) });
}

/** The live inventory of a source as records of its streams, keyed and ordered, without ids and runs: to compare with what was read. */
export async function liveInventory(sourceId: string): Promise<Partial<Record<Stream, Record<string, unknown>[]>>> {
  const live: Partial<Record<Stream, Record<string, unknown>[]>> = {};
  for (const stream of STREAM_NAMES) {
    const rows = await reader.rows<{ row: Record<string, unknown> }>(liveQuery(stream), [sourceId]);
    if (rows.length > 0) live[stream] = rows.map(({ row }) => withInstants(row));
  }
  return live;
}

const withInstants = (row: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      name.endsWith("_at") && value !== null ? new Date(String(value)).toISOString() : value,
    ]),
  );

function liveQuery(stream: Stream): string {
  const columns = Object.entries(STREAMS[stream]).flatMap(([name, { kind }]) =>
    kind === "moment" ? [`${name}_kind`, `${name}_at`] : [name],
  );
  if (stream !== "grants") {
    const fields = columns.map((name) => `'${name}', t.${name}`).join(", ");
    return `SELECT jsonb_build_object(${fields}) AS row FROM ${stream} t WHERE source_id = $1::uuid AND gone_run_id IS NULL ORDER BY external_id COLLATE "C"`;
  }
  const told = columns.filter((name) => !["holder", "entitlement"].includes(name));
  return `SELECT jsonb_build_object('holder', coalesce(i.external_id, h.external_id), 'entitlement', e.external_id, ${told.map((name) => `'${name}', t.${name}`).join(", ")}) AS row
    FROM grants t JOIN entitlements e ON e.id = t.entitlement_id
    LEFT JOIN identities i ON i.id = t.holder_id AND t.holder_kind = 'identity' LEFT JOIN entitlements h ON h.id = t.holder_id AND t.holder_kind = 'entitlement'
    WHERE t.source_id = $1::uuid AND t.ended_run_id IS NULL ORDER BY t.holder_kind, coalesce(i.external_id, h.external_id) COLLATE "C", e.external_id COLLATE "C"`;
}
