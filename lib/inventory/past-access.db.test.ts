import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import { inventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import type { MemoryInventory } from "#lib/testing/memory-connector.ts";
import { reachedBy, reachersOf } from "./effective-access.sql.ts";
import { getReachersAt } from "./entitlement.sql.ts";
import { getIdentityAt, getIdentityHead } from "./identity.sql.ts";
import { reachedAt } from "./past-access.sql.ts";
import { pastState } from "./past-day.ts";
import { reachersAt } from "./past-reachers.sql.ts";
import { getPersonAt } from "./person.sql.ts";

ownTestDatabase();
afterAll(stopSender);

const scope = inventoryScope(systemActor("test"));
const SIZE = 5;
const node = fc.nat({ max: SIZE - 1 });
/** What identities hold and how entitlements are nested, with cycles and second ways. */
const someState = fc.record({
  held: fc.uniqueArray(fc.tuple(fc.nat({ max: 2 }), node), { maxLength: 6, selector: String }),
  nested: fc.uniqueArray(fc.tuple(node, node), { maxLength: 7, selector: String }),
  privileged: fc.constantFrom("yes", "no", "unknown"),
});
type State = { held: [number, number][]; nested: [number, number][]; privileged: string };

const inventoryOf = ({ held, nested, privileged }: State): MemoryInventory => ({
  identities: [0, 1, 2].map((at) => ({ external_id: `i${at}`, name: `identity ${at}` })),
  resources: [{ external_id: "r", name: "resource" }],
  entitlements: Array.from({ length: SIZE }, (_, at) => ({
    external_id: `e${at}`,
    name: `entitlement ${at}`,
    resource: at < 3 ? "r" : null,
    privileged,
  })),
  grants: [
    { holder: "i0", entitlement: "e0" },
    ...held.map(([identity, entitlement]) => ({ holder: `i${identity}`, entitlement: `e${entitlement}`, holder_kind: "identity" })),
    ...nested
      .filter(([one, other]) => one !== other)
      .map(([one, other]) => ({ holder: `e${one}`, entitlement: `e${other}`, holder_kind: "entitlement" })),
  ].filter((grant, at, all) => all.findIndex((other) => other.holder === grant.holder && other.entitlement === grant.entitlement) === at),
});

const idsOf = async (table: "identities" | "entitlements" | "resources" | "people", sourceId: string): Promise<string[]> =>
  (await reader.rows<{ id: string }>(`SELECT id FROM ${table} WHERE source_id = $1::uuid ORDER BY external_id`, [sourceId])).map(
    ({ id }) => id,
  );

type Shown = { entitlementId: string; depth: number; privileged: string; resource: string | null };
const shown = ({ entitlementId, depth, privileged, resource }: Shown): Shown => ({ entitlementId, depth, privileged, resource });

it("gives what an identity reached on any past day, and who reached an entitlement, as it was live on that day", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someState, { minLength: 2, maxLength: 4 }), async (states) => {
      const sourceId = await addMemorySource({ dropThreshold: 100 });
      const seen: { at: Date; reached: Shown[][]; reachers: (readonly [string, number])[][] }[] = [];
      for (const [day, state] of states.entries()) {
        const run = await syncMemory(jobAt(`2026-11-0${day + 1}T08:00:00.000Z`), sourceId, inventoryOf(state), { pageSize: 50 });
        expect(run).toMatchObject({ state: "APPLIED" });
        const reached = [];
        for (const id of await idsOf("identities", sourceId))
          reached.push((await reachedBy(reader, [id], { after: null, limit: 50 })).map(shown));
        const reachers = [];
        for (const entitlementId of await idsOf("entitlements", sourceId)) {
          const found = await reachersOf(reader, { entitlementId }, { after: null, limit: 50 });
          reachers.push(found.map(({ identityId, depth }) => [identityId, depth] as const));
        }
        seen.push({ at: new Date(`2026-11-0${day + 1}T20:00:00.000Z`), reached, reachers });
      }
      for (const { at, reached, reachers } of seen) {
        const then = [];
        for (const id of await idsOf("identities", sourceId)) then.push((await reachedAt(reader, [id], at)).reached.map(shown));
        expect(then).toEqual(reached);
        const who = [];
        for (const id of await idsOf("entitlements", sourceId))
          who.push((await reachersAt(reader, [id], at)).reachers.map(({ identityId, depth }) => [identityId, depth] as const));
        expect(who).toEqual(reachers);
      }
    }),
    { numRuns: 6 },
  );
});

