import { afterAll, beforeAll, expect, it } from "vitest";
import { postureScope } from "#lib/authz/scope.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import type { MemoryInventory } from "#lib/testing/memory-connector.ts";
import { handlers, ticks } from "./jobs.ts";
import { countLeavers, getPosture, getWeek } from "./posture.sql.ts";
import { privilegedGrants } from "./posture.ts";

ownTestDatabase();
afterAll(stopSender);

const DAY_1 = "2026-11-20T08:00:00.000Z";
const DAY_2 = "2026-11-25T08:00:00.000Z";
const NOW = "2026-11-26T12:00:00.000Z";
const scope = postureScope(jobAt(NOW).actor);
const now = new Date(NOW);

const BASE: MemoryInventory = {
  people: [
    { external_id: "p1", name: "Ada", mail: "ada@corp.example", status: "active" },
    { external_id: "p2", name: "Bo", mail: "bo@corp.example", status: "left", ended_on: "2026-11-01" },
    { external_id: "p3", name: "Cy", mail: "cy@corp.example", status: "unknown" },
  ],
  identities: [
    { external_id: "i1", name: "ada", class: "human", status: "active", mail: "ada@corp.example" },
    { external_id: "i2", name: "bo", class: "human", status: "active", mail: "bo@corp.example" },
    { external_id: "i3", name: "cy", class: "human", status: "active", mail: "cy@corp.example" },
    { external_id: "i4", name: "bo-old", class: "human", status: "disabled", mail: "bo@corp.example" },
    { external_id: "i5", name: "nobody", class: "human", status: "active" },
    { external_id: "i6", name: "robot", class: "service", status: "active" },
  ],
  entitlements: [
    { external_id: "admin", name: "Admin", privileged: "yes" },
    { external_id: "group", name: "Member of admins", privileged: "no" },
    { external_id: "read", name: "Read", privileged: "no" },
    { external_id: "odd", name: "Odd" },
  ],
  grants: [
    { holder_kind: "entitlement", holder: "group", entitlement: "admin" },
    { holder: "i1", entitlement: "group", last_used: "2026-11-19T00:00:00Z" },
    { holder: "i2", entitlement: "admin", last_used: "2026-01-01T00:00:00Z" },
    { holder: "i3", entitlement: "read", last_used: "never" },
    { holder: "i4", entitlement: "admin" },
    { holder: "i6", entitlement: "odd", last_used: "not_supported" },
  ],
  credentials: [
    { external_id: "c1", identity: "i6", kind: "key", created: "2025-01-01T00:00:00Z", expires: "never" },
    { external_id: "c2", identity: "i6", kind: "token", created: "2026-11-01T00:00:00Z", expires: "2026-12-01T00:00:00Z" },
    { external_id: "c3", identity: "i1", kind: "password" },
  ],
  factors: [
    { external_id: "f1", identity: "i1", kind: "passkey", phishing_resistant: "yes" },
    { external_id: "f2", identity: "i2", kind: "push" },
  ],
};

const publish = async (sourceId: string, runId: string) => {
  for (const handle of handlers["inventory.published"] ?? []) await handle(jobAt(NOW), { sourceId, runId }, AbortSignal.timeout(10_000));
};

let sourceId = "";
let secondRun = "";
beforeAll(async () => {
  sourceId = await addMemorySource({ dropThreshold: 100, name: "Whole" });
  await syncMemory(jobAt(DAY_1), sourceId, BASE);
  const { runId: firstRun } = await lastRun(sourceId);
  await publish(sourceId, firstRun);
  const grants = [...(BASE.grants ?? []).filter(({ holder }) => holder !== "i3"), { holder: "i5", entitlement: "admin" }];
  await syncMemory(jobAt(DAY_2), sourceId, { ...BASE, grants });
  secondRun = (await lastRun(sourceId)).runId;
  // Their clocks are the database's; the week is told by when a run ended.
  await reader.rows("UPDATE sync_runs SET finished_at = started_at + interval '1 minute' WHERE source_id = $1::uuid", [sourceId]);
});

async function lastRun(id: string): Promise<{ runId: string }> {
  const [run] = await reader.rows<{ runId: string }>(
    'SELECT id AS "runId" FROM sync_runs WHERE source_id = $1::uuid ORDER BY started_at DESC, id DESC LIMIT 1',
    [id],
  );
  return run ?? { runId: "" };
}

