import { expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { DUE, itemNamed, mine, WORDS } from "#lib/testing/review-world.ts";
import { closeDecisions } from "./commands/close.ts";
import { createCampaign } from "./commands/create.ts";
import { decideItem } from "./commands/decide.ts";
import { decideItems } from "./commands/decide-many.ts";
import { followInventory } from "./commands/follow.ts";
import { confirmCorrection, requestCorrection, startChildCampaign } from "./commands/follow-up.ts";
import { launchCampaign } from "./commands/launch.ts";
import { signOff } from "./commands/sign-off.ts";
import { stageCampaign } from "./commands/stage.ts";
import { submitDecisions } from "./commands/submit.ts";
import { getItem, previewScope } from "./queries.ts";
import type { ItemKind } from "./types.ts";

ownTestDatabase();

const KINDS: ItemKind[] = ["grant", "credential", "trust", "identity", "chain"];

/** A pipeline that deploys: a key, a trust of every repository, an owner and no purpose, for Nils to review; and Sam, a person with a key that is nobody's business here. */
async function machines() {
  const source = await make.makeSource();
  const sam = await make.makePerson(source, { name: "Sam" });
  const mara = await make.makePerson(source, { name: "Mara Lindt" });
  const deploy = await make.makeEntitlement(source, { name: "deploy", privileged: "yes", environment: "prod" });
  const person = await make.makeIdentity(source, { name: "sam", personId: sam });
  await make.makeCredential(source, person, { name: "sams-key" });
  await make.makeGrant(source, person, deploy);
  const pipeline = await make.makeIdentity(source, { name: "deploy-prod", class: "pipeline", ownerId: mara, interactive: "no" });
  await make.makeGrant(source, pipeline, deploy);
  const key = await make.makeCredential(source, pipeline, { name: "deploy-prod/AKIA7Q", createdAt: new Date("2024-03-02T00:00:00Z") });
  const trust = await make.makeTrust(source, pipeline);
  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  const nils = await make.makePerson(source, { name: "Nils" });
  const reviewer = await make.makeUser({ personId: nils, roles: ["reviewer"] });
  return { source, sam, nils, pipeline, key, trust, owner, reviewer };
}

type Machines = Awaited<ReturnType<typeof machines>>;
const scopeOf = ({ source }: Machines, kinds: ItemKind[] = KINDS) => ({ sourceIds: [source.id], kinds });

async function launched(all: Machines, kinds: ItemKind[] = KINDS): Promise<string> {
  const { owner, nils } = all;
  const setup = { name: "Machines", scope: scopeOf(all, kinds), dueAt: DUE(), instructions: "Look.", fallbackPersonId: nils };
  const { campaignId } = await createCampaign(make.ctxOf(owner), setup);
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await launchCampaign(make.ctxOf(owner), { campaignId });
  return campaignId;
}

it("freezes what a machine signs in with, who may become it, whose it is and its chain, in words", async () => {
  const all = await machines();
  const campaignId = await launched(all);
  const rows = (await mine(all.reviewer, campaignId)).filter(({ kind }) => kind !== "grant");
  expect(Object.fromEntries(rows.map(({ kind, entitlementName, meaning }) => [`${kind} ${entitlementName}`, meaning]))).toEqual({
    "credential Key AKIA7Q": "Key AKIA7Q, created 2024-03-02, never rotated, never expires, last use unknown",
    "trust GitHub Actions: any branch of repo:acme/*": "GitHub Actions: any branch of repo:acme/* may assume deploy-prod",
    "identity Identity and its owners": "Owner Mara Lindt, no backup owner, purpose not stated",
    "chain Chain from Key AKIA7Q": "Key AKIA7Q → deploy-prod → May do a thing",
    "chain Chain from GitHub Actions: any branch of repo:acme/*":
      "GitHub Actions: any branch of repo:acme/* → deploy-prod → May do a thing",
  });
  for (const row of rows)
    expect(row).toMatchObject({ identityName: "deploy-prod", privileged: "yes", environment: "prod", change: "first_review" });
  expect(new Set(rows.map(({ riskClass }) => riskClass)).size).toBe(1);
  expect(rows.map(({ bulkKey }) => bulkKey)).toHaveLength(new Set(rows.map(({ bulkKey }) => bulkKey)).size);
});

it("counts in the preview exactly what it freezes, for each choice of kinds", async () => {
  const all = await machines();
  for (const kinds of [["grant"], ["credential"], ["identity", "trust"], KINDS] as ItemKind[][]) {
    const preview = await previewScope(campaignScope(all.owner), { scope: scopeOf(all, kinds), fallbackPersonId: all.nils });
    const campaignId = await launched(all, kinds);
    const [frozen] = await reader.rows<{ items: number; kinds: string[]; manifest: number }>(
      `SELECT count(*)::int AS items, array_agg(DISTINCT kind ORDER BY kind) AS kinds,
         (SELECT item_count::int FROM populations WHERE campaign_id = $1::uuid) AS manifest FROM items WHERE campaign_id = $1::uuid`,
      [campaignId],
    );
    expect(frozen).toEqual({ items: preview.items, kinds: [...kinds].sort(), manifest: preview.items });
  }
});

it("asks about grants alone where the scope does not say more", async () => {
  const all = await machines();
  const setup = { name: "Plain", scope: { sourceIds: [all.source.id] }, dueAt: DUE(), instructions: "Look.", fallbackPersonId: all.nils };
  const { campaignId } = await createCampaign(make.ctxOf(all.owner), setup);
  expect(await stageCampaign(make.ctxOf(all.owner), { campaignId })).toMatchObject({ state: "STAGED", items: 2 });
});

it("takes a machine's decision with its terms, and only one that fits", async () => {
  const all = await machines();
  const campaignId = await launched(all);
  const ctx = make.ctxOf(all.reviewer);
  const trust = await itemNamed(all.reviewer, campaignId, "deploy-prod", "GitHub Actions: any branch of repo:acme/*");
  const given = { campaignId, itemId: trust.id, rationale: "One repository deploys.", version: 0 };
  const terms = { answer: "narrow", subjectPattern: "repo:acme/app:*" } as const;
  await expect(decideItem(ctx, { ...given, answer: "rotate", terms: { answer: "rotate" } })).rejects.toMatchObject({
    details: { refusals: ["does_not_fit"] },
  });
  await decideItem(ctx, { ...given, answer: "narrow", terms });
  const identity = await itemNamed(all.reviewer, campaignId, "deploy-prod", "Identity and its owners");
  await expect(
    decideItems(ctx, { campaignId, items: [{ itemId: identity.id, version: 0 }], answer: "revoke", rationale: "x" }),
  ).rejects.toMatchObject({ details: { refusals: ["does_not_fit"] } });
  await submitDecisions(make.confirmed(all.reviewer), { campaignId, instructionsVersion: 1, ...WORDS });
  expect(await getItem(campaignScope(all.owner), campaignId, trust.id)).toMatchObject({
    state: "SUBMITTED",
    grantId: null,
    subjectId: all.trust,
    terms: { answer: "narrow", subjectPattern: "repo:acme/app:*", stays: [], ends: [] },
  });
});

/** What a run that no longer finds it writes, and one that finds it again. */
const setGone = (table: "credentials" | "trusts" | "identities", id: string, runId: string | null) =>
  reader.rows(`UPDATE ${table} SET gone_run_id = $2::uuid, gone_at = CASE WHEN $2::uuid IS NOT NULL THEN now() END WHERE id = $1::uuid`, [
    id,
    runId,
  ]);

it.each<[ItemKind, "key" | "trust" | null]>([
  ["credential", "key"],
  ["trust", "trust"],
  ["chain", "key"],
  ["chain", "trust"],
  ["identity", null],
])(
  "voids a %s that two complete syncs no longer find (by its %s), with the run that proves it, and opens it again when it is back",
  async (kind, way) => {
    const all = await machines();
    const campaignId = await launched(all, [kind]);
    const subjectId = way ? all[way] : all.pipeline;
    const item = async () => {
      const [row] = await reader.rows<{ state: string; reason: string | null; runId: string | null }>(
        `SELECT state::text AS state, void_reason AS reason, void_run_id AS "runId" FROM items WHERE campaign_id = $1::uuid AND subject_id = $2::uuid`,
        [campaignId, subjectId],
      );
      return row;
    };
    let runs = 0;
    const later = (options: Parameters<typeof make.makeRun>[1] = {}) => {
      runs += 1;
      return make.makeRun(all.source.id, { startedAt: new Date(Date.now() + runs * 1000), ...options });
    };
    const follow = (runId: string) => followInventory(make.ctxOf(systemActor("test")), { campaignId, sourceId: all.source.id, runId });

    const first = await later();
    if (way) await setGone(way === "key" ? "credentials" : "trusts", subjectId, first);
    await follow(first);
    const partial = await later({ isComplete: false });
    await follow(partial);
    expect(await item()).toMatchObject({ state: "ASSIGNED", reason: null });
    const second = await later();
    if (!way) await setGone("identities", subjectId, second);
    expect(await follow(second)).toEqual({ voided: 1, returned: 0 });
    expect(await item()).toEqual({ state: "VOIDED", reason: way ? "ACCESS_GONE" : "SUBJECT_GONE", runId: second });
    expect(await follow(second)).toEqual({ voided: 0, returned: 0 });
    const events = (await make.auditOf("campaign_item.voided")).filter(({ data }) => data.campaignId === campaignId);
    expect(events.map(({ data }) => data.runId)).toEqual([second]);

    if (way) await setGone(way === "key" ? "credentials" : "trusts", subjectId, null);
    else await setGone("identities", subjectId, null);
    expect(await follow(await later())).toEqual({ voided: 0, returned: 1 });
    expect(await item()).toEqual({ state: "ASSIGNED", reason: null, runId: null });
  },
);

it("voids everything of a machine that is gone, and leaves answers that were handed in", async () => {
  const all = await machines();
  const campaignId = await launched(all);
  const trust = await itemNamed(all.reviewer, campaignId, "deploy-prod", "GitHub Actions: any branch of repo:acme/*");
  await decideItem(make.ctxOf(all.reviewer), { campaignId, itemId: trust.id, answer: "keep", rationale: "Needed.", version: 0 });
  await submitDecisions(make.confirmed(all.reviewer), { campaignId, instructionsVersion: 1, ...WORDS });
  const run = await make.makeRun(all.source.id, { startedAt: new Date(Date.now() + 1000) });
  await setGone("identities", all.pipeline, run);
  await followInventory(make.ctxOf(systemActor("test")), { campaignId, sourceId: all.source.id, runId: run });
  const rows = await reader.rows<{ kind: string; state: string }>(
    `SELECT kind, state::text || coalesce(' ' || void_reason, '') AS state FROM items WHERE campaign_id = $1::uuid AND identity_id = $2::uuid ORDER BY kind, state`,
    [campaignId, all.pipeline],
  );
  expect(rows.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    "chain VOIDED SUBJECT_GONE",
    "chain VOIDED SUBJECT_GONE",
    "credential VOIDED SUBJECT_GONE",
    "grant VOIDED SUBJECT_GONE",
    "identity VOIDED SUBJECT_GONE",
    "trust SUBMITTED",
  ]);
});

