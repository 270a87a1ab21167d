import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import pg, { type PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { env } from "#lib/env.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { cutPoints } from "#lib/testing/cut-points.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, wholeState } from "#lib/testing/ingest.ts";
import { EXAMPLE } from "#lib/testing/ingest-example.ts";
import { type MemoryInventory, memoryConnector } from "#lib/testing/memory-connector.ts";
import { startSync } from "./commands/start-sync.ts";
import { syncRun } from "./sync.sql.ts";

const database = ownTestDatabase();
afterAll(stopSender);

const ctx = jobAt("2026-11-20T08:00:00.000Z");
const PAGE = { pageSize: 2 };

/** The second read: something new, changed, gone, touched, refused and doubled in it. */
const NEXT: MemoryInventory = {
  ...EXAMPLE,
  people: [...EXAMPLE.people, { external_id: "p3", name: "Cy Moe", manager: "p3", mail: "cy@corp.example" }],
  identities: [
    { external_id: "i1", name: "ada price", class: "human", person: "p1", last_used: "2026-11-02T10:00:00Z" },
    { external_id: "i2", name: "bo", class: "human", mail: "BO@corp.example" },
    { external_id: "i4", name: "cy", class: "human", mail: "cy@corp.example" },
    { external_id: "i4", name: "cy again" },
    { external_id: "i5", name: "robot", class: "robot" },
  ],
  entitlements: EXAMPLE.entitlements.map((each) => ({ ...each, contents: `${each.name} of all` })),
  grants: [
    { holder: "i1", entitlement: "g1", started: "2025-01-01T00:00:00Z", expires: "2027-01-01T00:00:00Z" },
    { holder_kind: "entitlement", holder: "g1", entitlement: "e1" },
    { holder: "i2", entitlement: "e1", reason: "ticket 1", last_used: "2026-11-19T00:00:00Z" },
    { holder: "i4", entitlement: "g1" },
    { holder: "i3", entitlement: "e1" },
  ],
};

/** One world for each source: ids that no other source has, so that nothing is ambiguous between them. */
function within(world: string, inventory: MemoryInventory): MemoryInventory {
  const names = new Set(["external_id", "holder", "entitlement", "resource", "manager", "person", "owner", "mail"]);
  const renamed = (record: Readonly<Record<string, string | null>>) =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [name, names.has(name) && value !== null ? `${world}.${value}` : value]),
    );
  return Object.fromEntries(Object.entries(inventory).map(([stream, records]) => [stream, records.map(renamed)]));
}

let admin: pg.Client;
let cuts: ReturnType<typeof cutPoints>;
beforeAll(async () => {
  cuts = cutPoints();
  admin = new pg.Client({ connectionString: database.admin });
  await admin.connect();
});
afterAll(() => admin.end());

const kill = (client: PoolClient) =>
  admin.query("SELECT pg_terminate_backend($1, 5000)", [(client as unknown as { processID: number }).processID]).then(() => undefined);

let worlds = 0;
async function prepared(reads: readonly MemoryInventory[]): Promise<{ sourceId: string; world: string }> {
  worlds += 1;
  const world = `w${worlds}`;
  const sourceId = await addMemorySource({ dropThreshold: 100 });
  for (const read of reads) expect(await work(sourceId, within(world, read), Number.POSITIVE_INFINITY)).toMatchObject({ state: "APPLIED" });
  return { sourceId, world };
}

/** A run that loses its connection before its nth statement, then is taken up again as often as it takes. */
async function work(sourceId: string, inventory: MemoryInventory, nth: number) {
  const { runId } = await startSync(ctx, { sourceId });
  cuts.next(nth, kill);
  const run = () => syncRun(ctx, runId, { open: async () => memoryConnector(inventory, PAGE) });
  try {
    return await run();
  } catch {
    const [row] = await reader.rows<{ state: string }>("SELECT state::text AS state FROM sync_runs WHERE id = $1::uuid", [runId]);
    if (row?.state !== "RUNNING") return { state: row?.state, runId };
    cuts.next(Number.POSITIVE_INFINITY, () => {});
    return await run();
  }
}

