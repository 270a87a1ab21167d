import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader } from "#lib/db/transact.ts";
import type { StreamRecord } from "#lib/inventory/streams.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, liveInventory, syncMemory } from "#lib/testing/ingest.ts";
import { EXAMPLE } from "#lib/testing/ingest-example.ts";
import { type MemoryInventory, type MemoryOptions, memoryConnector } from "#lib/testing/memory-connector.ts";
import { someSignedIn } from "#lib/testing/users.ts";
import { confirmGateOverride, requestGateOverride } from "./commands/override-gate.ts";
import { rejectRun } from "./commands/reject-run.ts";
import { startSync } from "./commands/start-sync.ts";
import { syncRun } from "./sync.sql.ts";

ownTestDatabase();
afterAll(stopSender);

const ctx = jobAt("2026-11-20T08:00:00.000Z");
let first: Ctx;
let second: Ctx;

/** As an action hands a critical command its actor: confirmed a moment ago. */
function steppedUp(of: Ctx): Ctx {
  if (of.actor.kind !== "user") throw new Error("not a user");
  const stepUp = { method: "password" as const, at: new Date().toISOString() };
  return { ...of, actor: { ...of.actor, authentication: { ...of.actor.authentication, stepUp } } };
}

beforeAll(async () => {
  first = (await someSignedIn(["administrator"])).ctx;
  second = steppedUp((await someSignedIn(["security_analyst"])).ctx);
});

const shrunk = { ...EXAMPLE, grants: EXAMPLE.grants.slice(0, 2) };

async function held(inventory: MemoryInventory = shrunk, options: MemoryOptions = {}): Promise<{ sourceId: string; runId: string }> {
  const sourceId = await addMemorySource();
  await syncMemory(ctx, sourceId, EXAMPLE);
  const before = await liveInventory(sourceId);
  const outcome = await syncMemory(ctx, sourceId, inventory, options);
  expect(outcome.state).toBe("HELD");
  expect(await liveInventory(sourceId)).toEqual(before);
  return { sourceId, runId: outcome.runId };
}

const stateOf = async (runId: string) =>
  (await reader.rows<{ state: string }>("SELECT state FROM sync_runs WHERE id = $1::uuid", [runId]))[0]?.state;
const stagedKinds = (runId: string) =>
  reader.rows<{ kind: string }>(
    "SELECT DISTINCT relpersistence AS kind FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND starts_with(relname, staging_prefix($1::uuid))",
    [runId],
  );

describe("a held run", () => {
  it("keeps its rows in logged tables, its refused records and its reasons, and touches nothing live", async () => {
    const { runId } = await held({ ...shrunk, grants: [...shrunk.grants, { holder: "nobody", entitlement: "e1" }] });
    expect(await stagedKinds(runId)).toEqual([{ kind: "p" }]);
    const [run] = await reader.rows("SELECT reasons, changes -> 'grants' AS grants FROM sync_runs WHERE id = $1::uuid", [runId]);
    expect(run).toEqual({
      reasons: [expect.objectContaining({ kind: "drop", kept: 2, live: 4, text: expect.stringContaining("a drop of 50 %") })],
      grants: { added: 0, changed: 0, ended: 2, unchanged: 2 },
    });
    expect(await reader.rows("SELECT count(*)::int AS count FROM rejected_records WHERE run_id = $1::uuid", [runId])).toEqual([
      { count: 1 },
    ]);
  });

  it("holds a first read that finds nothing, and leaves no grants table of the source behind", async () => {
    const sourceId = await addMemorySource();
    const outcome = await syncMemory(ctx, sourceId, { ...EXAMPLE, people: [] });
    expect(outcome).toMatchObject({ state: "HELD", reasons: ["people: none were read, and there were none before."] });
    expect(await reader.rows("SELECT to_regclass(partition_name('grants', $1::uuid)) AS found", [sourceId])).toEqual([{ found: null }]);
    expect(await liveInventory(sourceId)).toEqual({});
  });

  it("is rejected with a reason, and its rows go", async () => {
    const { runId } = await held();
    await rejectRun(first, { runId, reason: "the export was cut" });
    expect(await stateOf(runId)).toBe("REJECTED");
    expect(await stagedKinds(runId)).toEqual([]);
    await expect(rejectRun(first, { runId, reason: "again" })).rejects.toThrow("not held");
  });

  it("is superseded by the next run that is applied", async () => {
    const { sourceId, runId } = await held();
    expect(await syncMemory(ctx, sourceId, EXAMPLE)).toMatchObject({ state: "APPLIED" });
    expect(await stateOf(runId)).toBe("SUPERSEDED");
    expect(await stagedKinds(runId)).toEqual([]);
  });
});