it("tells the way as it was, with the names of that day", async () => {
  const sourceId = await addMemorySource({ dropThreshold: 100 });
  const read = (name: string, isNested: boolean): MemoryInventory => ({
    identities: [{ external_id: "i", name: "i" }],
    entitlements: [
      { external_id: "team", name },
      { external_id: "deploy", name: "deploy", meaning: "Can deploy" },
    ],
    grants: [
      { holder: "i", entitlement: "team" },
      ...(isNested ? [{ holder_kind: "entitlement", holder: "team", entitlement: "deploy" }] : []),
    ],
  });
  await syncMemory(jobAt("2026-11-01T08:00:00.000Z"), sourceId, read("release-team", true));
  await syncMemory(jobAt("2026-11-02T08:00:00.000Z"), sourceId, read("old-team", false));
  const [identityId = ""] = await idsOf("identities", sourceId);
  const day = async (at: string) =>
    (await reachedAt(reader, [identityId], new Date(at))).reached.map(({ entitlement, path }) => [
      entitlement,
      path.map(({ name }) => name),
    ]);
  expect(await day("2026-11-01T23:59:59.999Z")).toEqual([
    ["deploy", ["release-team", "deploy"]],
    ["release-team", ["release-team"]],
  ]);
  expect(await day("2026-11-02T23:59:59.999Z")).toEqual([["old-team", ["old-team"]]]);
});

it("shows an identity's facts, factors and credentials of the day, and says what is unknown and what was not there", async () => {
  const sourceId = await addMemorySource({ dropThreshold: 100 });
  const grants = [{ holder: "other", entitlement: "e" }];
  const rest = { entitlements: [{ external_id: "e", name: "e" }], grants };
  const other = { external_id: "other", name: "other" };
  await syncMemory(jobAt("2026-11-01T08:00:00.000Z"), sourceId, { ...rest, identities: [other] });
  await syncMemory(jobAt("2026-11-02T08:00:00.000Z"), sourceId, {
    ...rest,
    identities: [other, { external_id: "svc", name: "svc", status: "active" }],
    credentials: [{ external_id: "key-1", identity: "svc", kind: "key", expires: "never" }],
  });
  await syncMemory(jobAt("2026-11-03T08:00:00.000Z"), sourceId, {
    ...rest,
    identities: [other, { external_id: "svc", name: "svc", status: "disabled" }],
    credentials: [{ external_id: "key-2", identity: "svc", kind: "key", expires: "2027-01-01T00:00:00Z" }],
  });
  const [, identityId = ""] = await idsOf("identities", sourceId);
  const head = await getIdentityHead(scope, identityId);
  expect(head.told).toContain("credentials");
  expect(head.told).not.toContain("factors");
  const day = async (at: string) => {
    const { wasPresent, was, things } = await getIdentityAt(scope, identityId, new Date(at));
    const state = pastState(new Date(at), head.sourceSince, wasPresent);
    return [state, was?.status ?? null, things.credentials.map(({ externalId, expires }) => `${externalId} ${expires.kind}`)];
  };
  expect(await day("2026-10-31T12:00:00.000Z")).toEqual(["unknown", null, []]);
  expect(await day("2026-11-01T12:00:00.000Z")).toEqual(["not_there", null, []]);
  expect(await day("2026-11-02T12:00:00.000Z")).toEqual(["there", "active", ["key-1 never"]]);
  expect(await day("2026-11-03T12:00:00.000Z")).toEqual(["there", "disabled", ["key-2 value"]]);
});

it("tells who reached a resource and what a person reached on a day, and which source nobody had read by then", async () => {
  const people = [{ external_id: "p", name: "Ada", mail: "ada@past.example", status: "active" }];
  const sourceId = await addMemorySource({ dropThreshold: 100, name: "First" });
  const read = (holds: string[]): MemoryInventory => ({
    people,
    identities: [{ external_id: "ada", name: "ada", class: "human", mail: "ada@past.example" }],
    resources: [{ external_id: "vault", name: "vault" }],
    entitlements: ["open", "audit"].map((id) => ({ external_id: id, name: id, resource: "vault" })),
    grants: holds.map((entitlement) => ({ holder: "ada", entitlement })),
  });
  await syncMemory(jobAt("2026-11-01T08:00:00.000Z"), sourceId, read(["open"]));
  await syncMemory(jobAt("2026-11-03T08:00:00.000Z"), sourceId, read(["audit"]));
  const later = await addMemorySource({ dropThreshold: 100, isPeopleSource: false, name: "Later" });
  await syncMemory(jobAt("2026-11-03T08:00:00.000Z"), later, {
    identities: [{ external_id: "ada", name: "ada", class: "human", mail: "ada@past.example" }],
  });
  const [resourceId = ""] = await idsOf("resources", sourceId);
  const [personId = ""] = await idsOf("people", sourceId);
  const at = (day: string) => new Date(`${day}T23:59:59.999Z`);
  const ways = async (day: string) =>
    (await getReachersAt(scope, { resourceId }, at(day))).reachers.map(({ identity, path }) => [identity, path.map(({ name }) => name)]);
  expect(await ways("2026-11-02")).toEqual([["ada", ["open"]]]);
  expect(await ways("2026-11-03")).toEqual([["ada", ["audit"]]]);
  const then = await getPersonAt(scope, personId, at("2026-11-02"), false);
  expect(then).toMatchObject({ wasPresent: true, unread: ["Later"], access: { totals: { entitlements: 1, resources: 1 } } });
  const after = await getPersonAt(scope, personId, at("2026-11-03"), false);
  expect(after).toMatchObject({ unread: [], access: { reached: [{ entitlement: "audit" }] } });
});