describe.each<[string, readonly MemoryInventory[], MemoryInventory]>([
  ["a first read", [], EXAMPLE],
  ["a second read", [EXAMPLE], NEXT],
])("%s that is killed", (_name, before, read) => {
  /** Spread over the whole run; a few of them fall into each phase. */
  const POINTS = 14;

  it("at any statement and taken up again leaves what one clean run leaves, row for row", async () => {
    const clean = await prepared(before);
    expect(await work(clean.sourceId, within(clean.world, read), Number.POSITIVE_INFINITY)).toMatchObject({ state: "APPLIED" });
    const expected = await wholeState(clean.sourceId, clean.world);
    const statements = cuts.count;
    expect(statements).toBeGreaterThan(60);
    const points = Array.from({ length: POINTS }, (_, at) => 1 + Math.floor((at * statements) / POINTS));
    for (const nth of points) {
      const { sourceId, world } = await prepared(before);
      const outcome = await work(sourceId, within(world, read), nth);
      expect(outcome, `statement ${nth} of ${statements}`).toMatchObject({ state: "APPLIED" });
      expect(await wholeState(sourceId, world), `statement ${nth} of ${statements}`).toEqual(expected);
    }
  });
});

describe("a worker that is killed by SIGKILL", () => {
  it.each([5, 40, 75])("before statement %i is followed by another that ends its run", async (nth) => {
    const clean = await prepared([EXAMPLE]);
    await work(clean.sourceId, within(clean.world, NEXT), Number.POSITIVE_INFINITY);
    const { sourceId, world } = await prepared([EXAMPLE]);
    const { runId } = await startSync(ctx, { sourceId });
    writeFileSync(inventoryFile(), JSON.stringify(within(world, NEXT)));
    const signal = await sigkilled(runId, nth);
    expect(signal).toBe("SIGKILL");
    await expect
      .poll(() => syncRun(ctx, runId, { open: async () => memoryConnector(within(world, NEXT), PAGE) }), { timeout: 10_000 })
      .toMatchObject({ state: "APPLIED" });
    expect(await wholeState(sourceId, world)).toEqual(await wholeState(clean.sourceId, clean.world));
  });
});

const inventoryFile = () => path.join(env().COUNTERSIGN_DATA_DIR, "inventory.json");

function sigkilled(runId: string, nth: number): Promise<NodeJS.Signals | null> {
  const script = path.join(import.meta.dirname, "../testing/sync-child.ts");
  const child = spawn(process.execPath, ["--conditions=react-server", script, runId, String(nth), inventoryFile()], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve) => child.once("close", (_code, signal) => resolve(signal)));
}

describe("a server that crashed and emptied unlogged staging", () => {
  it("makes the run start again at page 1 of what was lost, under its own id", async () => {
    const { sourceId, world } = await prepared([]);
    const { runId } = await startSync(ctx, { sourceId });
    const pages: string[] = [];
    let isFirst = true;
    const open = async () =>
      memoryConnector(within(world, EXAMPLE), {
        ...PAGE,
        onRead: async (stream, cursor) => {
          pages.push(`${stream} ${cursor}`);
          // What a restart leaves: the ledger and empty tables. The run itself was ended by it.
          if (isFirst && stream === "grants" && cursor === "2") {
            isFirst = false;
            const tables = await admin.query(
              "SELECT format('%I.%I', 'staging', relname) AS name FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND relpersistence = 'u'",
            );
            for (const { name } of tables.rows) await admin.query(`DELETE FROM ${name}`);
          }
          return undefined;
        },
      });
    expect(await syncRun(ctx, runId, { open })).toMatchObject({ state: "APPLIED", runId });
    expect(pages.filter((page) => page === "people null")).toHaveLength(2);
    const clean = await prepared([EXAMPLE]);
    expect(await wholeState(sourceId, world)).toEqual(await wholeState(clean.sourceId, clean.world));
  });

  it("does not take rows for a page that are not those of the ledger", async () => {
    const { sourceId, world } = await prepared([]);
    const { runId } = await startSync(ctx, { sourceId });
    const stop = new AbortController();
    const open = async () =>
      memoryConnector(within(world, EXAMPLE), {
        ...PAGE,
        onRead: (stream, cursor) => {
          if (!stop.signal.aborted && stream === "grants" && cursor === "2") stop.abort();
          return undefined;
        },
      });
    await expect(syncRun(ctx, runId, { open, signal: stop.signal })).rejects.toThrow();
    await admin.query(`UPDATE staging.r${runId.replaceAll("-", "")}_people SET name = 'somebody else' WHERE page = 1`);
    expect(await syncRun(ctx, runId, { open })).toMatchObject({ state: "APPLIED", runId });
    const clean = await prepared([EXAMPLE]);
    expect(await wholeState(sourceId, world)).toEqual(await wholeState(clean.sourceId, clean.world));
  });
});