it("says that a run is not counted yet, and counts it once however often the job runs", async () => {
  expect(await getWeek(scope, now)).toMatchObject({ uncounted: 1, runs: [], firstReads: [{ source: "Whole", grants: 6 }] });
  await publish(sourceId, secondRun);
  await publish(sourceId, secondRun);
  const { runs, uncounted } = await getWeek(scope, now);
  expect(uncounted).toBe(0);
  expect(runs).toMatchObject([
    { runId: secondRun, added: 1, addedPrivileged: 1, addedUnknown: 0, ended: 1, endedPrivileged: 0, endedUnknown: 0 },
  ]);
});

it("a first read grants nothing this week, whatever it brought", async () => {
  const { runs } = await getWeek(scope, now);
  expect(runs.reduce((sum, { added }) => sum + added, 0)).toBe(1);
});

it("what leads to privileged access is privileged, and what nobody tells is unknown", async () => {
  const { grants, uncounted, grantsAsOf } = await getPosture(scope, now);
  expect(uncounted).toBe(0);
  expect(grantsAsOf).not.toBeNull();
  // ada by the group, bo, bo's disabled identity and nobody; bo's is stale, two were never told to be used.
  expect(privilegedGrants(grants)).toEqual({ all: 4, stale: 1, untold: 2, maybe: 1 });
});

it("counts the same as the live grants themselves", async () => {
  const { grants } = await getPosture(scope, now);
  const [live] = await reader.rows<{ count: number }>(
    "SELECT count(*)::int AS count FROM grants WHERE holder_kind = 'identity' AND ended_run_id IS NULL",
  );
  expect(grants.reduce((sum, row) => sum + row.grants, 0)).toBe(live?.count);
});

it("a leaver counts while an identity of theirs may be used, and somebody of unknown status is no leaver but is counted", async () => {
  const { leavers } = await getPosture(scope, now);
  expect(leavers).toMatchObject({ people: 1, identities: 1, rows: [{ name: "Bo", endedOn: "2026-11-01", identities: 1, grants: 1 }] });
  expect(leavers.untold).toBe(0); // cy's last grant ended
  expect(await countLeavers(scope)).toBe(leavers.people);
});

it("keeps people without a factor apart from those whose source does not tell", async () => {
  const silent = await addMemorySource({ dropThreshold: 100, isPeopleSource: false, name: "Silent" });
  const { factors: _none, people: _nobody, credentials: _untold, grants: _no, ...rest } = BASE;
  await syncMemory(jobAt(DAY_1), silent, { ...rest, identities: [{ external_id: "x", name: "x", class: "human", status: "active" }] });
  const { people, factors, unmatched } = await getPosture(scope, now);
  expect(people).toEqual({ identities: 5, withFactor: 2, none: 2, untold: 1 });
  expect(factors).toEqual([
    { kind: "passkey", phishingResistant: "yes", factors: 1 },
    { kind: "push", phishingResistant: "unknown", factors: 1 },
  ]);
  expect(unmatched).toEqual({ proposed: 0, nobody: 2 });
});

it("puts a credential of unknown age and end where it says so", async () => {
  const { credentials } = await getPosture(scope, now);
  expect(credentials).toEqual([
    { age: "older", lifetime: "never", credentials: 1 },
    { age: "quarter", lifetime: "bounded", credentials: 1 },
    { age: "unknown", lifetime: "unknown", credentials: 1 },
  ]);
});

it("says how many sources nobody counted, until the worker has", async () => {
  expect((await getPosture(scope, now)).uncounted).toBe(1);
  for (const tick of ticks) await tick.run(jobAt(NOW));
  expect((await getPosture(scope, now)).uncounted).toBe(0);
});

it("reads no grant for the numbers of grants, however many there are", async () => {
  const plan = await transactPg(jobAt(NOW), (tx) =>
    tx.rows<{ "QUERY PLAN": string }>(
      `EXPLAIN SELECT f.as_of, f.counts FROM sources s LEFT JOIN grant_figures f ON f.source_id = s.id
       WHERE s.state <> 'retired' AND EXISTS (SELECT FROM sync_runs r WHERE r.source_id = s.id AND r.state = 'APPLIED')`,
    ),
  );
  expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).not.toMatch(/grants/);
});