it("offers for a chain only what its way in can have, and refuses the rest", async () => {
  const all = await machines();
  const campaignId = await launched(all, ["chain"]);
  const rows = await mine(all.reviewer, campaignId);
  expect(Object.fromEntries(rows.map(({ entitlementName, way }) => [entitlementName.slice(0, 14), way]))).toEqual({
    "Chain from Key": "credential",
    "Chain from Git": "trust",
  });
  for (const { id: itemId, way } of rows) {
    const given = { campaignId, itemId, rationale: "One repository deploys.", version: 0 };
    const narrow = { answer: "narrow", subjectPattern: "repo:acme/app:*" } as const;
    const wrong =
      way === "trust"
        ? decideItem(make.ctxOf(all.reviewer), { ...given, answer: "rotate", terms: { answer: "rotate" } })
        : decideItem(make.ctxOf(all.reviewer), { ...given, answer: "narrow", terms: narrow });
    await expect(wrong).rejects.toMatchObject({ details: { refusals: ["does_not_fit"] } });
    if (way === "trust") await decideItem(make.ctxOf(all.reviewer), { ...given, answer: "narrow", terms: narrow });
    else await decideItem(make.ctxOf(all.reviewer), { ...given, answer: "rotate", terms: { answer: "rotate" } });
  }
});

