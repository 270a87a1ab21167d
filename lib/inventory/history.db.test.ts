import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import { someInventory } from "#lib/testing/inventory-arbitrary.ts";
import { inventoryAt, spansOfGrant } from "./history.sql.ts";
import { STREAM_NAMES, type Stream } from "./streams.ts";

ownTestDatabase();
afterAll(stopSender);

const past = async (sourceId: string, at: Date) => {
  const whole: Partial<Record<Stream, unknown>> = {};
  for (const stream of STREAM_NAMES) whole[stream] = await inventoryAt(reader, { sourceId, stream, at, after: null, limit: 1000 });
  return whole;
};

it("gives the inventory of any past day as it was seen on that day", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someInventory, { minLength: 2, maxLength: 5 }), async (reads) => {
      const sourceId = await addMemorySource({ dropThreshold: 100 });
      const snapshots: { at: Date; seen: unknown }[] = [];
      for (const [day, read] of reads.entries()) {
        const ctx = jobAt(`2026-11-0${day + 1}T08:00:00.000Z`);
        expect(await syncMemory(ctx, sourceId, read, { pageSize: 50 })).toMatchObject({ state: "APPLIED" });
        // Nothing is taken back yet on the day itself: this is the live inventory, row by row.
        const at = new Date(`2026-11-0${day + 1}T20:00:00.000Z`);
        snapshots.push({ at, seen: await past(sourceId, at) });
      }
      for (const { at, seen } of snapshots) expect(await past(sourceId, at)).toEqual(seen);
      expect(await past(sourceId, new Date("2026-10-01T00:00:00.000Z"))).toEqual(
        Object.fromEntries(STREAM_NAMES.map((stream) => [stream, []])),
      );
    }),
    { numRuns: 5 },
  );
});

it("agrees with the live tables on the day itself", async () => {
  const sourceId = await addMemorySource({ dropThreshold: 100 });
  const people = [
    { external_id: "p1", name: "Ada" },
    { external_id: "p2", name: "Bo" },
  ];
  await syncMemory(jobAt("2026-11-01T08:00:00.000Z"), sourceId, { people });
  await syncMemory(jobAt("2026-11-02T08:00:00.000Z"), sourceId, { people: [{ external_id: "p1", name: "Ada Price" }] });
  await syncMemory(jobAt("2026-11-03T08:00:00.000Z"), sourceId, { people });
  const names = async (day: string) => {
    const rows = await inventoryAt(reader, {
      sourceId,
      stream: "people",
      at: new Date(`2026-${day}T12:00:00.000Z`),
      after: null,
      limit: 10,
    });
    return rows.map(({ record }) => record.name).sort();
  };
  expect(await names("11-01")).toEqual(["Ada", "Bo"]);
  expect(await names("11-02")).toEqual(["Ada Price"]);
  expect(await names("11-03")).toEqual(["Ada", "Bo"]);
  expect(await names("10-31")).toEqual([]);
});

it("tells every span of a grant, with the syncs that opened and ended it", async () => {
  const sourceId = await addMemorySource({ dropThreshold: 100 });
  const rest = {
    identities: [{ external_id: "i", name: "i" }],
    entitlements: [
      { external_id: "e", name: "e" },
      { external_id: "f", name: "f" },
    ],
  };
  const other = { holder: "i", entitlement: "f" };
  const runs: string[] = [];
  for (const [day, grants] of [
    [{ holder: "i", entitlement: "e" }],
    [{ holder: "i", entitlement: "e", reason: "renewed" }],
    [],
    [{ holder: "i", entitlement: "e" }],
  ].entries()) {
    const outcome = await syncMemory(jobAt(`2026-11-0${day + 1}T08:00:00.000Z`), sourceId, { ...rest, grants: [other, ...grants] });
    runs.push(outcome.runId);
  }
  const [grant] = await reader.rows<{ holder: string; entitlement: string }>(
    "SELECT g.holder_id AS holder, e.id AS entitlement FROM grants g JOIN entitlements e ON e.id = g.entitlement_id WHERE e.source_id = $1::uuid AND e.external_id = 'e' LIMIT 1",
    [sourceId],
  );
  const spans = await spansOfGrant(reader, grant?.holder ?? "", grant?.entitlement ?? "");
  expect(spans.map(({ openedRunId, endedRunId, endReason, reason }) => ({ openedRunId, endedRunId, endReason, reason }))).toEqual([
    { openedRunId: runs[0], endedRunId: runs[1], endReason: "changed", reason: null },
    { openedRunId: runs[1], endedRunId: runs[2], endReason: "gone", reason: "renewed" },
    { openedRunId: runs[3], endedRunId: null, endReason: null, reason: null },
  ]);
  expect(spans[0]?.openedAt).toMatch(/^2026-11-01T08:00:0\d/);
});
