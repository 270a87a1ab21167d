import { afterAll, describe, expect, it } from "vitest";
import { SourceError } from "#lib/connectors/contract.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, liveInventory, syncMemory } from "#lib/testing/ingest.ts";
import { EXAMPLE } from "#lib/testing/ingest-example.ts";
import { memoryConnector } from "#lib/testing/memory-connector.ts";
import { startSync } from "./commands/start-sync.ts";
import { syncRun } from "./sync.sql.ts";

ownTestDatabase();
afterAll(stopSender);

const ctx = jobAt("2026-11-20T08:00:00.000Z");
const staged = (runId: string) =>
  reader.rows(
    "SELECT relname FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND starts_with(relname, staging_prefix($1::uuid))",
    [runId],
  );
const audits = (runId: string) =>
  reader
    .rows<{ type: string }>("SELECT type FROM audit_events WHERE subject_id = $1::text ORDER BY id", [runId])
    .then((rows) => rows.map(({ type }) => type));

describe("an applied run", () => {
  it("makes people, their identities, owners and groups live, says so in the audit, and leaves no staging", async () => {
    const sourceId = await addMemorySource();
    const outcome = await syncMemory(ctx, sourceId, EXAMPLE);
    expect(outcome).toMatchObject({
      state: "APPLIED",
      isFullRead: true,
      changes: { people: { added: 2 }, grants: { added: 4, changed: 0, ended: 0, unchanged: 0 } },
    });
    const identities = await reader.rows(
      `SELECT i.external_id AS id, p.external_id AS person, o.external_id AS owner FROM identities i LEFT JOIN people p ON p.id = i.person_id
       LEFT JOIN people o ON o.id = i.owner_id WHERE i.source_id = $1::uuid ORDER BY 1`,
      [sourceId],
    );
    expect(identities).toEqual([
      { id: "i1", person: "p1", owner: null },
      { id: "i2", person: "p2", owner: null },
      { id: "i3", person: null, owner: "p1" },
    ]);
    const closure = await reader.rows(
      `SELECT h.external_id AS holder, r.external_id AS reached, c.depth FROM entitlement_closure c JOIN entitlements h ON h.id = c.holder_id
       JOIN entitlements r ON r.id = c.reached_id WHERE h.source_id = $1::uuid`,
      [sourceId],
    );
    expect(closure).toEqual([{ holder: "g1", reached: "e2", depth: 1 }]);
    const [owner] = await reader.rows(
      "SELECT p.external_id AS owner FROM resources r JOIN people p ON p.id = r.owner_id WHERE r.source_id = $1::uuid",
      [sourceId],
    );
    expect(owner).toEqual({ owner: "p2" });
    expect(await staged(outcome.runId)).toEqual([]);
    expect(await audits(outcome.runId)).toEqual(["sync_run.started", "identities.matched", "sync_run.applied"]);
    const [published] = await reader.rows("SELECT data FROM jobs.job WHERE name = 'inventory.published' AND data ->> 'runId' = $1::text", [
      outcome.runId,
    ]);
    expect(published).toEqual({ data: { sourceId, runId: outcome.runId } });
  });

  it("records before and after of what changed, ends what vanished, and gives a record that returns its id back", async () => {
    const sourceId = await addMemorySource({ dropThreshold: 100 });
    await syncMemory(ctx, sourceId, EXAMPLE);
    const idOf = async () =>
      (await reader.rows<{ id: string }>("SELECT id FROM identities WHERE source_id = $1::uuid AND external_id = 'i2'", [sourceId]))[0]?.id;
    const before = await idOf();
    const renamed = { name: "ada p", last_used: "2026-11-02T10:00:00Z" };
    const without = {
      ...EXAMPLE,
      identities: EXAMPLE.identities
        .filter(({ external_id }) => external_id !== "i2")
        .map((each) => (each.external_id === "i1" ? { ...each, ...renamed } : each)),
      grants: EXAMPLE.grants
        .filter(({ holder }) => holder !== "i2")
        .map((each) => (each.holder === "i1" ? { ...each, expires: "2027-01-01T00:00:00Z" } : each)),
    };
    const second = await syncMemory(ctx, sourceId, without);
    expect(second).toMatchObject({
      changes: { identities: { added: 0, changed: 1, ended: 1, unchanged: 1 }, grants: { added: 0, changed: 1, ended: 1, unchanged: 2 } },
    });
    const changes = await reader.rows("SELECT kind, before, after FROM inventory_changes WHERE run_id = $1::uuid ORDER BY kind", [
      second.runId,
    ]);
    expect(changes).toEqual([
      { kind: "changed", before: { name: "ada" }, after: { name: "ada p" } },
      { kind: "gone", before: null, after: null },
    ]);
    const ended = await reader.rows(
      "SELECT end_reason, opened_run_id <> ended_run_id AS lived FROM grants WHERE source_id = $1::uuid AND ended_run_id = $2::uuid ORDER BY 1",
      [sourceId, second.runId],
    );
    expect(ended).toEqual([
      { end_reason: "changed", lived: true },
      { end_reason: "gone", lived: true },
    ]);
    const third = await syncMemory(ctx, sourceId, EXAMPLE);
    expect(third).toMatchObject({ changes: { identities: { added: 1, changed: 1 }, grants: { added: 1, changed: 1 } } });
    expect(await idOf()).toBe(before);
  });

  it("keeps volatile columns current without a word in the history", async () => {
    const sourceId = await addMemorySource();
    await syncMemory(ctx, sourceId, EXAMPLE);
    const touched = { ...EXAMPLE, grants: EXAMPLE.grants.map((grant) => ({ ...grant, last_used: "2026-11-19T00:00:00Z" })) };
    const outcome = await syncMemory(ctx, sourceId, touched);
    expect(outcome).toMatchObject({ changes: { grants: { added: 0, changed: 0, ended: 0, unchanged: 4 } } });
    const [row] = await reader.rows(
      "SELECT count(*)::int AS live, min(last_used_at) = '2026-11-19Z' AS used FROM grants WHERE source_id = $1::uuid AND opened_run_id <> $2::uuid AND ended_run_id IS NULL",
      [sourceId, outcome.runId],
    );
    expect(row).toEqual({ live: 4, used: true });
  });

  it("keeps a version of an entitlement each time that its contents differ", async () => {
    const sourceId = await addMemorySource();
    const withContents = (contents: string | null) => ({
      ...EXAMPLE,
      entitlements: EXAMPLE.entitlements.map((each) => ({ ...each, contents })),
    });
    for (const contents of ["allow a", "allow a", "allow a, b", null]) await syncMemory(ctx, sourceId, withContents(contents));
    const versions = await reader.rows(
      `SELECT v.contents, e.digest = v.digest AS current FROM entitlement_versions v JOIN entitlements e ON e.id = v.entitlement_id
       WHERE e.source_id = $1::uuid AND e.external_id = 'e1' ORDER BY v.id`,
      [sourceId],
    );
    expect(versions).toEqual([
      { contents: "allow a", current: false },
      { contents: "allow a, b", current: false },
      { contents: null, current: true },
    ]);
  });

  it("creates people only from a people source", async () => {
    const sourceId = await addMemorySource({ isPeopleSource: false });
    const outcome = await syncMemory(ctx, sourceId, EXAMPLE);
    expect(outcome).toMatchObject({ state: "APPLIED" });
    expect(await reader.rows("SELECT 1 FROM people WHERE source_id = $1::uuid", [sourceId])).toEqual([]);
  });

  it("keeps a refused record with its place, its reason and its raw form", async () => {
    const sourceId = await addMemorySource({ dropThreshold: 100 });
    const outcome = await syncMemory(
      ctx,
      sourceId,
      {
        ...EXAMPLE,
        grants: [
          ...EXAMPLE.grants,
          { holder: "nobody", entitlement: "e1" },
          { holder: "i1", entitlement: "e1", expires: "2026-02-30T00:00:00Z", reason: "x" },
          { holder: "i2", entitlement: "e1", reason: "again" },
          { holder_kind: "group", holder: "i1", entitlement: "e1" },
          { entitlement: "e1" },
        ],
      },
      { pageSize: 3 },
    );
    const rejected = await reader.rows('SELECT position, "column", reason, raw FROM rejected_records WHERE run_id = $1::uuid ORDER BY id', [
      outcome.runId,
    ]);
    expect(rejected).toEqual([
      {
        position: "page 2, row 2",
        column: "holder",
        reason: expect.stringContaining("names no record"),
        raw: { holder: "nobody", entitlement: "e1" },
      },
      {
        position: "page 2, row 3",
        column: "expires",
        reason: expect.stringContaining("no ISO 8601 instant"),
        raw: { holder: "i1", entitlement: "e1", expires: "2026-02-30T00:00:00Z", reason: "x" },
      },
      {
        position: "page 3, row 1",
        column: "entitlement",
        reason: "has a key that an earlier record of this run has",
        raw: { holder: "i2", entitlement: "e1", reason: "again" },
      },
      {
        position: "page 3, row 2",
        column: "holder_kind",
        reason: "is none of identity, entitlement",
        raw: { holder_kind: "group", holder: "i1", entitlement: "e1" },
      },
      { position: "page 3, row 3", column: "holder", reason: "is required", raw: { entitlement: "e1" } },
    ]);
  });
});

