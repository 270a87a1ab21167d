import { readdirSync } from "node:fs";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader } from "#lib/db/transact.ts";
import { env } from "#lib/env.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { liveInventory } from "#lib/testing/ingest.ts";
import { operatorCtx } from "#lib/testing/users.ts";
import { addSource } from "./commands/add-source.ts";
import { runSync } from "./commands/run-sync.ts";
import { startSync } from "./commands/start-sync.ts";
import { uploadFile } from "./commands/upload-file.ts";

ownTestDatabase();
afterAll(stopSender);

const csv = { kind: "csv", delimiter: ",", quote: '"', header: true, encoding: "utf-8" } as const;
const plain = (stream: Stream, columns: string[]) => ({
  name: `${stream}.csv`,
  format: csv,
  columns,
  excluded: [],
  targets: [{ stream, columns: Object.fromEntries(columns.map((column) => [column, { column }])) }],
});
const FILES = [
  plain("identities", ["external_id", "name", "last_used"]),
  plain("entitlements", ["external_id", "name"]),
  plain("grants", ["holder", "entitlement", "expires", "reason"]),
];
const IDENTITIES = "external_id,name,last_used\ni1,Ada,2026-11-01T10:00:00Z\ni2,Bo,\n";
const ENTITLEMENTS = "external_id,name\ne1,read\ne2,write\n";
const GRANTS = 'holder,entitlement,expires,reason\ni1,e1,never,"because, said ""she"""\ni2,e1,,\ni2,e2,2027-01-01T00:00:00Z,x\n';

let sources = 0;
async function source(files: unknown[] = FILES): Promise<{ ctx: Ctx; sourceId: string }> {
  sources += 1;
  const ctx = operatorCtx();
  return { ctx, ...(await addSource(ctx, { name: `files ${sources}`, kind: "files", config: { mapping: { version: 1, files } } })) };
}

const upload = (ctx: Ctx, sourceId: string, name: string, bytes: string | Buffer, more: object = {}) =>
  uploadFile(ctx, { sourceId, name, ...more }, Readable.from([Buffer.from(bytes)]));

async function sync(ctx: Ctx, sourceId: string) {
  const { runId } = await startSync(ctx, { sourceId, trigger: "upload" }, { isWorkedHere: true });
  return runSync(ctx, { runId });
}

async function loaded(grants: string | Buffer = GRANTS) {
  const made = await source();
  await upload(made.ctx, made.sourceId, "identities.csv", IDENTITIES);
  await upload(made.ctx, made.sourceId, "entitlements.csv", ENTITLEMENTS);
  await upload(made.ctx, made.sourceId, "grants.csv", grants);
  return made;
}

const pagesOf = (runId: string, stream: Stream) =>
  reader.rows("SELECT page, rows, left(cursor, 5) AS cursor FROM sync_pages WHERE run_id = $1::uuid AND stream = $2::text ORDER BY page", [
    runId,
    stream,
  ]);

