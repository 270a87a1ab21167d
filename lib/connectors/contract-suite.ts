import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { columnsOf, keyOf, STREAM_NAMES, type Stream, type StreamRecord } from "#lib/inventory/streams.ts";
import type { Connector, Cursor, Declared, Page } from "./contract.ts";
import { recordProblems } from "./values.ts";

export type ContractOptions = {
  /** Streams in which a key may come twice, and why that is right there. */
  repeatedKeys?: Partial<Record<Stream, string>>;
  /** Streams that yield values which ingest will reject, on purpose. */
  badValues?: readonly Stream[];
  /** Streams that differ from one read to the next without anybody having done anything (live sessions). */
  unsteady?: readonly Stream[];
  /** Cursors of a live source may hold for the life of one connector only. */
  resumesAcrossConnectors?: boolean;
  /** The source tells the time by its own clock, so two declarations differ in it. */
  hasMovingClock?: boolean;
  /** Whatever must never come out: passwords, tokens, paths. */
  secrets?: readonly string[];
  /** A connector to the same source that cannot be read (wrong password, missing file): its error must name no secret. */
  makeBroken?: () => Promise<Connector>;
  maxPages?: number;
};

type StreamRead = { pages: Page[]; cursors: Cursor[]; records: StreamRecord[] };

/**
 * What ingest relies on, checked against a real source. `makeConnector` is called again for every fresh read of the same source, which
 * nobody else may change while the suite runs.
 */
