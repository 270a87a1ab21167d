import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { signBytes } from "#lib/audit/signing-key.ts";
import { systemActor } from "#lib/authz/actor.ts";
import { transactCopy } from "#lib/db/transact.ts";
import { writeCsv } from "#lib/evidence/copy.sql.ts";
import { items } from "#lib/evidence/review-tables.sql.ts";
import { literal } from "#lib/evidence/tables.sql.ts";
import type { Workload } from "./harness.ts";
import { activeCampaign } from "./review.ts";
import { importedSource, writeData } from "./source.ts";

/** The same values unguarded, piped to a file. */
async function rawCsv(client: pg.Client, campaignId: string, file: string): Promise<void> {
  const columns = items.columns.map(({ name, sql }) => `${sql} AS "${name}"`).join(", ");
  const rows = `SELECT ${columns} ${items.from(literal(campaignId))} ORDER BY ${items.orderBy}`;
  await client.query("BEGIN");
  await client.query("SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off");
  await pipeline(client.query(copyTo(`COPY (${rows}) TO STDOUT (FORMAT csv, HEADER true)`)), createWriteStream(file));
  await client.query("COMMIT");
}

export const evidenceCsv: Workload = {
  id: "W8",
  what: "the items of a pack as CSV: formula guard, SHA-256 whole and by block, signature",
  baseline: "COPY TO STDOUT of the same columns, piped to a file",
  target: { kind: "at most", ratio: 1.15 },
  prepare: async (bench) => {
    const folder = path.join(bench.folder, "whole");
    const directory = path.join(bench.folder, "pack");
    bench.progress(`importing ${bench.rows} grants and freezing them`);
    writeData(folder, bench.rows, "whole");
    const campaignId = await activeCampaign(bench.admin, await importedSource(folder, bench.admin));
    const ctx = { actor: systemActor("bench"), now: new Date(), requestId: "bench" };
    return {
      before: async () => {
        await rm(directory, { recursive: true, force: true });
        await mkdir(directory);
      },
      ours: () =>
        transactCopy(ctx, async (tx) => {
          await tx.rows("SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off");
          const facts = await writeCsv(tx, items, { campaignId, directory });
          await signBytes(tx, Buffer.from(JSON.stringify(facts)));
          return undefined;
        }),
      baseline: async () => void (await rawCsv(bench.admin, campaignId, path.join(directory, "raw.csv"))),
    };
  },
};
