import { expect, it } from "vitest";
import { reviewerScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { closing, DUE, itemNamed, launched, mine, WORDS, world } from "#lib/testing/review-world.ts";
import { createCampaign } from "./commands/create.ts";
import { decideItem } from "./commands/decide.ts";
import { decideItems } from "./commands/decide-many.ts";
import { launchCampaign } from "./commands/launch.ts";
import { setToxicPairs } from "./commands/set-toxic-pairs.ts";
import { signOff } from "./commands/sign-off.ts";
import { stageCampaign } from "./commands/stage.ts";
import { submitDecisions } from "./commands/submit.ts";
import { previewSubmission } from "./submission.sql.ts";
import { SUGGESTION_FACTS } from "./suggestion.sql.ts";
import { factsOf, suggestionFor } from "./suggestion.ts";

ownTestDatabase();

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);

it("tells how many of the others in the team hold the same, a person with two accounts once, and none where there is no team", async () => {
  const all = await world();
  const { source, people } = all;
  const [read] = await reader.rows<{ id: string }>(`SELECT id FROM entitlements WHERE source_id = $1::uuid AND name = 'read'`, [source.id]);
  const joe = await make.makePerson(source, { name: "Joe", managerId: people.mia });
  for (const name of ["joe", "joe-two"])
    await make.makeGrant(source, await make.makeIdentity(source, { name, personId: joe }), read?.id ?? "");
  await make.makePerson(source, { name: "Gone", managerId: people.mia, status: "left" });
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  await launchCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  const told = async (identity: string, entitlement: string) => {
    const { peersHolding, peersTotal } = await itemNamed(all.mia, all.campaignId, identity, entitlement);
    return [peersHolding, peersTotal];
  };
  expect(await told("sam", "read")).toEqual([2, 2]);
  expect(await told("joe-two", "read")).toEqual([2, 2]);
  expect(await told("sam", "admin")).toEqual([0, 2]);
  expect(await mine(all.rob, all.campaignId)).toMatchObject([{ identityName: "robot", peersHolding: null, peersTotal: null }]);
});

it("names what conflicts with what, across the identities of a person and through what an access reaches", async () => {
  const all = await world();
  const { source, people } = all;
  const repository = await make.makeEntitlement(source, { name: "push to app" });
  const deploys = await make.makeEntitlement(source, { name: "deploy app", environment: "prod" });
  const group = await make.makeEntitlement(source, { name: "release team" });
  await reader.rows(`UPDATE resources SET class = 'code_repo' WHERE name = 'resource of push to app'`);
  await reader.rows(`UPDATE resources SET class = 'deployment_target' WHERE name = 'resource of deploy app'`);
  await make.makeReach(group, deploys, group, 1);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "sam-two", personId: people.sam }), group);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "sam-three", personId: people.sam }), repository);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "zed-two", personId: people.zed }), repository);
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  await launchCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  const conflicts = async (identity: string, entitlement: string) =>
    (await itemNamed(all.mia, all.campaignId, identity, entitlement)).conflicts;
  expect(await conflicts("sam-three", "push to app")).toEqual([
    "Can change code and, by release team, deploy to production: who writes a change should not also bring it into production",
  ]);
  expect(await conflicts("sam-two", "release team")).toEqual([
    "Can deploy to production and, by push to app, change code: who writes a change should not also bring it into production",
  ]);
  expect(await conflicts("zed-two", "push to app")).toEqual([]);
  const [first] = await mine(all.mia, all.campaignId);
  expect(first?.conflicts).not.toEqual([]);
});