it("asks again in a child what nobody decided of a machine, and takes a final decision about a trust anew as a new item of its kind", async () => {
  const all = await machines();
  const second = await make.makeUser({ roles: ["campaign_manager"] });
  const setup = { name: "Machines", scope: scopeOf(all), dueAt: DUE(), instructions: "Look.", fallbackPersonId: all.nils };
  const plan = { silence: "unanswered", escalateDaysBefore: null } as const;
  const { campaignId } = await createCampaign(make.ctxOf(all.owner), { ...setup, plan });
  await stageCampaign(make.ctxOf(all.owner), { campaignId });
  await launchCampaign(make.ctxOf(all.owner), { campaignId });
  const trust = await itemNamed(all.reviewer, campaignId, "deploy-prod", "GitHub Actions: any branch of repo:acme/*");
  await decideItem(make.ctxOf(all.reviewer), { campaignId, itemId: trust.id, answer: "keep", rationale: "Needed.", version: 0 });
  await submitDecisions(make.confirmed(all.reviewer), { campaignId, instructionsVersion: 1, ...WORDS });
  await closeDecisions(make.ctxOf(all.owner, new Date(Date.now() + 90 * 86_400_000)), { campaignId });
  await signOff(make.confirmed(all.owner), { campaignId, ...WORDS });
  await reader.rows("UPDATE campaigns SET state = 'CLOSED' WHERE id = $1::uuid", [campaignId]);

  const { requestId } = await requestCorrection(make.ctxOf(all.owner), { campaignId, itemId: trust.id, reason: "The repository moved." });
  const corrected = await confirmCorrection(make.confirmed(second), { requestId });
  expect(corrected.items).toEqual([{ itemId: expect.any(String), followsItemId: trust.id, kind: "trust", id: all.trust }]);
  const [item] = await reader.rows<{ kind: string; state: string }>(
    "SELECT kind, state::text AS state FROM items WHERE campaign_id = $1::uuid",
    [corrected.campaignId],
  );
  expect(item).toEqual({ kind: "trust", state: "ASSIGNED" });

  const child = await startChildCampaign(make.ctxOf(all.owner), { campaignId, dueAt: DUE() });
  expect(child.items.map(({ kind }) => kind).sort()).toEqual(["chain", "chain", "credential", "grant", "grant", "identity"]);
  expect(child.items.find(({ kind }) => kind === "credential")?.id).toBe(all.key);
});
