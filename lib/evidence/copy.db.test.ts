import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import { transactCopy } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { asList, writeTable } from "./copy.sql.ts";
import { list, type PackTable, plain, text } from "./tables.sql.ts";

ownTestDatabase();

const folder = mkdtempSync(join(tmpdir(), "countersign-copy-"));
afterAll(() => rmSync(folder, { recursive: true }));
const ctx = () => ({ actor: systemActor("test"), now: new Date(), requestId: "test" });

const tableOf = (rows: number): PackTable => ({
  name: `t-${randomUUID()}`,
  holds: "a row",
  columns: [plain("id", "g.id"), text("name", "'=' || repeat(chr(65 + g.id % 26), g.id % 400)"), list("names", "ARRAY['-1', 'b']")],
  from: () => `FROM generate_series(1, ${rows}) AS g (id)`,
  orderBy: "g.id",
});

describe("a table written to both files", () => {
  it.each([0, 1, 2, 777, 20_000])("of %i rows is whole in each, with the digests of what lies on the disk", async (rows) => {
    const table = tableOf(rows);
    const facts = await transactCopy(ctx(), (tx) => writeTable(tx, table, { campaignId: randomUUID(), directory: folder }));
    for (const { name, size, sha256, blocks, rows: counted } of facts) {
      const bytes = readFileSync(join(folder, name));
      expect({ name, size, counted }).toEqual({ name, size: bytes.length, counted: rows });
      expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
      expect(blocks.length).toBe(Math.ceil(bytes.length / 65_536));
    }
    const records = JSON.parse(readFileSync(join(folder, `${table.name}.json`), "utf8"));
    expect(records.length).toBe(rows);
    if (rows > 1) expect(records[1]).toEqual({ id: 2, name: "=CC", names: ["-1", "b"] });
    const lines = readFileSync(join(folder, `${table.name}.csv`), "utf8").split("\n");
    expect(lines.length).toBe(rows + 2);
    if (rows > 1) expect(lines[2]).toBe("2,'=CC,'-1; b");
  });
});

it("takes the last comma away wherever the pieces are cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(99)), fc.infiniteStream(fc.integer({ min: 1, max: 5 })), async (records, cuts) => {
      const bytes = Buffer.from(records.map((record) => `${record},\n`).join(""));
      async function* pieces() {
        for (let at = 0; at < bytes.length; ) {
          const size = cuts.next().value ?? 1;
          yield bytes.subarray(at, at + size);
          at += size;
        }
      }
      let listed = "";
      for await (const piece of asList(pieces())) listed += Buffer.from(piece).toString();
      expect(JSON.parse(listed)).toEqual(records);
      expect(listed).toBe(records.length === 0 ? "[\n]\n" : `[\n${records.join(",\n")}\n]\n`);
    }),
    { numRuns: 300 },
  );
});
