import type { Completeness, Connector, Cursor, Declared, Page } from "#lib/connectors/contract.ts";
import type { Stream, StreamRecord } from "#lib/inventory/streams.ts";

export type MemoryInventory = Partial<Record<Stream, readonly StreamRecord[]>>;

export type MemoryOptions = {
  pageSize?: number;
  totals?: Partial<Record<Stream, number>>;
  scopes?: Declared["scopes"];
  completeness?: Partial<Record<Stream, Completeness>>;
  excluded?: Partial<Record<Stream, Record<string, number>>>;
  observedAt?: string;
  /** Called before each page: to stop, to break, to lie. */
  onRead?: (stream: Stream, cursor: Cursor) => Promise<Page | undefined> | Page | undefined;
};

/** A source that is a value: another reader of the contract, for the tests of the engine. */
export function memoryConnector(inventory: MemoryInventory, options: MemoryOptions = {}): Connector {
  const { pageSize = 3 } = options;
  const streams = Object.keys(inventory) as Stream[];
  return {
    kind: "memory",
    streams,
    declare: async () => ({
      totals: options.totals ?? {},
      scopes: options.scopes ?? [],
      observedAt: options.observedAt ?? "2026-11-20T08:00:00.000Z",
      product: "Memory 1",
      account: "reader",
      endpoint: "memory",
    }),
    read: async (stream, cursor) => {
      const given = await options.onRead?.(stream, cursor);
      if (given) return given;
      const from = cursor === null ? 0 : Number(cursor);
      const all = inventory[stream] ?? [];
      const to = from + pageSize;
      return {
        records: all.slice(from, to),
        ...(from === 0 && options.excluded?.[stream] ? { excluded: options.excluded[stream] } : {}),
        next: to < all.length ? String(to) : null,
        completeness: options.completeness?.[stream] ?? { kind: "complete" },
      };
    },
    close: async () => {},
  };
}