describe("a failed run", () => {
  const broken = async (onRead: Parameters<typeof memoryConnector>[1]) => {
    const sourceId = await addMemorySource();
    await syncMemory(ctx, sourceId, EXAMPLE);
    const before = await liveInventory(sourceId);
    const outcome = await syncMemory(ctx, sourceId, { ...EXAMPLE, grants: [] }, onRead);
    expect(await liveInventory(sourceId)).toEqual(before);
    expect(await staged(outcome.runId)).toEqual([]);
    expect(await audits(outcome.runId)).toEqual(["sync_run.started", "sync_run.failed"]);
    return outcome;
  };

  it("is one whose source gives a page token twice", async () => {
    const outcome = await broken({
      onRead: (stream) => (stream === "grants" ? { records: [], next: "again", completeness: { kind: "complete" } } : undefined),
    });
    expect(outcome).toMatchObject({ state: "FAILED", reasons: [expect.stringContaining("given before")] });
  });

  it("is one with a broken page", async () => {
    const onRead = (stream: string) =>
      stream === "grants" ? ({ records: [{ holder: 7 }], next: null, completeness: { kind: "complete" } } as never) : undefined;
    expect(await broken({ onRead })).toMatchObject({
      state: "FAILED",
      reasons: ["grants, page 1: the page is broken. Nothing was applied."],
    });
  });

  it("is one whose source refuses, in the source's words", async () => {
    const onRead = (stream: string) => {
      if (stream === "grants") throw new SourceError("The server refused the password of reader. Set it anew.");
      return undefined;
    };
    expect(await broken({ onRead })).toMatchObject({
      state: "FAILED",
      reasons: ["The server refused the password of reader. Set it anew."],
    });
  });

  it("says nothing of an error that is not ours to show", async () => {
    const onRead = (stream: string) => {
      if (stream === "grants") throw new Error("secret detail");
      return undefined;
    };
    const outcome = await broken({ onRead });
    expect(outcome).toMatchObject({ state: "FAILED" });
    expect(JSON.stringify(outcome)).not.toContain("secret detail");
  });
});