describe("files whose columns are the stream's", () => {
  it("go to COPY as they are, and become the inventory", async () => {
    const { ctx, sourceId } = await loaded();
    const outcome = await sync(ctx, sourceId);
    expect(outcome).toMatchObject({ state: "APPLIED", isFullRead: true, changes: { grants: { added: 3 } } });
    expect(await pagesOf(outcome.runId, "grants")).toEqual([{ page: 1, rows: 3, cursor: "file:" }]);
    expect(
      (await liveInventory(sourceId)).grants?.map(({ holder, entitlement, reason, expires_kind }) => [
        holder,
        entitlement,
        reason,
        expires_kind,
      ]),
    ).toEqual([
      ["i1", "e1", 'because, said "she"', "never"],
      ["i2", "e1", null, "unknown"],
      ["i2", "e2", "x", "value"],
    ]);
    const [run] = await reader.rows("SELECT product, account, endpoint FROM sync_runs WHERE id = $1::uuid", [outcome.runId]);
    expect(run).toEqual({
      product: expect.stringContaining("grants.csv"),
      account: "unattested, uploaded by test operator",
      endpoint: "entitlements.csv, grants.csv, identities.csv",
    });
  });

  it("may be gzipped", async () => {
    const { ctx, sourceId } = await loaded(gzipSync(GRANTS));
    expect(await sync(ctx, sourceId)).toMatchObject({ state: "APPLIED", changes: { grants: { added: 3 } } });
  });

  it("refuse single records with file and line, also behind a cell with line breaks", async () => {
    const { ctx, sourceId } = await loaded(
      'holder,entitlement,expires,reason\ni1,e1,never,"two\nlines"\nnobody,e1,,\ni2,e2,soon,\ni2,e1,,\ni2,e1,,again\n',
    );
    const outcome = await sync(ctx, sourceId);
    expect(outcome).toMatchObject({ state: "APPLIED", changes: { grants: { added: 2 } } });
    const rejected = await reader.rows('SELECT position, "column" FROM rejected_records WHERE run_id = $1::uuid ORDER BY id', [
      outcome.runId,
    ]);
    expect(rejected).toEqual([
      { position: "grants.csv, line 4", column: "holder" },
      { position: "grants.csv, line 5", column: "expires" },
      { position: "grants.csv, line 7", column: "entitlement" },
    ]);
  });

  it("refuse a file that is broken, whole, with the line where", async () => {
    const { ctx, sourceId } = await loaded();
    await sync(ctx, sourceId);
    const before = await liveInventory(sourceId);
    await upload(ctx, sourceId, "grants.csv", "holder,entitlement,expires,reason\ni1,e1,never,x\ni1,e2\n");
    expect(await sync(ctx, sourceId)).toMatchObject({
      state: "FAILED",
      reasons: [expect.stringMatching(/^grants\.csv, line 3: 2 cells where the header has 4\./)],
    });
    expect(await liveInventory(sourceId)).toEqual(before);
  });

  it("that only COPY is too particular for are read row by row", async () => {
    const { ctx, sourceId } = await loaded("holder,entitlement,expires,reason\r\ni1,e1,never,x\r\n\r\ni2,e1,,\r\n");
    const outcome = await sync(ctx, sourceId);
    expect(outcome).toMatchObject({ state: "APPLIED", changes: { grants: { added: 2 } } });
    expect(await pagesOf(outcome.runId, "grants")).toEqual([{ page: 1, rows: 2, cursor: null }]);
  });

  it("come in pieces, each a page of its own", async () => {
    const { ctx, sourceId } = await loaded();
    await upload(ctx, sourceId, "grants-2.csv", "holder,entitlement,expires,reason\ni1,e2,never,x\nnobody,e2,,\n", {
      mappedAs: "grants.csv",
      isPiece: true,
    });
    const outcome = await sync(ctx, sourceId);
    expect(outcome).toMatchObject({ state: "APPLIED", changes: { grants: { added: 4 } } });
    expect((await pagesOf(outcome.runId, "grants")).map(({ rows }) => rows)).toEqual([2, 3]);
    expect(await reader.rows("SELECT position FROM rejected_records WHERE run_id = $1::uuid", [outcome.runId])).toEqual([
      { position: "grants-2.csv, line 3" },
    ]);
  });
});

describe("the same bytes again", () => {
  it("need no work, and prove nothing about removal", async () => {
    const { ctx, sourceId } = await loaded();
    const first = await sync(ctx, sourceId);
    await upload(ctx, sourceId, "grants.csv", GRANTS);
    const second = await sync(ctx, sourceId);
    expect(second).toEqual({ state: "APPLIED", runId: second.runId, isFullRead: false, changes: {} });
    const [runs] = await reader.rows(
      `SELECT count(DISTINCT digest)::int AS digests, count(*)::int AS runs, bool_and(is_complete) AS complete FROM sync_runs WHERE source_id = $1::uuid`,
      [sourceId],
    );
    expect(runs).toEqual({ digests: 1, runs: 2, complete: true });
    const counts = (runId: string) =>
      reader.rows("SELECT stream, read, kept FROM sync_streams WHERE run_id = $1::uuid ORDER BY 1", [runId]);
    expect(await counts(second.runId)).toEqual(await counts(first.runId));
    const published = await reader.rows("SELECT 1 FROM jobs.job WHERE name = 'inventory.published' AND data ->> 'runId' = $1::text", [
      second.runId,
    ]);
    expect(published).toEqual([]);
  });

  it("are read again after a run that was held, and under another mapping", async () => {
    const { ctx, sourceId } = await loaded();
    await sync(ctx, sourceId);
    await upload(ctx, sourceId, "grants.csv", "holder,entitlement,expires,reason\ni1,e1,never,x\n");
    expect(await sync(ctx, sourceId)).toMatchObject({ state: "HELD" });
    expect(await sync(ctx, sourceId)).toMatchObject({ state: "HELD" });
    await upload(ctx, sourceId, "grants.csv", GRANTS);
    expect(await sync(ctx, sourceId)).toMatchObject({ state: "APPLIED", isFullRead: false });
    const changed = [{ ...FILES[0] }, { ...FILES[1] }, plain("grants", ["holder", "entitlement", "expires", "reason"])];
    await reader.rows("UPDATE sources SET config = $2::jsonb WHERE id = $1::uuid", [
      sourceId,
      JSON.stringify({
        mapping: { version: 1, files: changed.map((file) => ({ ...file, columns: [...(file.columns ?? [])] })).toReversed() },
      }),
    ]);
    expect(await sync(ctx, sourceId)).toMatchObject({ state: "APPLIED", isFullRead: true });
  });
});