export function connectorContract(name: string, makeConnector: () => Promise<Connector>, options: ContractOptions = {}): void {
  const { maxPages = 10_000, unsteady = [], badValues = [], repeatedKeys = {}, secrets = [] } = options;
  const never = () => new AbortController().signal;

  async function readFrom(connector: Connector, stream: Stream, from: Cursor): Promise<StreamRead> {
    const read: StreamRead = { pages: [], cursors: [], records: [] };
    let cursor = from;
    do {
      const page = await connector.read(stream, cursor, never());
      read.pages.push(page);
      read.cursors.push(cursor);
      read.records.push(...page.records);
      cursor = page.next;
      if (read.pages.length > maxPages) throw new Error(`${stream} did not end within ${maxPages} pages`);
    } while (cursor !== null);
    return read;
  }

  async function withFresh<T>(use: (connector: Connector) => Promise<T>): Promise<T> {
    const connector = await makeConnector();
    try {
      return await use(connector);
    } finally {
      await connector.close();
    }
  }

  const readAll = (connector: Connector) =>
    connector.streams.reduce(
      async (before, stream) => new Map([...(await before), [stream, await readFrom(connector, stream, null)]]),
      Promise.resolve(new Map<Stream, StreamRead>()),
    );

  describe(`${name} keeps the connector contract`, () => {
    let connector: Connector;
    let declared: Declared;
    let reads: Map<Stream, StreamRead>;

    beforeAll(async () => {
      connector = await makeConnector();
      declared = await connector.declare(never());
      reads = await readAll(connector);
    });
    afterAll(() => connector.close());

    const eachStream = (check: (stream: Stream, read: StreamRead) => void) => {
      for (const [stream, read] of reads) check(stream, read);
    };

    it("names its kind and its streams, each once", () => {
      expect(connector.kind).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(connector.streams.length).toBeGreaterThan(0);
      expect(new Set(connector.streams).size).toBe(connector.streams.length);
      expect(STREAM_NAMES).toEqual(expect.arrayContaining([...connector.streams]));
    });

    it("declares an instant, a product, an account, a place, and whole totals of its own streams", () => {
      expect(declared.observedAt).toBe(new Date(declared.observedAt).toISOString());
      for (const text of [declared.product, declared.account, declared.endpoint]) expect(text.trim()).not.toBe("");
      for (const [stream, total] of Object.entries(declared.totals)) {
        expect(connector.streams).toContain(stream);
        expect(Number.isSafeInteger(total) && total >= 0, `${stream}: ${total}`).toBe(true);
      }
    });

    it("says of each scope what it is for, and what its absence costs where it is optional", () => {
      expect(new Set(declared.scopes.map((scope) => scope.name)).size).toBe(declared.scopes.length);
      for (const scope of declared.scopes) {
        expect(scope.purpose.trim()).not.toBe("");
        if (!scope.isMandatory) expect(scope.costs ?? "", scope.name).not.toBe("");
      }
    });

    it("declares the same twice", async () => {
      const again = await withFresh((fresh) => fresh.declare(never()));
      const steady = ({ observedAt, ...rest }: Declared) => (options.hasMovingClock ? rest : { observedAt, ...rest });
      expect(steady(again)).toEqual(steady(declared));
    });

    it("never gives a cursor twice in a stream", () => {
      eachStream((stream, { cursors }) => expect(new Set(cursors).size, stream).toBe(cursors.length));
    });

    it("yields records of known columns, whose values are well-formed text or null", () => {
      eachStream((stream, { records }) => {
        const known = new Set(Object.keys(columnsOf(stream)));
        for (const record of records) {
          for (const [column, value] of Object.entries(record)) {
            expect(known.has(column), `${stream}.${column}`).toBe(true);
            const isText = value === null || (typeof value === "string" && value.isWellFormed() && !value.includes("\0"));
            expect(isText, `${stream}.${column}: ${JSON.stringify(value)}`).toBe(true);
          }
        }
      });
    });

    it("yields only values that ingest keeps, unless it says which streams hold others", () => {
      eachStream((stream, { records }) => {
        const bad = records.flatMap((record) => recordProblems(stream, record).map((problem) => ({ ...problem, record })));
        if (badValues.includes(stream)) expect(bad.length, `${stream} was to hold bad values`).toBeGreaterThan(0);
        else expect(bad.slice(0, 5), stream).toEqual([]);
      });
    });

    it("yields each key once, unless it says why not", () => {
      eachStream((stream, { records }) => {
        const keys = records.map((record) => JSON.stringify(keyOf(stream).map((column) => keyPart(stream, record, column))));
        const seen = new Set<string>();
        const repeated = keys.filter((key) => seen.size === seen.add(key).size);
        const reason = repeatedKeys[stream];
        if (reason === undefined) expect(repeated.slice(0, 5), stream).toEqual([]);
        else expect(repeated.length, `${stream} was to repeat keys: ${reason}`).toBeGreaterThan(0);
      });
    });

    it("counts what it leaves out by rule, in whole numbers", () => {
      eachStream((stream, { pages }) => {
        for (const [rule, left] of pages.flatMap((page) => Object.entries(page.excluded ?? {}))) {
          expect(rule.trim(), stream).not.toBe("");
          expect(Number.isSafeInteger(left) && left > 0, `${stream}: ${rule} ${left}`).toBe(true);
        }
      });
    });

    it("reads as many records as it declared, with those left out by rule, in streams that it read whole", () => {
      eachStream((stream, { pages, records }) => {
        const total = declared.totals[stream];
        if (total === undefined || unsteady.includes(stream) || pages.some((page) => page.completeness.kind !== "complete")) return;
        const excluded = pages.flatMap((page) => Object.values(page.excluded ?? {})).reduce((sum, left) => sum + left, 0);
        expect(records.length + excluded, stream).toBe(total);
      });
    });

    it("gives the same records, page for page, when read again", async () => {
      const again = await withFresh(readAll);
      for (const [stream, { pages }] of again) {
        if (unsteady.includes(stream)) continue;
        const steady = (read: readonly Page[]) =>
          read.map(({ records, excluded = {} }) => ({ records: withoutVolatile(stream, records), excluded }));
        expect(steady(pages), stream).toEqual(steady(reads.get(stream)?.pages ?? []));
      }
    });

    it("starts again from nothing when it is asked to, also after the last page", async () => {
      for (const [stream, { pages }] of reads) {
        if (unsteady.includes(stream)) continue;
        const first = await connector.read(stream, null, never());
        expect(withoutVolatile(stream, first.records), stream).toEqual(withoutVolatile(stream, pages[0]?.records ?? []));
      }
    });

    it("continues from a cursor with exactly the records that were left", async () => {
      for (const [stream, { cursors, pages }] of reads) {
        if (unsteady.includes(stream)) continue;
        for (const index of new Set([1, Math.floor(cursors.length / 2), cursors.length - 1])) {
          const cursor = cursors[index];
          if (cursor === undefined || cursor === null) continue;
          const rest = pages.slice(index).flatMap((page) => page.records);
          const use = (from: Connector) => readFrom(from, stream, cursor);
          const resumed = options.resumesAcrossConnectors === false ? await use(connector) : await withFresh(use);
          expect(withoutVolatile(stream, resumed.records), `${stream} from page ${index}`).toEqual(withoutVolatile(stream, rest));
        }
      }
    });

    it("refuses a cursor that it did not give, rather than start again in silence", async () => {
      for (const stream of connector.streams) {
        await expect(
          withFresh((fresh) => fresh.read(stream, "not-a-cursor-of-ours", never())),
          stream,
        ).rejects.toThrow();
      }
    });

    it("stops when it is told to", async () => {
      const aborted = AbortSignal.abort(new Error("told to stop"));
      await withFresh(async (fresh) => {
        await expect(fresh.declare(aborted)).rejects.toThrow("told to stop");
        for (const stream of fresh.streams) await expect(fresh.read(stream, null, aborted), stream).rejects.toThrow("told to stop");
      });
    });

    it("can be closed twice, and without having been read", async () => {
      const fresh = await makeConnector();
      await fresh.close();
      await expect(fresh.close()).resolves.toBeUndefined();
    });

    it.runIf(secrets.length > 0)("lets no secret out: not in what it declares, yields or names", () => {
      const all = JSON.stringify({ declared, kind: connector.kind, pages: [...reads.values()].map(({ pages }) => pages) });
      for (const secret of secrets) expect(all.includes(secret), `a secret of ${secret.length} characters came out`).toBe(false);
    });

    it.runIf(options.makeBroken)("fails with an error that names no secret, however deep one looks", async () => {
      const broken = await options.makeBroken?.();
      if (!broken) throw new Error("makeBroken gave nothing");
      const errors: unknown[] = [];
      try {
        const stream = broken.streams[0];
        await broken.declare(never()).catch((error: unknown) => errors.push(error));
        if (stream) await broken.read(stream, null, never()).catch((error: unknown) => errors.push(error));
      } finally {
        await broken.close();
      }
      expect(errors.length, "a broken source was read").toBeGreaterThan(0);
      for (const text of errors.map(everythingIn)) {
        for (const secret of secrets) expect(text.includes(secret), `a secret of ${secret.length} characters is in an error`).toBe(false);
      }
    });
  });
}

/** An absent word of a key means its default: a grant without holder_kind is an identity's. */
function keyPart(stream: Stream, record: StreamRecord, name: string): string | null {
  const column = columnsOf(stream)[name];
  return record[name] ?? (column?.kind === "vocabulary" ? column.whenAbsent : null);
}

const withoutVolatile = (stream: Stream, records: readonly StreamRecord[]) => {
  const isVolatile = (name: string) => {
    const column = columnsOf(stream)[name];
    return column?.kind === "moment" && column.isVolatile === true;
  };
  return records.map((record) => Object.fromEntries(Object.entries(record).filter(([name]) => !isVolatile(name))));
};

function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.fromEntries(Object.getOwnPropertyNames(error).map((name) => [name, String(Reflect.get(error, name))]));
  return `${JSON.stringify(own)} ${error.cause === undefined ? "" : everythingIn(error.cause)}`;
}
