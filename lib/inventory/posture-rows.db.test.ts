import { afterAll, beforeAll, expect, it } from "vitest";
import { postureScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import { PAGE } from "./list-page.sql.ts";
import { listPostureRows } from "./posture-rows.sql.ts";
import { type PostureRow, postureRowsParams } from "./posture-rows.ts";

ownTestDatabase();
afterAll(stopSender);

const DAY = "2026-11-20T08:00:00.000Z";
const scope = postureScope(jobAt(DAY).actor);
const MANY = 2 * PAGE + 20;
const many = <T>(make: (at: number) => T): T[] => Array.from({ length: MANY }, (_, at) => make(at));
/** Places in a list that are the same for many: the id has to tell them apart. */
const same = (at: number) => `name ${at % 3}`;

beforeAll(async () => {
  const sourceId = await addMemorySource({ dropThreshold: 100, name: "Whole" });
  await syncMemory(jobAt(DAY), sourceId, {
    people: many((at) => ({
      external_id: `p${at}`,
      name: same(at),
      mail: `p${at}@corp.example`,
      status: "left",
      ...(at % 2 ? { ended_on: "2026-11-01" } : {}),
    })),
    identities: many((at) => ({ external_id: `i${at}`, name: same(at), class: "human", status: "active", mail: `p${at}@corp.example` })),
    entitlements: ["a", "b", "c"].map((id) => ({ external_id: id, name: id === "c" ? "Another" : "Two of this name", privileged: "yes" })),
    grants: many((at) => ({
      holder: `i${at}`,
      entitlement: ["a", "b", "c"][at % 3] ?? "a",
      last_used: at % 2 ? "never" : "2026-11-19T00:00:00Z",
    })),
    credentials: many((at) => ({
      external_id: `c${at}`,
      identity: `i${at}`,
      kind: "key",
      ...(at % 2 ? { created: "2026-11-01T00:00:00Z" } : {}),
    })),
    factors: many((at) => ({ external_id: `f${at}`, identity: `i${at}`, kind: at % 2 ? "push" : "passkey" })),
  });
});

async function allOf(search: Record<string, string>): Promise<PostureRow[]> {
  const rows: PostureRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await listPostureRows(scope, postureRowsParams.parse({ ...search, cursor }), new Date(DAY));
    expect(page.rows.length).toBeLessThanOrEqual(PAGE);
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor);
  return rows;
}

it.each(["leavers", "grants", "credentials", "factors", "people"])("%s: page after page holds each row once", async (of) => {
  const rows = await allOf({ of });
  expect(rows).toHaveLength(MANY);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(MANY);
});

it.each([
  [{ of: "grants", privileged: "yes", used: "never" }, MANY / 2],
  [{ of: "grants", privileged: "no" }, 0],
  [{ of: "grants", used: "month" }, MANY / 2],
  [{ of: "credentials", age: "unknown" }, MANY / 2],
  [{ of: "factors", kind: "push" }, MANY / 2],
  [{ of: "people", factor: "some" }, MANY],
])("%o is narrowed on every page: %i rows", async (search, count) => {
  expect(await allOf(search)).toHaveLength(count);
});

it("a cursor of one list is refused by another", async () => {
  const { next } = await listPostureRows(scope, postureRowsParams.parse({ of: "factors" }), new Date(DAY));
  const other = postureRowsParams.parse({ of: "factors", kind: "push", cursor: next ?? "" });
  await expect(listPostureRows(scope, other, new Date(DAY))).rejects.toMatchObject({ code: "INVALID" });
});

it("somebody who left with identities in two sources names both", async () => {
  const other = await addMemorySource({ dropThreshold: 100, isPeopleSource: false, name: "Other" });
  await syncMemory(jobAt(DAY), other, {
    identities: [{ external_id: "x", name: "second", class: "human", status: "active", mail: "p7@corp.example" }],
    entitlements: [{ external_id: "e", name: "Read" }],
    grants: [{ holder: "x", entitlement: "e" }],
  });
  const [person] = await reader.rows<{ id: string }>("SELECT id FROM people WHERE external_id = 'p7'");
  const row = (await allOf({ of: "leavers" })).find(({ id }) => id === person?.id);
  expect(row).toMatchObject({ source: "Other, Whole", what: "name 1, second" });
});
