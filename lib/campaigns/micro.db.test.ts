import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { campaignScope, inboxScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { listInbox } from "#lib/notifications/queries.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import type { MemoryInventory } from "#lib/testing/memory-connector.ts";
import { mine, WORDS } from "#lib/testing/review-world.ts";
import { closeDecisions } from "./commands/close.ts";
import { createCampaign } from "./commands/create.ts";
import { decideItem } from "./commands/decide.ts";
import { launchCampaign } from "./commands/launch.ts";
import { setMicroRule, startMicroCampaigns, startWaitingMicroCampaigns } from "./commands/micro.ts";
import { signOff } from "./commands/sign-off.ts";
import { stageCampaign } from "./commands/stage.ts";
import { submitDecisions } from "./commands/submit.ts";
import { tellReviewers } from "./commands/tell.ts";
import type { MicroRule } from "./micro.ts";
import { listMicroWaits, previewMicro, readMicroSettings } from "./micro-page.sql.ts";
import { previewScope } from "./queries.ts";
import { scopeFilters } from "./schema.ts";

ownTestDatabase();
afterAll(stopSender);

const HOUR_MS = 3_600_000;
let clock = Date.now() - 60 * HOUR_MS;
/** Each sync an hour after the one before. */
const later = (): Ctx => {
  clock += HOUR_MS;
  return jobAt(new Date(clock).toISOString());
};
const job = (): Ctx => make.ctxOf(systemActor("inventory.published"));

type Owner = Awaited<ReturnType<typeof make.makeUser>>;
let owner: Owner;
const on = (rule: MicroRule, more: { perDay?: number; maxItems?: number } = {}) =>
  setMicroRule(make.ctxOf(owner), { rule, isOn: true, ...more });
const off = (rule: MicroRule) => setMicroRule(make.ctxOf(owner), { rule, isOn: false });

/** Ada manages Bo, who holds two things, one of them privileged. */
function company(world: string): MemoryInventory & Required<Pick<MemoryInventory, "people" | "identities" | "entitlements" | "grants">> {
  const id = (name: string) => `${world}.${name}`;
  return {
    people: [
      { external_id: id("ada"), name: `Ada ${world}`, department: "Payments" },
      { external_id: id("eve"), name: `Eve ${world}`, department: "Payments" },
      { external_id: id("bo"), name: `Bo ${world}`, manager: id("ada"), department: "Payments" },
    ],
    identities: [{ external_id: id("i-bo"), name: "bo", class: "human", person: id("bo") }],
    entitlements: [
      { external_id: id("read"), name: "read", contents: "reads", privileged: "no" },
      { external_id: id("admin"), name: "admin", contents: "all", privileged: "yes" },
    ],
    grants: [{ holder: id("i-bo"), entitlement: id("read") }],
  };
}

/** A source that was read once: what comes next is news. */
async function known() {
  const world = randomUUID().slice(0, 8);
  const inventory = company(world);
  const sourceId = await addMemorySource();
  await syncMemory(later(), sourceId, inventory);
  const next = async (changed: Partial<MemoryInventory>) => (await syncMemory(later(), sourceId, { ...inventory, ...changed })).runId;
  return { world, inventory, sourceId, next, id: (name: string) => `${world}.${name}` };
}

type Started = {
  rule: string;
  outcome: string;
  label: string;
  found: number;
  items: number;
  why: string;
  state: string | null;
  cause: string | null;
};
const startsOf = (runId: string): Promise<Started[]> =>
  reader.rows<Started>(
    `SELECT m.rule, m.outcome, m.subject_label AS label, m.found, m.items, m.why, c.state::text AS state, c.cause
     FROM micro_starts m LEFT JOIN campaigns c ON c.id = m.campaign_id WHERE m.run_id = $1::uuid ORDER BY m.rule, m.id`,
    [runId],
  );

beforeEach(async () => {
  owner = await make.makeUser({ roles: ["campaign_manager"], label: "Owner" });
  await reader
    .rows("DELETE FROM settings WHERE key = 'campaigns.micro'")
    .catch(() => reader.rows("UPDATE settings SET value = '{}' WHERE key = 'campaigns.micro'"));
});

describe("a micro-campaign", () => {
  it("puts new privileged access before the holder's manager, at the sync that found it, with why", async () => {
    await on("new_privileged_grant");
    const { inventory, id, next, world } = await known();
    const runId = await next({ grants: [...inventory.grants, { holder: id("i-bo"), entitlement: id("admin") }] });
    expect(await startMicroCampaigns(job(), { runId })).toEqual({ started: 1, leftOut: 0 });
    expect(await startsOf(runId)).toMatchObject([
      {
        rule: "new_privileged_grant",
        outcome: "started",
        found: 1,
        items: 1,
        state: "ACTIVE",
        cause: "new_privileged_grant",
        why: expect.stringContaining("1 grant of privileged access"),
      },
    ]);
    const [item] = await reader.rows<{ reviewer: string; name: string }>(
      `SELECT p.name AS reviewer, i.entitlement_name AS name FROM micro_starts m JOIN items i ON i.campaign_id = m.campaign_id JOIN people p ON p.id = i.reviewer_id WHERE m.run_id = $1::uuid`,
      [runId],
    );
    expect(item).toEqual({ reviewer: `Ada ${world}`, name: "admin" });
    expect((await make.auditOf("micro_campaign.started")).filter(({ data }) => data.runId === runId)).toHaveLength(1);
  });

  it("is not started by what is not privileged, by the first read of a source, nor by a rule that is off", async () => {
    await on("new_privileged_grant");
    const { inventory, id, sourceId, next } = await known();
    const [first] = await reader.rows<{ id: string }>("SELECT id FROM sync_runs WHERE source_id = $1::uuid ORDER BY started_at LIMIT 1", [
      sourceId,
    ]);
    expect(await startMicroCampaigns(job(), { runId: first?.id ?? "" })).toEqual({ started: 0, leftOut: 0 });
    const more = [...inventory.identities, { external_id: id("i-2"), name: "bo2", class: "human", person: id("bo") }];
    const runId = await next({ identities: more, grants: [...inventory.grants, { holder: id("i-2"), entitlement: id("read") }] });
    expect(await startMicroCampaigns(job(), { runId })).toEqual({ started: 0, leftOut: 0 });
    await off("new_privileged_grant");
    const privileged = await next({ grants: [...inventory.grants, { holder: id("i-bo"), entitlement: id("admin") }] });
    expect(await startMicroCampaigns(job(), { runId: privileged })).toEqual({ started: 0, leftOut: 0 });
  });

  it("follows somebody who moved to the new manager, and a leaver who still holds something", async () => {
    await on("mover");
    await on("leaver");
    const { inventory, id, next, world } = await known();
    const [ada, eve, bo] = inventory.people;
    if (!ada || !eve || !bo) throw new Error("nobody");
    const moved = await next({ people: [ada, eve, { ...bo, manager: id("eve"), department: "Platform" }] });
    await startMicroCampaigns(job(), { runId: moved });
    expect(await startsOf(moved)).toMatchObject([
      {
        rule: "mover",
        label: `Bo ${world}`,
        found: 1,
        state: "ACTIVE",
        why: expect.stringContaining("department Payments to Platform, another manager"),
      },
    ]);
    const left = await next({ people: [ada, eve, { ...bo, manager: id("eve"), department: "Platform", status: "left" }] });
    await startMicroCampaigns(job(), { runId: left });
    expect(await startsOf(left)).toMatchObject([
      { rule: "leaver", label: `Bo ${world}`, found: 1, why: expect.stringContaining("has left and still holds 1 grant") },
    ]);
  });

  it("asks again of access whose meaning changed since it was signed off, and of none that was never signed off", async () => {
    await on("meaning_drift");
    const { inventory, id, sourceId, next } = await known();
    const [read, admin] = inventory.entitlements;
    if (!read || !admin) throw new Error("nothing");
    const untold = await next({ entitlements: [{ ...read, contents: "reads much" }, admin] });
    expect(await startMicroCampaigns(job(), { runId: untold })).toEqual({ started: 0, leftOut: 0 });
    await signedOff(sourceId);
    const drifted = await next({ entitlements: [{ ...read, contents: "reads and writes" }, admin] });
    expect(await startMicroCampaigns(job(), { runId: drifted })).toEqual({ started: 1, leftOut: 0 });
    expect(await startsOf(drifted)).toMatchObject([{ rule: "meaning_drift", label: "read", found: 1, state: "ACTIVE" }]);
    expect(id("read")).toBeTruthy();
  });

  it("asks again of each access against its own last sign-off, however many campaigns came since, and by who holds what", async () => {
    await on("meaning_drift");
    const { inventory, id, sourceId, next } = await known();
    const [read, admin] = inventory.entitlements;
    if (!read || !admin) throw new Error("nothing");
    const both = { grants: [...inventory.grants, { holder: id("i-bo"), entitlement: id("admin") }] };
    await next(both);
    await signedOff(sourceId, "read");
    for (let later = 0; later < 4; later += 1) await signedOff(sourceId, "admin");
    const drifted = await next({ ...both, entitlements: [{ ...read, contents: "reads and writes" }, admin] });
    expect(await startMicroCampaigns(job(), { runId: drifted })).toEqual({ started: 1, leftOut: 0 });
    expect(await startsOf(drifted)).toMatchObject([{ rule: "meaning_drift", label: "read", found: 1 }]);
    const scope = { ...scopeFilters.parse({ signedOffAs: ["changed"] }), sourceIds: [sourceId] };
    expect(await previewScope(campaignScope(owner), { scope })).toMatchObject({ items: 1 });
    // Back to what was signed off, nothing is to be asked.
    const back = await next(both);
    expect(await startMicroCampaigns(job(), { runId: back })).toEqual({ started: 0, leftOut: 0 });
    expect(await previewScope(campaignScope(owner), { scope })).toMatchObject({ items: 0 });
  });

  it("is started once for a rule, a subject and a run, however often the job comes and from how many workers", async () => {
    await on("new_privileged_grant");
    const { inventory, id, next } = await known();
    const runId = await next({ grants: [...inventory.grants, { holder: id("i-bo"), entitlement: id("admin") }] });
    await Promise.all(Array.from({ length: 4 }, () => startMicroCampaigns(job(), { runId })));
    expect(await startMicroCampaigns(job(), { runId })).toEqual({ started: 0, leftOut: 0 });
    expect(await startsOf(runId)).toHaveLength(1);
  });

  it("of a burst of ten thousand new grants is one with as many items as the rule allows, and says what it left out", async () => {
    await on("new_privileged_grant", { maxItems: 50 });
    const { world, inventory, id, next } = await known();
    const robots = Array.from({ length: 10_000 }, (_, index) => ({
      external_id: `${world}.r${index}`,
      name: `robot ${index}`,
      class: "human",
      person: id("bo"),
    }));
    const runId = await next({
      identities: [...inventory.identities, ...robots],
      grants: [...inventory.grants, ...robots.map(({ external_id }) => ({ holder: external_id, entitlement: id("admin") }))],
    });
    await startMicroCampaigns(job(), { runId });
    expect(await startsOf(runId)).toMatchObject([
      { outcome: "started", found: 10_000, items: 50, why: expect.stringContaining("9950 more of them are left out") },
    ]);
    const told = await listInbox(inboxScope(owner), "all");
    expect(told.map(({ title }) => title)).toContainEqual(expect.stringContaining("9950 grants left out"));
  });

  describe("beyond its rate", () => {
    /** Six people of one source who move on one day, with room for two; and the days after. */
    async function sixMove() {
      await on("mover", { perDay: 2 });
      const { world, inventory, id, next } = await known();
      const people = Array.from({ length: 6 }, (_, index) => ({
        external_id: id(`m${index}`),
        name: `Mover ${index} ${world}`,
        manager: id("ada"),
        department: "Payments",
      }));
      const identities = people.map(({ external_id }) => ({
        external_id: `${external_id}.i`,
        name: external_id,
        class: "human",
        person: external_id,
      }));
      const held = identities.map(({ external_id }) => ({ holder: external_id, entitlement: id("read") }));
      const more = { identities: [...inventory.identities, ...identities], grants: [...inventory.grants, ...held] };
      await next({ ...more, people: [...inventory.people, ...people] });
      const moved = [...inventory.people, ...people.map((each) => ({ ...each, department: "Platform" }))];
      const runId = await next({ ...more, people: moved });
      // What other tests started counts, so each of these looks from days of its own.
      days += 10;
      const dayOf = days;
      const day = (number: number) => make.ctxOf(systemActor("test"), new Date(Date.now() + (dayOf + number) * 25 * HOUR_MS));
      const labels = async () => (await startsOf(runId)).map(({ outcome, label }) => [outcome, label.slice(0, "Mover 0".length)]);
      return { world, runId, day, labels, next, more, moved, held };
    }
    let days = 1;
    const waits = async (now: Date) =>
      (await listMicroWaits(campaignScope(owner), (await readMicroSettings(campaignScope(owner))).settings, now))[0];

    it("subjects wait, listed and told to the owner, and start in the days after, each once and the longest waiting first", async () => {
      const { runId, day, labels } = await sixMove();
      expect(await startMicroCampaigns(day(0), { runId })).toEqual({ started: 2, leftOut: 4 });
      expect(await startMicroCampaigns(day(0), { runId })).toEqual({ started: 0, leftOut: 0 });
      expect(await waits(day(0).now)).toMatchObject({ rule: "mover", of: 4, next: expect.any(String), rows: [{ found: 1 }, {}, {}, {}] });
      expect((await make.auditOf("micro_campaign.limited")).at(-1)).toMatchObject({ data: { runId, subjects: 4, found: 4 } });
      expect(await startWaitingMicroCampaigns(day(0))).toEqual({ started: 0, nothing: 0 });
      expect(await waits(day(1).now)).toMatchObject({ of: 4, next: null });
      expect(await startWaitingMicroCampaigns(day(1))).toEqual({ started: 2, nothing: 0 });
      expect(await startWaitingMicroCampaigns(day(1))).toEqual({ started: 0, nothing: 0 });
      expect(await startWaitingMicroCampaigns(day(2))).toEqual({ started: 2, nothing: 0 });
      expect(await waits(day(2).now)).toBeUndefined();
      expect((await labels()).sort()).toEqual(Array.from({ length: 6 }, (_, at) => ["started", `Mover ${at}`]));
    });

    it("two workers that start what waits start each once, and no more than the rate", async () => {
      const { runId, day, labels } = await sixMove();
      await startMicroCampaigns(day(0), { runId });
      await Promise.all([1, 2, 3].map(() => startWaitingMicroCampaigns(day(1))));
      expect(await labels()).toHaveLength(4);
      expect(new Set((await labels()).map(([, label]) => label)).size).toBe(4);
      await startWaitingMicroCampaigns(day(2));
    });

    it("what is left of nobody's access is ended with the reason, and takes no room", async () => {
      const { runId, day, labels, held } = await sixMove();
      await startMicroCampaigns(day(0), { runId });
      await reader.rows(
        `UPDATE grants g SET ended_run_id = $2::uuid, ended_at = now(), end_reason = 'vanished' FROM identities i
         WHERE i.id = g.holder_id AND i.external_id = ANY ($1::text[])`,
        [held.slice(2, 4).map(({ holder }) => holder), runId],
      );
      expect(await startWaitingMicroCampaigns(day(1))).toEqual({ started: 0, nothing: 2 });
      expect(await startWaitingMicroCampaigns(day(1))).toEqual({ started: 2, nothing: 0 });
      expect((await make.auditOf("micro_campaign.not_needed")).filter(({ data }) => data.runId === runId)).toHaveLength(2);
      expect((await labels()).filter(([outcome]) => outcome === "nothing")).toEqual([
        ["nothing", "Mover 2"],
        ["nothing", "Mover 3"],
      ]);
    });

    it("a later subject does not overtake those that wait", async () => {
      const { runId, day, next, more, moved } = await sixMove();
      await startMicroCampaigns(day(0), { runId });
      const again = await next({
        ...more,
        people: moved.map((each) => (each.name?.startsWith("Mover 0") ? { ...each, department: "Security" } : each)),
      });
      expect(await startMicroCampaigns(day(1), { runId: again })).toEqual({ started: 0, leftOut: 1 });
      expect(await waits(day(1).now)).toMatchObject({ of: 5 });
      for (const number of [1, 2, 3]) await startWaitingMicroCampaigns(day(number));
      expect(await startsOf(again)).toMatchObject([{ outcome: "started" }]);
    });
  });

  it("tells its reviewer that something waits", async () => {
    await on("new_privileged_grant");
    const { inventory, id, next, world } = await known();
    const runId = await next({ grants: [...inventory.grants, { holder: id("i-bo"), entitlement: id("admin") }] });
    await startMicroCampaigns(job(), { runId });
    await tellReviewers(job());
    const [ada] = await reader.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM notifications n JOIN people p ON p.id = n.person_id WHERE p.name = $1::text AND n.kind = 'items_waiting'`,
      [`Ada ${world}`],
    );
    expect(ada?.count).toBe(1);
  });
});

it("the look back says what each rule would have started, and starts nothing", async () => {
  const { inventory, id, next } = await known();
  const before = await previewMicro(campaignScope(owner), new Date());
  await next({ grants: [...inventory.grants, { holder: id("i-bo"), entitlement: id("admin") }] });
  const after = await previewMicro(campaignScope(owner), new Date());
  const of = (preview: typeof before) => preview.find(({ rule }) => rule === "new_privileged_grant");
  expect(of(after)?.subjects).toBe((of(before)?.subjects ?? 0) + 1);
  expect(of(after)?.grants).toBe((of(before)?.grants ?? 0) + 1);
});

it("a rule is changed only by whoever runs campaigns, and the log holds what it was", async () => {
  await expect(setMicroRule(make.ctxOf(await make.makeUser({ roles: ["reviewer"] })), { rule: "mover", isOn: true })).rejects.toMatchObject(
    {
      code: "FORBIDDEN",
    },
  );
  await on("mover", { perDay: 7 });
  const changed = (await make.auditOf("setting.changed")).at(-1);
  expect(changed?.data).toMatchObject({ key: "campaigns.micro", after: expect.stringContaining('"perDay":7') });
});

/** Everything of a source, or what one entitlement gives, kept by its reviewer and signed off: what it gave then is what was signed. */
async function signedOff(sourceId: string, entitlement: string | null = null): Promise<void> {
  const grants = await reader.rows<{ id: string }>(
    `SELECT g.id FROM grants g JOIN entitlements e ON e.id = g.entitlement_id
     WHERE g.source_id = $1::uuid AND g.ended_run_id IS NULL AND ($2::text IS NULL OR e.name = $2::text)`,
    [sourceId, entitlement],
  );
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "Before",
    scope: { sourceIds: [sourceId], grantIds: grants.map(({ id }) => id) },
    dueAt: new Date(Date.now() + HOUR_MS).toISOString(),
    instructions: "Keep what is needed.",
    fallbackPersonId: null,
  });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await launchCampaign(make.ctxOf(owner), { campaignId });
  const [reviewer] = await reader.rows<{ id: string }>("SELECT DISTINCT reviewer_id AS id FROM items WHERE campaign_id = $1::uuid", [
    campaignId,
  ]);
  const ada = await make.makeUser({ personId: reviewer?.id ?? "", roles: ["reviewer"] });
  for (const { id, version } of await mine(ada, campaignId))
    await decideItem(make.ctxOf(ada), { campaignId, itemId: id, version, answer: "keep", rationale: "Needed." });
  await submitDecisions(make.confirmed(ada), { campaignId, instructionsVersion: 1, ...WORDS });
  await closeDecisions(make.ctxOf(owner), { campaignId });
  await signOff(make.confirmed(owner), { campaignId, ...WORDS });
}
