import { expect, it } from "vitest";
import { reviewerScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { carriedForward, nextCycle } from "#lib/testing/carried.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { itemNamed, mine, type User, WORDS, type World } from "#lib/testing/review-world.ts";
import { attestCarried } from "./commands/attest-carried.ts";
import { closeDecisions } from "./commands/close.ts";
import { decideItem } from "./commands/decide.ts";
import { launchCampaign } from "./commands/launch.ts";
import { signOff } from "./commands/sign-off.ts";
import { submitDecisions } from "./commands/submit.ts";
import { getCarriedBundle } from "./queries.ts";

ownTestDatabase();

const LATE = new Date(Date.now() + 30 * 86_400_000);

const carriedOf = async (campaignId: string) => {
  const rows = await reader.rows<{ label: string; cycles: number }>(
    `SELECT identity_name || ' ' || entitlement_name AS label, carried_cycles AS cycles FROM items WHERE campaign_id = $1::uuid ORDER BY 1`,
    [campaignId],
  );
  return Object.fromEntries(rows.filter(({ cycles }) => cycles > 0).map(({ label, cycles }) => [label, cycles]));
};

const set = (table: string, column: string, value: string, where: string) => (all: World) =>
  reader.rows(`UPDATE ${table} SET ${column} = $2::text WHERE source_id = $1::uuid AND name = '${where}' RETURNING id`, [
    all.source.id,
    value,
  ]);

const LOW = { "mia read": 1, "sam read": 1, "sam write": 1, "zed read": 1 };
const without = (...labels: string[]) => Object.fromEntries(Object.entries(LOW).filter(([label]) => !labels.includes(label)));

it.each<[string, (all: World) => Promise<unknown>, Record<string, number>]>([
  ["carries what a person kept, is of low risk and did not change; never what is privileged", async () => {}, LOW],
  ["not what an entitlement contains otherwise now", set("entitlements", "digest", "1".repeat(64), "write"), without("sam write")],
  ["not what means something else now", set("entitlements", "meaning", "May do another thing", "write"), without("sam write")],
  ["not what became privileged or may be", set("entitlements", "privileged", "unknown", "write"), without("sam write")],
  ["not what a disabled identity holds that was active", set("identities", "status", "disabled", "zed"), without("zed read")],
  [
    "not what has another owner",
    (all) =>
      reader.rows(`UPDATE identities SET owner_id = $2::uuid WHERE source_id = $1::uuid AND name = 'zed'`, [all.source.id, all.people.fay]),
    without("zed read"),
  ],
  [
    "not what reaches something else, though as much",
    async (all) => {
      const ids = await reader.rows<{ id: string; name: string }>(`SELECT id, name FROM entitlements WHERE source_id = $1::uuid`, [
        all.source.id,
      ]);
      const id = (name: string) => ids.find((row) => row.name === name)?.id ?? "";
      await make.makeReach(id("write"), id("read"), id("write"), 1);
    },
    without("sam write"),
  ],
])("%s", async (_name, between, carried) => {
  const all = await carriedForward({ between });
  expect(await carriedOf(all.nextId)).toEqual(carried);
});

it("never carries what silence kept", async () => {
  const all = await carriedForward({
    beforeSignOff: ({ campaignId }) =>
      reader.rows(`UPDATE items SET decision_id = NULL WHERE campaign_id = $1::uuid AND identity_name = 'zed'`, [campaignId]),
  });
  expect(await carriedOf(all.nextId)).toEqual(without("zed read"));
});

it("is attested by its reviewer as one bundle: drafts, marked, with its size, under one event; and handed in with the rest", async () => {
  const all = await carriedForward();
  const bundle = await getCarriedBundle(reviewerScope(all.mia), all.nextId);
  expect(bundle).toEqual({ open: 3, answered: 0, cycles: 1, carryCycles: 2 });
  const rowsOf = (await mine(all.mia, all.nextId)).filter(({ carriedCycles }) => carriedCycles > 0);
  expect(rowsOf).toHaveLength(3);
  expect(rowsOf[0]?.lastDecision).toMatchObject({ by: "Mia", at: expect.any(String) });
  await expect(attestCarried(make.ctxOf(all.mia), { campaignId: all.nextId, items: 2 })).rejects.toMatchObject({ code: "CONFLICT" });
  const { items, digest } = await attestCarried(make.ctxOf(all.mia), { campaignId: all.nextId, items: 3, seconds: 40 });
  expect(items).toBe(3);
  const rows = await reader.rows(
    `SELECT answer, carried, batch_size AS size FROM decisions WHERE campaign_id = $1::uuid AND reviewer_id = $2::uuid`,
    [all.nextId, all.people.mia],
  );
  expect(rows).toEqual(Array(3).fill({ answer: "keep", carried: true, size: 3 }));
  expect((await make.auditOf("campaign_items.carried")).at(-1)).toMatchObject({ data: { campaignId: all.nextId, items: 3, digest } });
  await expect(attestCarried(make.ctxOf(all.mia), { campaignId: all.nextId, items: 3 })).rejects.toMatchObject({ code: "PRECONDITION" });
  const admin = await itemNamed(all.mia, all.nextId, "sam", "admin");
  await decideItem(make.ctxOf(all.mia), {
    campaignId: all.nextId,
    itemId: admin.id,
    version: 0,
    answer: "revoke",
    rationale: "Not needed.",
  });
  expect(await submitDecisions(make.confirmed(all.mia), { campaignId: all.nextId, instructionsVersion: 1, ...WORDS })).toMatchObject({
    items: 4,
  });
});

it("leaves out of the bundle what its reviewer answered alone, and gives nobody else's", async () => {
  const all = await carriedForward();
  const read = await itemNamed(all.mia, all.nextId, "sam", "read");
  await decideItem(make.ctxOf(all.mia), { campaignId: all.nextId, itemId: read.id, version: 0, answer: "revoke", rationale: "Moved on." });
  expect(await attestCarried(make.ctxOf(all.mia), { campaignId: all.nextId, items: 2 })).toMatchObject({ items: 2 });
  expect(await itemNamed(all.mia, all.nextId, "sam", "read")).toMatchObject({ answer: "revoke" });
  expect(await getCarriedBundle(reviewerScope(all.rob), all.nextId)).toBeNull();
});

it("two at once attest it once", async () => {
  const all = await carriedForward();
  const attempts = await Promise.allSettled(
    Array.from({ length: 8 }, () => attestCarried(make.ctxOf(all.mia), { campaignId: all.nextId, items: 3 })),
  );
  expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const rows = await reader.rows(`SELECT 1 FROM decisions WHERE campaign_id = $1::uuid AND carried`, [all.nextId]);
  expect(rows).toHaveLength(3);
});

it("ends after as many cycles as the plan allows: then each is an item like any other", async () => {
  const all = await carriedForward();
  await finish(all, all.nextId);
  const third = await nextCycle(all);
  expect(await carriedOf(third)).toEqual(Object.fromEntries(Object.keys(LOW).map((label) => [label, 2])));
  await launchCampaign(make.ctxOf(all.owner), { campaignId: third });
  await finish(all, third);
  expect(await carriedOf(await nextCycle(all))).toEqual({});
});

/** Everybody attests their bundle and keeps the rest. */
async function finish(all: World, campaignId: string): Promise<void> {
  const boss = await make.makeUser({ personId: all.people.boss, roles: ["reviewer"] });
  for (const user of [all.mia, all.rob, boss] as User[]) {
    const bundle = await getCarriedBundle(reviewerScope(user), campaignId);
    if (bundle) await attestCarried(make.ctxOf(user), { campaignId, items: bundle.open });
    for (const row of await mine(user, campaignId))
      if (row.state === "ASSIGNED")
        await decideItem(make.ctxOf(user), { campaignId, itemId: row.id, version: row.version, answer: "keep", rationale: "Needed." });
    await submitDecisions(make.confirmed(user), { campaignId, instructionsVersion: 1, ...WORDS });
  }
  await closeDecisions(make.ctxOf(all.owner, LATE), { campaignId });
  await signOff(make.confirmed(all.owner), { campaignId, ...WORDS });
}