describe("an upload", () => {
  it("is kept under its digest, once, and leaves nothing when it is refused", async () => {
    const { ctx, sourceId } = await source();
    const { sha256, bytes } = await upload(ctx, sourceId, "grants.csv", GRANTS);
    await upload(ctx, sourceId, "grants.csv", GRANTS);
    const folder = `${env().COUNTERSIGN_DATA_DIR}/files`;
    expect(readdirSync(folder).filter((name) => name === sha256)).toHaveLength(1);
    expect(bytes).toBe(GRANTS.length);
    await expect(uploadFile(ctx, { sourceId, name: "big.csv" }, Readable.from([Buffer.alloc(101)]), 100)).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
    await expect(upload(ctx, sourceId, "x.csv", "a,b\n", { sha256: "0".repeat(64) })).rejects.toMatchObject({ code: "INVALID" });
    await expect(upload(ctx, sourceId, "empty.csv", "")).rejects.toMatchObject({ code: "INVALID" });
    await expect(upload(ctx, sourceId, "../x.csv", "a,b\n")).rejects.toThrow();
    const cut = Readable.from(
      (async function* () {
        yield Buffer.from("a,b\n");
        throw new Error("the client went away");
      })(),
    );
    await expect(uploadFile(ctx, { sourceId, name: "cut.csv" }, cut)).rejects.toThrow("went away");
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
    const [current] = await reader.rows(
      "SELECT count(*)::int AS files, count(*) FILTER (WHERE is_current)::int AS current FROM source_files WHERE source_id = $1::uuid",
      [sourceId],
    );
    expect(current).toEqual({ files: 2, current: 1 });
  });

  it("that changed on disk since is not read", async () => {
    const { ctx, sourceId } = await loaded();
    const { writeFileSync } = await import("node:fs");
    const { sha256 } = await upload(ctx, sourceId, "grants.csv", `${GRANTS}i1,e2,,\n`);
    writeFileSync(`${env().COUNTERSIGN_DATA_DIR}/files/${sha256}`, `${GRANTS}i1,e2,,z\n`);
    expect(await sync(ctx, sourceId)).toMatchObject({
      state: "FAILED",
      reasons: [expect.stringContaining("no longer the one that was uploaded")],
    });
  });

  it("without a mapping fails its run in words", async () => {
    const ctx = operatorCtx();
    const { sourceId } = await addSource(ctx, { name: "files without mapping", kind: "files" });
    await upload(ctx, sourceId, "grants.csv", GRANTS);
    expect(await sync(ctx, sourceId)).toMatchObject({
      state: "FAILED",
      reasons: ["The source has no file yet, or no mapping. Upload a file and map its columns."],
    });
  });
});

it("makes groups out of a column of an account list, row by row", async () => {
  const { ctx, sourceId } = await source([
    {
      name: "accounts.csv",
      format: csv,
      columns: ["id", "name", "groups"],
      excluded: [],
      targets: [
        { stream: "identities", columns: { external_id: { column: "id" }, name: { column: "name" } } },
        {
          stream: "entitlements",
          columns: { external_id: { column: "groups" }, name: { column: "groups" } },
          split: { column: "groups", separator: ";" },
          distinct: true,
        },
        {
          stream: "grants",
          columns: { holder: { column: "id" }, entitlement: { column: "groups" } },
          split: { column: "groups", separator: ";" },
        },
      ],
    },
  ]);
  await upload(ctx, sourceId, "accounts.csv", "id,name,groups\n1,Ada,admins;users\n2,Bo,users\n");
  const outcome = await sync(ctx, sourceId);
  expect(outcome).toMatchObject({
    state: "APPLIED",
    changes: { identities: { added: 2 }, entitlements: { added: 2 }, grants: { added: 3 } },
  });
  await upload(ctx, sourceId, "accounts.csv", "id,name,groups\n1,Ada,admins;users\n2,Bo,admins;users\n");
  expect(await sync(ctx, sourceId)).toMatchObject({ changes: { grants: { added: 1, ended: 0, unchanged: 3 } } });
});