describe("a gate override", () => {
  it("names how many grants it ends, takes two people, and applies what was held", async () => {
    const { sourceId, runId } = await held();
    const { requestId, terms } = await requestGateOverride(first, { runId, reason: "the contract ended" });
    expect(terms).toMatchObject({ endsGrants: 2, onlyAdditions: false, reasons: [expect.stringContaining("a drop of 50 %")] });
    const outcome = await confirmGateOverride(second, { requestId });
    expect(outcome).toMatchObject({ state: "APPLIED", changes: { grants: { added: 0, ended: 2, unchanged: 2 } } });
    expect((await liveInventory(sourceId)).grants).toHaveLength(2);
    const [run] = await reader.rows(
      "SELECT overridden_by IS NOT NULL AND confirmed_by IS NOT NULL AND overridden_by <> confirmed_by AS two, override_reason FROM sync_runs WHERE id = $1::uuid",
      [runId],
    );
    expect(run).toEqual({ two: true, override_reason: "the contract ended" });
    const types = await reader.rows<{ type: string }>("SELECT type FROM audit_events WHERE subject_id = $1::text ORDER BY id", [runId]);
    expect(types.map(({ type }) => type)).toEqual([
      "sync_run.started",
      "sync_run.held",
      "second_person.asked",
      "second_person.confirmed",
      "sync_run.applied",
    ]);
  });

  it("is not for the one who asked, nor for another user of the same person, nor without a fresh sign-in, nor for those without the right", async () => {
    const { runId } = await held();
    const [person] = await reader.rows<{ id: string }>("SELECT id FROM people LIMIT 1");
    const personId = person?.id ?? "";
    const asker = (await someSignedIn(["administrator"], { personId })).ctx;
    const twin = steppedUp((await someSignedIn(["administrator"], { personId })).ctx);
    const { requestId } = await requestGateOverride(asker, { runId, reason: "because" });
    await expect(confirmGateOverride(steppedUp(asker), { requestId })).rejects.toMatchObject({
      code: "PRECONDITION",
      details: { refusal: "requester" },
    });
    await expect(confirmGateOverride(twin, { requestId })).rejects.toMatchObject({
      code: "PRECONDITION",
      details: { refusal: "same_person" },
    });
    await expect(confirmGateOverride(first, { requestId })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
    const reviewer = steppedUp((await someSignedIn(["reviewer"])).ctx);
    await expect(confirmGateOverride(reviewer, { requestId })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(requestGateOverride(ctx, { runId, reason: "a job asks" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await stateOf(runId)).toBe("HELD");
  });

  it("counts once, however many confirm at once", async () => {
    const { runId } = await held();
    const { requestId } = await requestGateOverride(first, { runId, reason: "because" });
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => confirmGateOverride(second, { requestId })));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(
      await reader.rows("SELECT count(*)::int AS count FROM audit_events WHERE subject_id = $1::text AND type = 'sync_run.applied'", [
        runId,
      ]),
    ).toEqual([{ count: 1 }]);
  });

  it("of a partial run only adds: nothing changes, nothing ends", async () => {
    const grants: StreamRecord[] = [
      { holder: "i1", entitlement: "g1", reason: "another" },
      { holder: "i2", entitlement: "e2" },
    ];
    const { sourceId, runId } = await held({ ...EXAMPLE, grants }, { completeness: { grants: { kind: "partial", reason: "half" } } });
    const before = await liveInventory(sourceId);
    const { requestId, terms } = await requestGateOverride(first, { runId, reason: "better than nothing" });
    expect(terms).toMatchObject({ endsGrants: 0, onlyAdditions: true });
    const outcome = await confirmGateOverride(second, { requestId });
    expect(outcome).toMatchObject({ state: "APPLIED", changes: { grants: { added: 1, changed: 0, ended: 0 } } });
    const after = await liveInventory(sourceId);
    expect(after.grants).toHaveLength(5);
    expect(after.grants).toEqual(expect.arrayContaining(before.grants ?? []));
    const [run] = await reader.rows("SELECT is_complete AS complete FROM sync_runs WHERE id = $1::uuid", [runId]);
    expect(run).toEqual({ complete: false });
  });

  it("expires after a day, and is withdrawn by a newer request or by rejection", async () => {
    const { runId } = await held();
    const old = await requestGateOverride(first, { runId, reason: "one" });
    const late = { ...second, now: new Date(second.now.getTime() + 25 * 3_600_000) };
    await expect(confirmGateOverride(late, { requestId: old.requestId })).rejects.toMatchObject({ details: { refusal: "expired" } });
    const newer = await requestGateOverride(first, { runId, reason: "two" });
    await expect(confirmGateOverride(second, { requestId: old.requestId })).rejects.toMatchObject({ details: { refusal: "decided" } });
    await rejectRun(first, { runId, reason: "no" });
    await expect(confirmGateOverride(second, { requestId: newer.requestId })).rejects.toMatchObject({ code: "PRECONDITION" });
  });

  it("waits for a sync of the source that is running", async () => {
    const { sourceId, runId } = await held();
    const { requestId } = await requestGateOverride(first, { runId, reason: "because" });
    const started = await startSync(ctx, { sourceId });
    let refused: unknown;
    const onRead: NonNullable<MemoryOptions["onRead"]> = async () => {
      refused ??= await confirmGateOverride(second, { requestId }).catch((error: unknown) => error);
      return undefined;
    };
    await syncRun(ctx, started.runId, { open: async () => memoryConnector(EXAMPLE, { onRead }) });
    expect(refused).toMatchObject({ code: "CONFLICT", message: expect.stringContaining("is running") });
  });

  it("applies a held first read", async () => {
    const sourceId = await addMemorySource();
    const outcome = await syncMemory(ctx, sourceId, {
      ...EXAMPLE,
      resources: [],
      entitlements: EXAMPLE.entitlements.map((each) => ({ ...each, resource: null })),
    });
    const { requestId } = await requestGateOverride(first, { runId: outcome.runId, reason: "it has no resources" });
    expect(await confirmGateOverride(second, { requestId })).toMatchObject({ state: "APPLIED", changes: { grants: { added: 4 } } });
    expect((await liveInventory(sourceId)).grants).toHaveLength(4);
  });
});
