import { recordProblems } from "#lib/connectors/values.ts";
import { columnsOf, keyOf, STREAM_NAMES, type Stream, type StreamRecord } from "#lib/inventory/streams.ts";
import type { MemoryInventory } from "./memory-connector.ts";

export type ModelRow = Record<string, string | null>;
export type ModelState = Partial<Record<Stream, ModelRow[]>>;

/**
 * What a complete read must leave behind, worked out the slow way in memory: the first sound record of each key whose references lead
 * somewhere, as live columns. The engine's set-based SQL is compared with it.
 */
export function modelOf(inventory: MemoryInventory): { state: ModelState; rejected: Partial<Record<Stream, number>> } {
  const state: ModelState = {};
  const rejected: Partial<Record<Stream, number>> = {};
  const keys = new Map<Stream, Set<string>>();
  for (const stream of STREAM_NAMES) {
    const records = inventory[stream];
    if (!records) continue;
    const seen = new Map<string, ModelRow>();
    const sound = records.filter((record) => recordProblems(stream, record).length === 0 && leadsSomewhere(stream, record, keys));
    for (const record of sound) {
      const key = keyText(stream, record);
      if (!seen.has(key)) seen.set(key, rowOf(stream, record));
    }
    keys.set(stream, new Set(sound.map(({ external_id }) => external_id ?? "")));
    if (seen.size > 0) state[stream] = [...seen].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
    rejected[stream] = records.length - seen.size;
  }
  return { state, rejected };
}

const keyText = (stream: Stream, record: StreamRecord): string =>
  keyOf(stream)
    .map((name) => (name === "holder_kind" ? record[name] || "identity" : record[name]))
    .join("\0");

function leadsSomewhere(stream: Stream, record: StreamRecord, keys: ReadonlyMap<Stream, ReadonlySet<string>>): boolean {
  const isKnown = (to: Stream, id: string | null | undefined) => !id || keys.get(to)?.has(id) === true;
  if (stream === "grants" && !isKnown(record.holder_kind === "entitlement" ? "entitlements" : "identities", record.holder)) return false;
  return Object.entries(columnsOf(stream)).every(
    ([name, column]) => column.kind !== "reference" || column.to === stream || isKnown(column.to, record[name]),
  );
}

function rowOf(stream: Stream, record: StreamRecord): ModelRow {
  const row: ModelRow = {};
  for (const [name, column] of Object.entries(columnsOf(stream))) {
    const value = record[name] || null;
    if (column.kind === "vocabulary") row[name] = value ?? column.whenAbsent;
    else if (column.kind !== "moment") row[name] = value;
    else {
      const isWord = value === null || /^[a-z_]+$/.test(value);
      row[`${name}_kind`] = isWord ? (value ?? "unknown") : "value";
      row[`${name}_at`] = isWord ? null : new Date(value).toISOString();
    }
  }
  return row;
}