it("takes nothing in while somebody keeps both sides of a conflict, and everything once one side goes", async () => {
  const all = await world();
  const { source, people, campaignId } = all;
  await setToxicPairs(make.ctxOf(await make.makeUser({ roles: ["administrator"] })), {
    pairs: [
      {
        id: "ask_and_approve",
        why: "nobody approves what they asked for",
        where: "anywhere",
        sides: [
          { can: "ask", says: "^asks" },
          { can: "approve", says: "^approves" },
        ],
      },
    ],
  });
  expect((await make.auditOf("setting.changed")).at(-1)).toMatchObject({ data: { key: "campaign.toxic_pairs", after: "ask_and_approve" } });
  for (const name of ["asks", "approves"]) {
    const identity = await make.makeIdentity(source, { name: `sam-${name}`, personId: people.sam });
    await make.makeGrant(source, identity, await make.makeEntitlement(source, { name }));
  }
  await stageCampaign(make.ctxOf(all.owner), { campaignId });
  await launchCampaign(make.ctxOf(all.owner), { campaignId });
  for (const { id, version } of await mine(all.mia, campaignId))
    await decideItem(make.ctxOf(all.mia), { campaignId, itemId: id, version, answer: "keep", rationale: "Needed." });
  const submit = () => submitDecisions(make.confirmed(all.mia), { campaignId, instructionsVersion: 1, ...WORDS });
  await expect(submit()).rejects.toMatchObject({ code: "PRECONDITION", details: { refusals: ["conflict_unsettled"] } });
  const preview = () => previewSubmission(reviewerScope(all.mia), campaignId);
  expect((await preview()).unsettled.map(({ label }) => label).sort()).toEqual(["Sam: approves", "Sam: asks"]);
  const { id, version } = await itemNamed(all.mia, campaignId, "sam-asks", "asks");
  await decideItem(make.ctxOf(all.mia), { campaignId, itemId: id, version, answer: "revoke", rationale: "Somebody else asks." });
  expect(await preview()).toMatchObject({ unsettled: [], open: 0, answers: [{ answer: "keep" }, { answer: "revoke", items: 1 }] });
  expect(await submit()).toMatchObject({ items: 6 });
  await reader.rows("UPDATE settings SET value = 'null' WHERE key = 'campaign.toxic_pairs'");
});

it("follows the pairs of the setting, and the default ones where it is broken", async () => {
  const all = await world();
  const pair = {
    id: "read_and_write",
    why: "a test",
    where: "anywhere",
    sides: [
      { can: "read", says: "^read" },
      { can: "write", says: "^write" },
    ],
  };
  await reader.rows(
    `INSERT INTO settings (key, value) VALUES ('campaign.toxic_pairs', $1::jsonb) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value`,
    [JSON.stringify([pair])],
  );
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  const rows = await reader.rows<{ name: string; conflicts: string[] }>(
    `SELECT identity_name || ' ' || entitlement_name AS name, conflicts FROM items WHERE campaign_id = $1::uuid AND cardinality(conflicts) > 0 ORDER BY 1`,
    [all.campaignId],
  );
  expect(rows.map(({ name }) => name)).toEqual(
    ["robot write", "sam admin", "sam read", "sam write"].filter((name) => name !== "robot write"),
  );
  await reader.rows(`UPDATE settings SET value = '{"broken": true}' WHERE key = 'campaign.toxic_pairs'`);
  const { campaignId } = await launched();
  expect(await reader.rows(`SELECT 1 FROM items WHERE campaign_id = $1::uuid AND cardinality(conflicts) > 0`, [campaignId])).toEqual([]);
});

it("tells what was decided last, by whom and in which campaign, and what the entitlement gained and lost since", async () => {
  const first = await closing({ "zed read": "revoke" });
  const { source, owner, people } = first;
  const [read] = await reader.rows<{ id: string }>(
    `UPDATE entitlements SET contents = E'read on a\nread on b', digest = 'one' WHERE source_id = $1::uuid AND name = 'read' RETURNING id`,
    [source.id],
  );
  await signOff(make.confirmed(owner), { campaignId: first.campaignId, ...WORDS });
  const version = (digest: string, contents: string) =>
    reader.rows(
      `INSERT INTO entitlement_versions (entitlement_id, digest, contents, meaning, run_id, seen_at) VALUES ($1::uuid, $2::text, $3::text, 'May do a thing', $4::uuid, now())`,
      [read?.id, digest, contents, source.runId],
    );
  await version("0".repeat(64), "read on a\nread on c");
  await version("one", "read on a\nread on b");
  const scope = { sourceIds: [source.id] };
  const next = { name: "Next", scope, dueAt: DUE(), instructions: "Keep what is needed.", fallbackPersonId: people.fay };
  const { campaignId } = await createCampaign(make.ctxOf(owner), next);
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await launchCampaign(make.ctxOf(owner), { campaignId });
  const changed = await itemNamed(first.mia, campaignId, "zed", "read");
  expect(changed).toMatchObject({
    change: "changed",
    lastOutcome: "REVOKE",
    lastDecision: { campaign: "Quarterly", by: "Mia", at: expect.any(String) },
    contentsChange: { added: ["read on b"], removed: ["read on c"], lines: 2, wasMeaning: "May do a thing" },
  });
  const same = await itemNamed(first.mia, campaignId, "sam", "write");
  expect(same).toMatchObject({ change: "unchanged", lastOutcome: "KEEP", contentsChange: null });
  for (const set of ["person_status = 'left'", "last_decision_id = NULL", "conflicts = '{x}'", "peers_total = 9"])
    await expect(reader.rows(`UPDATE items SET ${set} WHERE campaign_id = $1::uuid`, [campaignId])).rejects.toThrow(/append-only/);
});

