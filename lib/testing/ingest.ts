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

/** Tables of a source's inventory and of its runs, with what they are called in the rows below; ids, runs and times are left out. */
const STATE: Readonly<Record<string, string>> = {
  grants: `SELECT coalesce(i.external_id, h.external_id) AS holder, e.external_id AS entitlement, g.expires_at, g.last_used_at, g.reason, g.end_reason
    FROM grants g JOIN entitlements e ON e.id = g.entitlement_id LEFT JOIN identities i ON i.id = g.holder_id LEFT JOIN entitlements h ON h.id = g.holder_id WHERE g.source_id = $1::uuid`,
  identities: `SELECT i.external_id, i.name, i.last_used_at, p.external_id AS person, o.external_id AS owner, i.gone_at IS NULL AS live, i.first_run_id = i.changed_run_id AS fresh
    FROM identities i LEFT JOIN people p ON p.id = i.person_id LEFT JOIN people o ON o.id = i.owner_id WHERE i.source_id = $1::uuid`,
  people: `SELECT p.external_id, p.name, m.external_id AS manager, p.gone_at IS NULL AS live FROM people p LEFT JOIN people m ON m.id = p.manager_id WHERE p.source_id = $1::uuid`,
  resources: "SELECT external_id, name, owner, gone_at IS NULL AS live FROM resources WHERE source_id = $1::uuid",
  entitlements: "SELECT external_id, name, contents, digest, gone_at IS NULL AS live FROM entitlements WHERE source_id = $1::uuid",
  versions:
    "SELECT e.external_id, v.contents, v.digest FROM entitlement_versions v JOIN entitlements e ON e.id = v.entitlement_id WHERE e.source_id = $1::uuid",
  closure: `SELECT h.external_id AS holder, r.external_id AS reached, v.external_id AS via, c.depth FROM entitlement_closure c JOIN entitlements h ON h.id = c.holder_id
    JOIN entitlements r ON r.id = c.reached_id JOIN entitlements v ON v.id = c.via_id WHERE h.source_id = $1::uuid`,
  matches: `SELECT i.external_id AS identity, p.external_id AS person, m.method, m.state FROM identity_person_matches m JOIN identities i ON i.id = m.identity_id
    JOIN people p ON p.id = m.person_id WHERE i.source_id = $1::uuid`,
  changes: "SELECT stream, kind, before, after FROM inventory_changes WHERE source_id = $1::uuid",
  runs: "SELECT state, is_complete, is_full_read, reasons, changes, digest IS NOT NULL AS digested FROM sync_runs WHERE source_id = $1::uuid",
  streams: `SELECT s.stream, s.declared, s.read, s.kept, s.excluded, s.rejected, s.pages, s.completeness FROM sync_streams s JOIN sync_runs r ON r.id = s.run_id WHERE r.source_id = $1::uuid`,
  pages:
    "SELECT p.stream, p.page, p.rows, p.cursor, p.next FROM sync_pages p JOIN sync_runs r ON r.id = p.run_id WHERE r.source_id = $1::uuid",
  rejected:
    'SELECT j.stream, j.position, j."column", j.reason, j.raw FROM rejected_records j JOIN sync_runs r ON r.id = j.run_id WHERE r.source_id = $1::uuid',
  audit: "SELECT a.type FROM audit_events a JOIN sync_runs r ON a.subject_id = r.id::text WHERE r.source_id = $1::uuid",
  published:
    "SELECT j.name FROM jobs.job j JOIN sync_runs r ON j.data ->> 'runId' = r.id::text WHERE j.name = 'inventory.published' AND r.source_id = $1::uuid",
  staging:
    "SELECT relname FROM pg_class JOIN sync_runs r ON starts_with(relname, staging_prefix(r.id)) WHERE relnamespace = 'staging'::regnamespace AND r.source_id = $1::uuid",
};

/** All that a source's runs left behind, comparable between two sources whose records differ by a prefix only. */
export async function wholeState(sourceId: string, world: string): Promise<Record<string, unknown[]>> {
  const state: Record<string, unknown[]> = {};
  for (const [name, query] of Object.entries(STATE)) {
    const rows = await reader.rows<{ row: unknown }>(`SELECT to_jsonb(q) AS row FROM (${query}) q`, [sourceId]);
    state[name] = rows.map(({ row }) => JSON.stringify(row).replaceAll(`${world}.`, "")).sort();
  }
  return state;
}
