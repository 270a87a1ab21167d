import { expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { world } from "#lib/testing/review-world.ts";
import { confirmCancel, requestCancel } from "./commands/cancel.ts";
import { explainCycle, startCycles } from "./commands/cycles.ts";
import { launchCampaign } from "./commands/launch.ts";
import { retireScope, saveScope } from "./commands/saved-scopes.ts";
import { stageCampaign } from "./commands/stage.ts";
import { retireTemplate, saveTemplate } from "./commands/templates.ts";
import { getCampaign } from "./queries.ts";
import { getTemplate, listRecurring, listSavedScopes, listTemplates } from "./template.sql.ts";

ownTestDatabase();

const job = (at: Date) => make.ctxOf(systemActor("campaign.cycles"), at);
const MADE = new Date("2026-11-28T12:00:00Z");
const FIRST = new Date("2027-01-01T08:00:00Z");
const SECOND = new Date("2027-04-01T07:00:00Z");
const THIRD = new Date("2027-07-01T07:00:00Z");

let turn = 0;
async function quarterly(values: Record<string, unknown> = {}) {
  const all = await world();
  turn += 1;
  const body = {
    name: `Quarterly ${turn}`,
    scope: { sourceIds: [all.source.id], privilegedOnly: true },
    plan: { carryCycles: 2 },
    instructions: "Keep what is needed.",
    zone: "Europe/Vienna",
    fallbackPersonId: all.people.fay,
    recurrence: { every: "quarter", on: 1, at: "09:00" } as const,
    ...values,
  };
  const saved = await saveTemplate(make.ctxOf(all.owner, MADE), { body });
  return { ...all, body, templateId: saved.templateId };
}

const stages = async (campaignId: string) => stageCampaign(make.ctxOf(systemActor("campaign.stage")), { campaignId });

it("makes a version of each change, keeps the old ones, and none of what did not change", async () => {
  const { owner, body, templateId, second } = await quarterly();
  expect(await saveTemplate(make.ctxOf(owner), { templateId, body })).toEqual({ templateId, version: 1, isChanged: false });
  const more = { ...body, dueDays: 21 };
  expect(await saveTemplate(make.ctxOf(owner), { templateId, body: more })).toMatchObject({ version: 2, isChanged: true });
  const versions = await reader.rows(
    `SELECT version, body ->> 'dueDays' AS days FROM campaign_template_versions WHERE template_id = $1::uuid ORDER BY 1`,
    [templateId],
  );
  expect(versions).toEqual([
    { version: 1, days: "14" },
    { version: 2, days: "21" },
  ]);
  await expect(
    reader.rows(`UPDATE campaign_template_versions SET body = '{}' WHERE template_id = $1::uuid`, [templateId]),
  ).rejects.toThrow();
  await expect(saveTemplate(make.ctxOf(second), { body })).rejects.toMatchObject({ code: "INVALID", fields: { name: expect.any(String) } });
  expect(await make.auditOf("campaign_template.saved")).toHaveLength(2);
});

it("drafts and queues the campaign of a start that is due, once, from the version in force, due by the clock of its zone", async () => {
  const { templateId, owner, source } = await quarterly();
  expect(await startCycles(job(new Date(+FIRST - 1)), { templateId })).toEqual({ campaignId: null, missed: 0 });
  const { campaignId } = await startCycles(job(FIRST), { templateId });
  if (!campaignId) throw new Error("no campaign");
  expect(await getCampaign(campaignScope(owner), campaignId)).toMatchObject({
    name: expect.stringMatching(/^Quarterly \d+, 2027-01-01$/),
    state: "COLLECTING",
    dueAt: "2027-01-15T16:00:00.000Z",
    ownerUserId: owner.userId,
    plan: { carryCycles: 2 },
    scope: { sourceIds: [source.id], privilegedOnly: true },
  });
  const jobs = await reader.rows(`SELECT 1 FROM jobs.job WHERE name = 'campaign.stage' AND data ->> 'campaignId' = $1::text`, [campaignId]);
  expect(jobs).toHaveLength(1);
  expect(await startCycles(job(new Date(+FIRST + 60_000)), { templateId })).toEqual({ campaignId: null, missed: 0 });
  expect((await make.auditOf("campaign_cycle.started")).at(-1)).toMatchObject({ data: { templateId, version: 1, campaignId } });
  expect(await stages(campaignId)).toMatchObject({ state: "STAGED", items: 1 });
});

it("two workers at the same moment make one campaign", async () => {
  const { templateId } = await quarterly();
  const started = await Promise.all(Array.from({ length: 6 }, () => startCycles(job(FIRST), { templateId })));
  expect(started.filter(({ campaignId }) => campaignId !== null)).toHaveLength(1);
  expect(await reader.rows(`SELECT 1 FROM campaign_cycles WHERE template_id = $1::uuid`, [templateId])).toHaveLength(1);
});

it("asks for the reason of each cycle that was missed: nothing ran, cancelled, never launched; and takes it once", async () => {
  const { templateId, owner, second } = await quarterly();
  const late = new Date(+THIRD + 1000);
  const { campaignId, missed } = await startCycles(job(late), { templateId });
  expect(missed).toBe(2);
  const page = async (now: Date) => getTemplate(campaignScope(owner), templateId, now);
  expect((await page(late))?.cycles.map(({ cycleAt, missedBecause }) => [cycleAt, missedBecause])).toEqual([
    [THIRD.toISOString(), null],
    [SECOND.toISOString(), "no_campaign"],
    [FIRST.toISOString(), "no_campaign"],
  ]);
  expect((await listTemplates(campaignScope(owner), late)).find(({ id }) => id === templateId)).toMatchObject({
    unexplained: 2,
    cycles: 3,
  });
  const ctx = make.ctxOf(owner, late);
  const cycleAt = SECOND.toISOString();
  await expect(explainCycle(ctx, { templateId, cycleAt: THIRD.toISOString(), reason: "It was not." })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
  await explainCycle(ctx, { templateId, cycleAt, reason: "The instance stood still." });
  await expect(explainCycle(ctx, { templateId, cycleAt, reason: "Another reason." })).rejects.toMatchObject({ code: "PRECONDITION" });
  await expect(
    reader.rows(`UPDATE campaign_cycles SET reason = 'x' WHERE template_id = $1::uuid AND reason IS NOT NULL`, [templateId]),
  ).rejects.toThrow();
  expect((await make.auditOf("campaign_cycle.explained")).at(-1)).toMatchObject({ data: { templateId, cycleAt, cause: "no_campaign" } });
  const next = new Date("2027-10-01T07:00:00Z");
  await startCycles(job(next), { templateId });
  expect((await page(next))?.cycles.find(({ campaign }) => campaign?.id === campaignId)?.missedBecause).toBe("never_launched");
  if (!campaignId) throw new Error("no campaign");
  const { requestId } = await requestCancel(make.ctxOf(owner, next), { campaignId, reason: "Nobody needs it." });
  await confirmCancel(make.confirmed(second), { requestId });
  expect((await page(next))?.cycles.find(({ campaign }) => campaign?.id === campaignId)?.missedBecause).toBe("cancelled");
});

it("records a cycle that cannot be made, with why, and goes on at the next", async () => {
  const { templateId, owner, people } = await quarterly();
  await reader.rows(`UPDATE people SET status = 'left' WHERE id = $1::uuid`, [people.fay]);
  expect(await startCycles(job(FIRST), { templateId })).toEqual({ campaignId: null, missed: 1 });
  expect((await make.auditOf("campaign_cycle.missed")).at(-1)).toMatchObject({ data: { cause: "cannot_be_made" } });
  await reader.rows(`UPDATE people SET status = 'active' WHERE id = $1::uuid`, [people.fay]);
  expect((await startCycles(job(SECOND), { templateId })).campaignId).not.toBeNull();
  expect((await getTemplate(campaignScope(owner), templateId, SECOND))?.cycles).toHaveLength(2);
});

it("starts nothing of the past when its recurrence changes, and nothing at all once retired", async () => {
  const { templateId, owner, body } = await quarterly();
  const monthly = { ...body, recurrence: { every: "month", on: 1, at: "09:00" } as const };
  await saveTemplate(make.ctxOf(owner, new Date("2027-02-15T00:00:00Z")), { templateId, body: monthly });
  expect((await startCycles(job(new Date("2027-03-02T00:00:00Z")), { templateId })).missed).toBe(0);
  expect(await listRecurring()).toContain(templateId);
  await retireTemplate(make.ctxOf(owner), { templateId });
  expect(await listRecurring()).not.toContain(templateId);
  expect(await startCycles(job(new Date("2028-01-01T00:00:00Z")), { templateId })).toEqual({ campaignId: null, missed: 0 });
});

it("compares each campaign with the one before it of its template: added, gone, changed, another reviewer", async () => {
  const all = await quarterly({ scope: { sourceIds: [] as string[] } }).catch(() => null);
  expect(all).toBeNull();
  const { templateId, owner, source, people } = await quarterly();
  await saveTemplate(make.ctxOf(owner, MADE), {
    templateId,
    body: { ...(await getTemplate(campaignScope(owner), templateId, MADE))?.body, scope: { sourceIds: [source.id] } } as never,
  });
  const first = (await startCycles(job(FIRST), { templateId })).campaignId ?? "";
  expect(await stages(first)).toMatchObject({ state: "STAGED", items: 6 });
  await launchCampaign(make.ctxOf(owner), { campaignId: first });
  await reader.rows(`UPDATE entitlements SET digest = repeat('1', 64) WHERE source_id = $1::uuid AND name = 'write'`, [source.id]);
  await reader.rows(`UPDATE people SET manager_id = $2::uuid WHERE id = $1::uuid`, [people.zed, people.rob]);
  const run = await make.makeRun(source.id);
  const [gone] = await reader.rows<{ id: string }>(
    `SELECT g.id FROM grants g JOIN identities i ON i.id = g.holder_id WHERE i.source_id = $1::uuid AND i.name = 'mia'`,
    [source.id],
  );
  await make.endGrant(gone?.id ?? "", run);
  const [read] = await reader.rows<{ id: string }>(`SELECT id FROM entitlements WHERE source_id = $1::uuid AND name = 'read'`, [source.id]);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "new", personId: people.sam }), read?.id ?? "");
  const second = (await startCycles(job(SECOND), { templateId })).campaignId ?? "";
  await stages(second);
  const [row] = await reader.rows<{ manifest: string }>(`SELECT manifest FROM populations WHERE campaign_id = $1::uuid`, [second]);
  expect(JSON.parse(row?.manifest ?? "{}").comparison).toMatchObject({
    campaign_id: first,
    items: 6,
    sources: [{ source_id: source.id, added: 1, removed: 1, changed: 2, same: 3, other_reviewer: 1 }],
  });
  expect((await getCampaign(campaignScope(owner), second))?.comparison).toMatchObject({
    campaignId: first,
    population: { added: 1, removed: 1, changed: 2, same: 3, otherReviewer: 1 },
    outcomes: [{ outcome: "OPEN", last: 6, now: 6 }],
  });
  expect((await getCampaign(campaignScope(owner), first))?.comparison).toBeNull();
});

it("keeps a scope under a name until it is dropped, and takes a name once", async () => {
  const { owner, source } = await world();
  const scope = { sourceIds: [source.id], unusedDays: 90 };
  const { savedScopeId } = await saveScope(make.ctxOf(owner), { name: "Unused", scope });
  await expect(saveScope(make.ctxOf(owner), { name: "Unused", scope })).rejects.toMatchObject({ code: "INVALID" });
  expect(await listSavedScopes(campaignScope(owner))).toMatchObject([
    { id: savedScopeId, name: "Unused", scope: { unusedDays: 90 }, createdBy: "Owner" },
  ]);
  await retireScope(make.ctxOf(owner), { savedScopeId });
  expect(await listSavedScopes(campaignScope(owner))).toEqual([]);
  await expect(retireScope(make.ctxOf(owner), { savedScopeId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await make.auditOf("saved_scope.retired")).at(-1)).toMatchObject({ subject: { id: savedScopeId } });
});
