import { expect, it } from "vitest";
import { campaignScope as scopeOf } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { closing, DUE, WORDS } from "#lib/testing/review-world.ts";
import { createCampaign } from "./commands/create.ts";
import { signOff } from "./commands/sign-off.ts";
import { stageCampaign } from "./commands/stage.ts";
import { getCampaign, previewScope } from "./queries.ts";
import { type CampaignScopeInput, campaignScope } from "./schema.ts";

ownTestDatabase();

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

/** One person with one access of each kind that the filters tell apart. */
async function company() {
  const source = await make.makeSource();
  const boss = await make.makePerson(source, { name: "Boss" });
  const sam = await make.makePerson(source, { name: "Sam", managerId: boss });
  const holder = await make.makeIdentity(source, { name: "sam", personId: sam });
  const robot = await make.makeIdentity(source, { name: "robot", class: "service", ownerId: boss });
  const entitlement = (name: string, values: Parameters<typeof make.makeEntitlement>[1] = {}) =>
    make.makeEntitlement(source, { name, ...values });
  const names = {
    used: await entitlement("used"),
    idle: await entitlement("idle"),
    untold: await entitlement("untold", { environment: "prod", sensitivity: "restricted", privileged: "yes" }),
  };
  await make.makeGrant(source, holder, names.used, { lastUsedAt: daysAgo(3) });
  await make.makeGrant(source, holder, names.idle, { lastUsedAt: daysAgo(120) });
  await make.makeGrant(source, holder, names.untold);
  await make.makeGrant(source, robot, names.used, { lastUsedAt: daysAgo(1) });
  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  return { source, owner, names, holder };
}

const scoped = (sourceId: string, filters: Partial<CampaignScopeInput>): CampaignScopeInput =>
  campaignScope.parse({ sourceIds: [sourceId], ...filters });

it.each<[string, Partial<CampaignScopeInput>, string[], Record<string, number>]>([
  ["no filter", {}, ["sam idle", "sam untold", "sam used", "robot used"], {}],
  ["unused: what is known to be used falls out, what nobody tells stays in", { unusedDays: 90 }, ["sam idle", "sam untold"], { used: 2 }],
  ["sensitivity", { sensitivities: ["restricted"] }, ["sam untold"], { sensitivity: 3 }],
  [
    "environment and class, each counted once, by the first that leaves it out",
    { environments: ["test"], identityClasses: ["human"] },
    ["sam idle", "sam used"],
    { class: 1, environment: 1 },
  ],
  ["kinds of resources", { resourceClasses: ["code_repo"] }, [], { resource_class: 4 }],
  [
    "granted since a day after all was first seen",
    { grantedSince: new Date(Date.now() + DAY_MS).toISOString() },
    [],
    { granted_before: 4 },
  ],
  [
    "granted since: where the start is unknown, the first sync that saw it tells",
    { grantedSince: daysAgo(1).toISOString() },
    ["sam idle", "sam untold", "sam used", "robot used"],
    {},
  ],
  ["never signed off", { signedOffAs: ["never"] }, ["sam idle", "sam untold", "sam used", "robot used"], {}],
  ["changed since the last sign-off, where nobody signed off yet", { signedOffAs: ["changed"] }, [], { signed_off_otherwise: 4 }],
])("%s", async (_name, filters, held, excluded) => {
  const { source, owner } = await company();
  const scope = scoped(source.id, filters);
  const preview = await previewScope(scopeOf(owner), { scope });
  expect(Object.fromEntries(preview.excluded.map(({ cause, grants }) => [cause, grants]))).toEqual(excluded);
  const { campaignId } = await createCampaign(make.ctxOf(owner), { name: "By filter", scope, dueAt: DUE(), instructions: "Look." });
  const staged = await stageCampaign(make.ctxOf(owner), { campaignId });
  const items = await reader.rows<{ label: string }>(
    `SELECT identity_name || ' ' || entitlement_name AS label FROM items WHERE campaign_id = $1::uuid ORDER BY 1`,
    [campaignId],
  );
  expect(items.map(({ label }) => label)).toEqual(held.toSorted());
  expect(staged.items).toBe(preview.items);
  const [row] = await reader.rows<{ manifest: string }>(`SELECT manifest FROM populations WHERE campaign_id = $1::uuid`, [campaignId]);
  const manifest = JSON.parse(row?.manifest ?? "{}");
  expect(manifest.excluded).toEqual(
    preview.excluded.map(({ cause, grants }) => ({ cause, grants, set_by: cause === "held_by_entitlement" ? null : owner.userId })),
  );
  expect(manifest.campaign.scope).toMatchObject(JSON.parse(JSON.stringify(filters)));
});

it("tells what a person signed off, what changed in meaning since, and what nobody ever did", async () => {
  const all = await closing();
  await signOff(make.confirmed(all.owner), { campaignId: all.campaignId, ...WORDS });
  const write = await reader.rows<{ id: string }>(
    `UPDATE entitlements SET digest = $2::text WHERE source_id = $1::uuid AND name = 'write' RETURNING id`,
    [all.source.id, "1".repeat(64)],
  );
  expect(write).toHaveLength(1);
  await make.makeGrant(all.source, await make.makeIdentity(all.source, { name: "new", personId: all.people.sam }), write[0]?.id ?? "");
  const items = async (filters: Partial<CampaignScopeInput>) =>
    (await previewScope(scopeOf(all.owner), { scope: scoped(all.source.id, filters) })).items;
  expect(await items({ signedOffAs: ["never"] })).toBe(1);
  expect(await items({ signedOffAs: ["changed"] })).toBe(2);
  expect(await items({ signedOffAs: ["unchanged"] })).toBe(4);
  expect(await items({ signedOffAs: ["never", "changed", "unchanged"] })).toBe(7);
});

it("still reads a scope from before there were these filters, and pins plan and who set the scope", async () => {
  const { source, owner } = await company();
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "Old",
    scope: { sourceIds: [source.id] },
    dueAt: DUE(),
    instructions: "Look.",
  });
  await reader.rows(`UPDATE campaigns SET scope = jsonb_build_object('sourceIds', scope -> 'sourceIds'), plan = '{}' WHERE id = $1::uuid`, [
    campaignId,
  ]);
  expect(await stageCampaign(make.ctxOf(owner), { campaignId })).toMatchObject({ state: "STAGED", items: 4 });
  const page = await getCampaign(scopeOf(owner), campaignId);
  expect(page?.plan).toMatchObject({ silence: "unanswered" });
  const [row] = await reader.rows<{ manifest: string }>(`SELECT manifest FROM populations WHERE campaign_id = $1::uuid`, [campaignId]);
  expect(JSON.parse(row?.manifest ?? "{}").campaign).toMatchObject({
    scope_set_by: owner.userId,
    plan: { silence: "unanswered", carryCycles: 0 },
  });
});