it("suggests the same in SQL as in the browser, alike rows alike, and keeps what was suggested with the decision", async () => {
  const all = await world();
  const { source, people } = all;
  const [read] = await reader.rows<{ id: string }>(`SELECT id FROM entitlements WHERE source_id = $1::uuid AND name = 'read'`, [source.id]);
  const holders = [
    ["ann", 200],
    ["ben", 201],
    ["cat", 3],
    ["dan", null],
  ] as const;
  for (const [name, days] of holders) {
    const personId = await make.makePerson(source, { name, managerId: people.mia });
    const identity = await make.makeIdentity(source, { name, personId });
    await make.makeGrant(source, identity, read?.id ?? "", { lastUsedAt: days === null ? null : daysAgo(days) });
  }
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  await launchCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  const [campaign] = await reader.rows<{ stagedAt: Date }>(`SELECT staged_at AS "stagedAt" FROM campaigns WHERE id = $1::uuid`, [
    all.campaignId,
  ]);
  const judged = new Map(
    (
      await reader.rows<{ id: string; facts: Parameters<typeof suggestionFor>[0] }>(
        `SELECT i.id, ${SUGGESTION_FACTS} AS facts FROM items i JOIN campaigns c ON c.id = i.campaign_id WHERE c.id = $1::uuid`,
        [all.campaignId],
      )
    ).map(({ id, facts }) => [id, suggestionFor(facts)]),
  );
  const byKey = new Map<string, Set<string>>();
  const rows = await mine(all.mia, all.campaignId);
  for (const row of rows) {
    const here = suggestionFor(factsOf(row, campaign?.stagedAt.toISOString() ?? ""));
    expect(here).toEqual(judged.get(row.id));
    byKey.set(row.bulkKey, (byKey.get(row.bulkKey) ?? new Set()).add(JSON.stringify(here)));
  }
  expect([...byKey.values()].every((suggestions) => suggestions.size === 1)).toBe(true);
  const ctx = make.ctxOf(all.mia);
  const ann = await itemNamed(all.mia, all.campaignId, "ann", "read");
  const ben = await itemNamed(all.mia, all.campaignId, "ben", "read");
  const cat = await itemNamed(all.mia, all.campaignId, "cat", "read");
  expect([ann.bulkKey === ben.bulkKey, ann.bulkKey === cat.bulkKey]).toEqual([true, false]);
  const keep = { campaignId: all.campaignId, itemId: ann.id, answer: "keep" as const, version: 0 };
  await expect(decideItem(ctx, keep)).rejects.toMatchObject({ code: "INVALID", message: expect.stringMatching(/against the suggestion/) });
  const items = [ann, ben].map(({ id }) => ({ itemId: id, version: 0 }));
  await expect(decideItems(ctx, { campaignId: all.campaignId, items, answer: "keep" })).rejects.toMatchObject({ code: "INVALID" });
  await decideItems(ctx, { campaignId: all.campaignId, items, answer: "keep", rationale: "They train next week." });
  await decideItem(ctx, { ...keep, itemId: cat.id });
  const kept = await reader.rows<{ suggestion: unknown }>(
    `SELECT d.suggestion FROM decisions d JOIN items i ON i.decision_id = d.id WHERE d.campaign_id = $1::uuid ORDER BY i.identity_name`,
    [all.campaignId],
  );
  const unused = { version: 1, answer: "revoke", reasons: ["unused"] };
  expect(kept.map(({ suggestion }) => suggestion)).toEqual([unused, unused, judged.get(cat.id)]);
});
