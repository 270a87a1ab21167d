import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import type { StreamRecord } from "#lib/inventory/streams.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import { type Reached, reachedBy, reachersOf } from "./effective-access.sql.ts";

ownTestDatabase();
afterAll(stopSender);

const ctx = jobAt("2026-11-20T08:00:00.000Z");
type Edge = readonly [from: number, to: number];

/** Entitlements 0 to n-1, an identity that holds each of `held`, and groups as the edges say. */
function graph(size: number, edges: readonly Edge[], held: readonly number[]) {
  const entitlements: StreamRecord[] = Array.from({ length: size }, (_, at) => ({ external_id: `e${at}`, name: `entitlement ${at}` }));
  const groups = edges.map(([from, to]): StreamRecord => ({ holder_kind: "entitlement", holder: `e${from}`, entitlement: `e${to}` }));
  return {
    identities: [{ external_id: "i", name: "somebody" }],
    entitlements,
    grants: [...held.map((at): StreamRecord => ({ holder: "i", entitlement: `e${at}` })), ...groups],
  };
}

/** Breadth first, the slow way: depth of everything that each node reaches. */
function depths(size: number, edges: readonly Edge[]): Map<string, number> {
  const found = new Map<string, number>();
  for (let from = 0; from < size; from += 1) {
    let front = [from];
    for (let depth = 1; front.length > 0; depth += 1) {
      front = [...new Set(front.flatMap((at) => edges.filter(([start]) => start === at).map(([, to]) => to)))].filter(
        (to) => to !== from && !found.has(`${from} ${to}`),
      );
      for (const to of front) found.set(`${from} ${to}`, depth);
    }
  }
  return found;
}

async function closureOf(sourceId: string): Promise<{ pairs: Map<string, number>; badVia: number }> {
  const rows = await reader.rows<{ pair: string; depth: number; isSound: boolean }>(
    `SELECT substr(h.external_id, 2) || ' ' || substr(r.external_id, 2) AS pair, c.depth,
       EXISTS (SELECT FROM grants g WHERE g.holder_id = c.via_id AND g.entitlement_id = c.reached_id AND g.ended_run_id IS NULL)
         AND (c.via_id = c.holder_id OR EXISTS (SELECT FROM entitlement_closure b WHERE b.holder_id = c.holder_id AND b.reached_id = c.via_id AND b.depth = c.depth - 1)) AS "isSound"
     FROM entitlement_closure c JOIN entitlements h ON h.id = c.holder_id JOIN entitlements r ON r.id = c.reached_id WHERE h.source_id = $1::uuid`,
    [sourceId],
  );
  return { pairs: new Map(rows.map(({ pair, depth }) => [pair, depth])), badVia: rows.filter(({ isSound }) => !isSound).length };
}

const SIZE = 9;
const someEdges = fc.uniqueArray(fc.tuple(fc.nat({ max: SIZE - 1 }), fc.nat({ max: SIZE - 1 })), { maxLength: 16, selector: String });

it("is what a search from every entitlement finds, through any changes of the groups and with any cycles", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someEdges, { minLength: 1, maxLength: 4 }), async (states) => {
      const sourceId = await addMemorySource({ dropThreshold: 100 });
      for (const edges of states) {
        expect(await syncMemory(ctx, sourceId, graph(SIZE, edges, [0]), { pageSize: 50 })).toMatchObject({ state: "APPLIED" });
        const { pairs, badVia } = await closureOf(sourceId);
        expect(Object.fromEntries(pairs)).toEqual(Object.fromEntries(depths(SIZE, edges)));
        expect(badVia).toBe(0);
      }
    }),
    { numRuns: 8 },
  );
});

it("follows groups twelve deep, and tells the way there", async () => {
  const sourceId = await addMemorySource();
  const chain = Array.from({ length: 12 }, (_, at): Edge => [at, at + 1]);
  await syncMemory(ctx, sourceId, graph(13, [...chain, [12, 0]], [0]), { pageSize: 50 });
  const [identity] = await reader.rows<{ id: string }>("SELECT id FROM identities WHERE source_id = $1::uuid", [sourceId]);
  const reached = await reachedBy(reader, [identity?.id ?? ""], { after: null, limit: 100 });
  expect(reached).toHaveLength(13);
  const deepest = reached.find(({ depth }) => depth === 12);
  expect(deepest?.path.map(({ name }) => name)).toEqual(Array.from({ length: 13 }, (_, at) => `entitlement ${at}`));
  const [reacher] = await reachersOf(reader, { entitlementId: deepest?.entitlementId ?? "" }, { after: null, limit: 10 });
  expect(reacher).toMatchObject({ identityId: identity?.id, depth: 12 });
  expect(reacher?.path).toEqual(deepest?.path);
});

it("takes the shortest of several ways, and the direct grant before any", async () => {
  const sourceId = await addMemorySource();
  const edges: Edge[] = [
    [0, 1],
    [1, 2],
    [2, 3],
    [0, 3],
  ];
  await syncMemory(ctx, sourceId, graph(4, edges, [0, 2]), { pageSize: 50 });
  const [identity] = await reader.rows<{ id: string }>("SELECT id FROM identities WHERE source_id = $1::uuid", [sourceId]);
  const reached = await reachedBy(reader, [identity?.id ?? ""], { after: null, limit: 100 });
  expect(Object.fromEntries(reached.map(({ entitlement, depth }) => [entitlement, depth]))).toEqual({
    "entitlement 0": 0,
    "entitlement 1": 1,
    "entitlement 2": 0,
    "entitlement 3": 1,
  });
});

it("pages through what is reached without gap or repeat", async () => {
  const sourceId = await addMemorySource();
  await syncMemory(
    ctx,
    sourceId,
    graph(
      9,
      Array.from({ length: 8 }, (_, at): Edge => [0, at + 1]),
      [0],
    ),
    { pageSize: 50 },
  );
  const [identity] = await reader.rows<{ id: string }>("SELECT id FROM identities WHERE source_id = $1::uuid", [sourceId]);
  const seen: string[] = [];
  for (let after: Reached["place"] | null = null; ; ) {
    const rows: Reached[] = await reachedBy(reader, [identity?.id ?? ""], { after, limit: 4 });
    seen.push(...rows.map(({ entitlementId }) => entitlementId));
    if (rows.length < 4) break;
    after = rows.at(-1)?.place ?? null;
  }
  expect(seen).toHaveLength(9);
  expect(new Set(seen).size).toBe(9);
});
