import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { STREAM_NAMES } from "#lib/inventory/streams.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, liveInventory, syncMemory } from "#lib/testing/ingest.ts";
import { someInventory } from "#lib/testing/inventory-arbitrary.ts";
import { modelOf } from "#lib/testing/inventory-model.ts";

ownTestDatabase();
afterAll(stopSender);

const ctx = jobAt("2026-11-20T08:00:00.000Z");
const RUNS = 15;

/** Every row that a source's inventory consists of, with ids and runs: equal before and after means that nothing was written. */
async function everyRow(sourceId: string): Promise<unknown> {
  const tables = [...STREAM_NAMES, "inventory_changes"].map(
    (table) =>
      `SELECT '${table}' AS name, to_jsonb(t) || jsonb_build_object('xmin', t.xmin::text) AS row FROM ${table} t WHERE source_id = $1::uuid`,
  );
  return reader.rows(`SELECT * FROM (${tables.join(" UNION ALL ")}) a ORDER BY name, row::text`, [sourceId]);
}

it("leaves, after any sequence of complete reads, exactly what the last one told, and counts every record once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someInventory, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 9 }), async (reads, pageSize) => {
      const sourceId = await addMemorySource({ dropThreshold: 100 });
      for (const read of reads) {
        const outcome = await syncMemory(ctx, sourceId, read, { pageSize });
        expect(outcome).toMatchObject({ state: "APPLIED" });
        const model = modelOf(read);
        expect(await liveInventory(sourceId)).toEqual(model.state);
        const streams = await reader.rows<{ stream: keyof typeof read; read: number; rejected: number; refused: number }>(
          `SELECT stream, read::int AS read, rejected::int AS rejected,
             (SELECT count(*)::int FROM rejected_records j WHERE j.run_id = s.run_id AND j.stream = s.stream) AS refused FROM sync_streams s WHERE run_id = $1::uuid`,
          [outcome.runId],
        );
        for (const { stream, rejected, refused, ...row } of streams) {
          expect({ stream, rejected, read: row.read }).toEqual({ stream, rejected: model.rejected[stream], read: read[stream]?.length });
          expect(refused).toBe(rejected);
        }
      }
      const before = await everyRow(sourceId);
      const again = await syncMemory(ctx, sourceId, reads.at(-1) ?? {}, { pageSize: pageSize + 1 });
      expect(again).toMatchObject({ state: "APPLIED" });
      expect(await everyRow(sourceId)).toEqual(before);
    }),
    { numRuns: RUNS },
  );
});
