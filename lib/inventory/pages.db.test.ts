import { afterAll, beforeAll, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import { inventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { csvRow } from "#lib/evidence/csv.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import type { MemoryInventory } from "#lib/testing/memory-connector.ts";
import { exportAccess } from "./commands/export-access.ts";
import { getEntitlement } from "./entitlement.sql.ts";
import { getIdentityHistory, getIdentityToday } from "./identity.sql.ts";
import { getMatrix } from "./matrix.sql.ts";
import { getPerson } from "./person.sql.ts";
import { countClasses, listIdentities, listReached, listReachers, listResources } from "./queries.ts";
import { getResource } from "./resource.sql.ts";
import { identityFilter, matrixFilter, reachedFilter, reacherFilter, resourceFilter } from "./search-params.ts";
import { findSubjects } from "./subjects.sql.ts";

ownTestDatabase();
afterAll(stopSender);

const scope = inventoryScope(systemActor("test"));
const CROWD = 60;
const crowd = Array.from({ length: CROWD }, (_, at) => `u${String(at).padStart(3, "0")}`);

/** Ada left and still holds the team by one identity, and the admin role by another. */
const inventory = (contents: string): MemoryInventory => ({
  people: [
    { external_id: "ada", name: "Ada Price", status: "left", ended_on: "2026-10-31" },
    { external_id: "bo", name: "Bo Lane", manager: "ada" },
  ],
  identities: [
    { external_id: "ada-1", name: "ada", class: "human", person: "ada" },
    { external_id: "ada-2", name: "=ada.admin", class: "human", person: "ada" },
    { external_id: "svc", name: "svc_deploy", class: "service", owner: "bo" },
    { external_id: "lost", name: "lost", class: "service" },
    ...crowd.map((name) => ({ external_id: name, name, class: "pipeline" })),
  ],
  resources: [
    { external_id: "prod", name: "payments", class: "database", environment: "prod", owner: "bo" },
    { external_id: "dev", name: "sandbox", class: "database", environment: "dev", parent: "prod" },
  ],
  entitlements: [
    { external_id: "read", name: "read", resource: "prod", privileged: "no", meaning: "Can read" },
    { external_id: "admin", name: "admin", resource: "prod", privileged: "yes", meaning: "Can do anything", contents },
    { external_id: "play", name: "play", resource: "dev", privileged: "unknown" },
    { external_id: "team", name: "team", privileged: "no" },
  ],
  grants: [
    { holder: "ada-1", entitlement: "team" },
    { holder: "ada-1", entitlement: "read" },
    { holder: "ada-2", entitlement: "admin" },
    { holder: "svc", entitlement: "team" },
    { holder: "svc", entitlement: "play" },
    { holder_kind: "entitlement", holder: "team", entitlement: "admin" },
    ...crowd.map((holder) => ({ holder, entitlement: "read" })),
  ],
});

let sourceId = "";
const id = async (table: string, externalId: string): Promise<string> => {
  const [row] = await reader.rows<{ id: string }>(`SELECT id FROM ${table} WHERE source_id = $1::uuid AND external_id = $2::text`, [
    sourceId,
    externalId,
  ]);
  return row?.id ?? "";
};

beforeAll(async () => {
  sourceId = await addMemorySource({ name: "Memory" });
  await syncMemory(jobAt("2026-11-01T08:00:00.000Z"), sourceId, inventory('{"Action":["read"]}'), { pageSize: 100 });
  const run = await syncMemory(jobAt("2026-11-02T08:00:00.000Z"), sourceId, inventory('{"Action":["read","delete"]}'), { pageSize: 100 });
  expect(run).toMatchObject({ state: "APPLIED" });
});

it("pages through identities by name without gap or repeat, under any filter of the address", async () => {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listIdentities(scope, identityFilter.parse({ cursor }));
    names.push(...page.rows.map(({ name }) => name));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(names).toHaveLength(CROWD + 4);
  expect([...names].sort()).toEqual(names);
  const named = async (search: Record<string, string>) =>
    (await listIdentities(scope, identityFilter.parse(search))).rows.map(({ name }) => name);
  expect(await named({ class: "service" })).toEqual(["lost", "svc_deploy"]);
  expect(await named({ class: "service", owner: "none" })).toEqual(["lost"]);
  expect(await named({ person: "matched" })).toEqual(["=ada.admin", "ada"]);
  expect(await named({ q: "_deploy" })).toEqual(["svc_deploy"]);
  expect(await named({ presence: "gone" })).toEqual([]);
  expect((await named({ class: "nonsense", source: "nonsense" })).length).toBe(50);
});

it("refuses a cursor of another filter", async () => {
  const { next } = await listIdentities(scope, identityFilter.parse({}));
  await expect(listIdentities(scope, identityFilter.parse({ class: "human", cursor: next }))).rejects.toMatchObject({ code: "INVALID" });
});

it("counts every class of the filter, whichever class is chosen", async () => {
  const counts = await countClasses(scope, identityFilter.parse({ class: "human" }));
  expect(counts).toEqual([
    { class: "pipeline", count: CROWD },
    { class: "human", count: 2 },
    { class: "service", count: 2 },
  ]);
});

it("counts who reaches a resource by any way, and pages through them without gap or repeat", async () => {
  const { rows } = await listResources(scope, resourceFilter.parse({ environment: "prod" }));
  expect(rows).toMatchObject([{ name: "payments", entitlements: 2, privileged: 1, identities: CROWD + 3 }]);
  const resourceId = await id("resources", "prod");
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listReachers(scope, { resourceId }, reacherFilter.parse({ cursor }));
    seen.push(...page.rows.map(({ identity }) => identity));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(new Set(seen).size).toBe(CROWD + 3);
  expect(seen).toHaveLength(CROWD + 3);
});

it("names of several ways to a resource the one to what is privileged, and how much more is reached", async () => {
  const resourceId = await id("resources", "prod");
  const { rows } = await listReachers(scope, { resourceId }, reacherFilter.parse({ q: "ada" }));
  expect(
    rows.map(({ identity, entitlement, path, others, personStatus }) => ({
      identity,
      entitlement,
      path: path.map(({ name }) => name),
      others,
      personStatus,
    })),
  ).toEqual([
    { identity: "=ada.admin", entitlement: "admin", path: ["admin"], others: 0, personStatus: "left" },
    { identity: "ada", entitlement: "admin", path: ["team", "admin"], others: 1, personStatus: "left" },
  ]);
  const named = async (search: Record<string, string>) =>
    (await listReachers(scope, { resourceId }, reacherFilter.parse(search))).rows.map(({ identity }) => identity);
  expect(await named({ privileged: "yes" })).toEqual(["=ada.admin", "ada", "svc_deploy"]);
  expect(await named({ privileged: "yes", way: "direct" })).toEqual(["=ada.admin", "ada"]);
  expect(await named({ way: "path" })).toEqual(["svc_deploy"]);
});

it("lists what is reached resource by resource, the privileged first, and counts it", async () => {
  const { access } = await getIdentityToday(scope, await id("identities", "svc"));
  expect(access.reached.map(({ resource, entitlement }) => [resource, entitlement])).toEqual([
    ["payments", "admin"],
    ["sandbox", "play"],
    [null, "team"],
  ]);
  expect(access.totals).toEqual({ entitlements: 3, privileged: 1, unknown: 1, resources: 2 });
});

it("takes a person's identities together, each thing once by the shortest way", async () => {
  const person = await getPerson(scope, await id("people", "ada"));
  expect(person.identities.map(({ name, grants, method }) => [name, grants, method])).toEqual([
    ["=ada.admin", 1, "exact_id"],
    ["ada", 2, "exact_id"],
  ]);
  expect(person.reached.map(({ entitlement, identity, depth }) => [entitlement, identity, depth])).toEqual([
    ["admin", "=ada.admin", 0],
    ["read", "ada", 0],
    ["team", "ada", 0],
  ]);
  expect(person).toMatchObject({ status: "left", endedOn: "2026-10-31", reportCount: 1, reports: [{ name: "Bo Lane" }] });
  const bo = await getPerson(scope, await id("people", "bo"));
  expect(bo).toMatchObject({ owned: [{ name: "svc_deploy" }], ownedResources: [{ name: "payments" }], reached: [] });
});

it("keeps every version of an entitlement's contents, and marks the resource's entitlement as changed", async () => {
  const entitlement = await getEntitlement(scope, await id("entitlements", "admin"), false);
  expect(entitlement.versions.map(({ contents }) => contents)).toEqual(['{"Action":["read","delete"]}', '{"Action":["read"]}']);
  expect(entitlement).toMatchObject({ reach: { identities: 3, direct: 1 }, heldByEntitlements: [{ name: "team" }], leadsTo: [] });
  expect((await getEntitlement(scope, await id("entitlements", "team"), false)).leadsTo).toMatchObject([
    { name: "admin", depth: 1, via: "team" },
  ]);
  const resource = await getResource(scope, await id("resources", "prod"), { entitlements: false, history: false });
  expect(resource.entitlements.map(({ name, versions, holders }) => [name, versions, holders])).toEqual([
    ["admin", 2, 2],
    ["read", 1, CROWD + 1],
  ]);
  expect(resource.parts).toMatchObject([{ name: "sandbox" }]);
});

it("tells history by the sync that saw it, an unchanged sync being no entry", async () => {
  const before = inventory('{"Action":["read","delete"]}');
  const after = {
    ...before,
    identities: (before.identities ?? []).map((row) => (row.external_id === "svc" ? { ...row, owner: "ada" } : row)),
    grants: (before.grants ?? []).flatMap((grant) =>
      grant.holder !== "svc" ? [grant] : grant.entitlement === "play" ? [] : [{ ...grant, reason: "release duty" }],
    ),
  };
  await syncMemory(jobAt("2026-11-03T08:00:00.000Z"), sourceId, before, { pageSize: 100 });
  const { runId } = await syncMemory(jobAt("2026-11-04T08:00:00.000Z"), sourceId, after, { pageSize: 100 });
  const { entries, hasMore } = await getIdentityHistory(scope, await id("identities", "svc"), false);
  expect(hasMore).toBe(false);
  expect(entries.map(({ at, lines }) => [at.slice(0, 10), lines.map(({ kind, stream, label }) => `${kind} ${stream} ${label}`)])).toEqual([
    ["2026-11-04", ["changed identities svc_deploy", "changed grants team", "ended grants play"]],
    ["2026-11-01", ["first_seen identities svc_deploy", "opened grants play", "opened grants team"]],
  ]);
  expect(entries[0]).toMatchObject({ runId, sourceId, lineCount: 3 });
  expect(entries[0]?.lines[0]).toMatchObject({ before: { owner: "bo" }, after: { owner: "ada" } });
  await syncMemory(jobAt("2026-11-05T08:00:00.000Z"), sourceId, before, { pageSize: 100 });
});

it("finds people, identities, resources and entitlements by one word", async () => {
  const kinds = async (q: string) => (await findSubjects(scope, q)).map(({ kind, name }) => `${kind} ${name}`);
  expect(await kinds("ada")).toEqual(["person Ada Price", "identity ada", "identity =ada.admin"]);
  expect(await kinds("payments")).toEqual(["resource payments"]);
  expect(await kinds("can do anything")).toEqual(["entitlement admin"]);
  expect(await kinds("%")).toEqual([]);
});

it("fills a cell of the matrix with what the identity reaches on the resource, and says how many fit", async () => {
  const matrix = await getMatrix(scope, matrixFilter.parse({ q: "svc" }));
  expect(matrix).toMatchObject({ identityCount: 1, resourceCount: 2, identities: [{ name: "svc_deploy" }] });
  const cells = matrix.cells.map(({ resourceId, ...cell }) => ({
    resource: matrix.resources.find((resource) => resource.id === resourceId)?.name,
    ...cell,
    identityId: undefined,
  }));
  expect(cells.sort((one, other) => ((one.resource ?? "") < (other.resource ?? "") ? -1 : 1))).toEqual([
    { resource: "payments", identityId: undefined, entitlements: 1, privileged: 1, unknown: 0, isDirect: false },
    { resource: "sandbox", identityId: undefined, entitlements: 1, privileged: 0, unknown: 1, isDirect: true },
  ]);
  const whole = await getMatrix(scope, matrixFilter.parse({}));
  expect(whole.identityCount).toBe(CROWD + 4);
  expect(whole.identities.length).toBeLessThan(whole.identityCount);
  expect((await getMatrix(scope, matrixFilter.parse({ only: "privileged" }))).resources.map(({ name }) => name)).toEqual(["payments"]);
});

it("exports every filled cell, inert in a spreadsheet, and records who took it before they get it", async () => {
  const ctx = jobAt("2026-11-06T08:00:00.000Z");
  const { csv, lines } = await exportAccess(ctx, matrixFilter.parse({ only: "privileged" }), csvRow);
  expect(lines).toBe(3);
  expect(
    csv
      .split("\r\n")
      .slice(1, -1)
      .map((line) => line.split(",").slice(0, 1).join()),
  ).toEqual([`"'=ada.admin"`, '"ada"', '"svc_deploy"']);
  const [event] = await reader.rows<{ body: string }>("SELECT body FROM audit_events WHERE type = 'access.exported'");
  expect(JSON.parse(event?.body ?? "{}")).toMatchObject({ type: "access.exported", data: { lines: 3 } });
  expect(event?.body).not.toContain("privileged");
});

it("exports nothing to whom the inventory is not open", async () => {
  const ctx = {
    ...jobAt("2026-11-06T08:00:00.000Z"),
    actor: { kind: "visitor" as const, label: "nobody", authentication: { method: "none" as const } },
  };
  await expect(exportAccess(ctx, matrixFilter.parse({}), csvRow)).rejects.toMatchObject({ code: "FORBIDDEN" });
});

it("pages through what somebody reaches under a filter", async () => {
  const identityIds = [await id("identities", "ada-1"), await id("identities", "svc")];
  const named = async (search: Record<string, string>) =>
    (await listReached(scope, identityIds, reachedFilter.parse(search))).rows.map(({ entitlement }) => entitlement);
  expect(await named({ privileged: "yes" })).toEqual(["admin"]);
  expect(await named({ q: "sandbox" })).toEqual(["play"]);
});