describe("one run at a time", () => {
  it("refuses to start a second run of a source", async () => {
    const sourceId = await addMemorySource();
    await startSync(ctx, { sourceId });
    await expect(startSync(ctx, { sourceId })).rejects.toThrow("running already");
  });

  it("leaves a run that another worker has in hand alone, and one that is over", async () => {
    const sourceId = await addMemorySource();
    const { runId } = await startSync(ctx, { sourceId });
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reached: () => void = () => {};
    const reading = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const first = syncRun(ctx, runId, {
      open: async () =>
        memoryConnector(EXAMPLE, {
          onRead: async () => {
            reached();
            await held;
            return undefined;
          },
        }),
    });
    await reading;
    expect(await syncRun(ctx, runId, { open: async () => memoryConnector(EXAMPLE) })).toEqual({ state: "busy", runId });
    release();
    expect(await first).toMatchObject({ state: "APPLIED" });
    expect(await syncRun(ctx, runId, { open: async () => memoryConnector(EXAMPLE) })).toEqual({ state: "over", runId });
  });

  it("shows a reader the state before or the state after, never both", async () => {
    const sourceId = await addMemorySource({ dropThreshold: 100 });
    const many = (from: number) => ({
      ...EXAMPLE,
      identities: Array.from({ length: 400 }, (_, at) => ({ external_id: `i${at}`, name: `name ${from}` })),
      grants: Array.from({ length: 400 }, (_, at) => ({ holder: `i${at}`, entitlement: "e1", reason: `reason ${from}` })),
    });
    await syncMemory(ctx, sourceId, many(0), { pageSize: 100 });
    let isOver = false;
    const seen = new Set<string>();
    const looking = (async () => {
      while (!isOver) {
        const [row] = await reader.rows<{ names: string; reasons: string; count: number }>(
          `SELECT string_agg(DISTINCT i.name, ',') AS names, string_agg(DISTINCT g.reason, ',') AS reasons, count(*)::int AS count
           FROM identities i JOIN grants g ON g.holder_id = i.id AND g.ended_run_id IS NULL WHERE i.source_id = $1::uuid`,
          [sourceId],
        );
        seen.add(`${row?.count} ${row?.names} ${row?.reasons}`);
      }
    })();
    for (const version of [1, 2, 3]) await syncMemory(ctx, sourceId, many(version), { pageSize: 100 });
    isOver = true;
    await looking;
    expect([...seen].sort()).toEqual(
      [0, 1, 2, 3].map((version) => `400 name ${version} reason ${version}`).filter((state) => seen.has(state)),
    );
  });
});
