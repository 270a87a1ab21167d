import { expect, it } from "vitest";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { createCampaign } from "./commands/create.ts";
import { stageCampaign } from "./commands/stage.ts";
import type { CampaignPlanInput } from "./plan.ts";
import { previewScope } from "./queries.ts";
import { listGroupsById, listReviewerGroups } from "./reviewer-groups.sql.ts";

ownTestDatabase();

const PLAIN: CampaignPlanInput = {};
type Setup = { sourceId: string; plan?: CampaignPlanInput; fallbackPersonId?: string | null };

/** What the preview says, and what the freeze then does: items by reviewer, "nobody" among them. */
async function bothCounts({ sourceId, plan = PLAIN, fallbackPersonId = null }: Setup) {
  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  const scope = { sourceIds: [sourceId] };
  const preview = await previewScope(campaignScope(owner), { scope, plan, fallbackPersonId });
  const dueAt = new Date(Date.now() + 86_400_000).toISOString();
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "Any",
    scope,
    dueAt,
    instructions: "Look.",
    plan,
    fallbackPersonId,
  });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  const rows = await reader.rows<{ reviewer: string; items: number; rule: string }>(
    `SELECT coalesce(reviewer_id::text, 'nobody') AS reviewer, count(*)::int AS items, min(reviewer_rule) AS rule FROM items WHERE campaign_id = $1::uuid GROUP BY 1`,
    [campaignId],
  );
  const nobody = preview.withoutReviewer.reduce((sum, { items }) => sum + items, 0);
  return {
    preview,
    previewed: Object.fromEntries([
      ...preview.reviewers.map(({ personId, items }) => [personId, items]),
      ...(nobody > 0 ? [["nobody", nobody]] : []),
    ]),
    staged: Object.fromEntries(rows.map(({ reviewer, items }) => [reviewer, items])),
    rules: new Set(rows.map(({ rule }) => rule)),
  };
}

it("shares a group's items out as the freeze does, and says who of the ring gets how many", async () => {
  const source = await make.makeSource();
  const directory = await make.makeSource();
  const member = await make.makeEntitlement(directory, { name: "Member of reviewers" });
  const people = await Promise.all(Array.from({ length: 3 }, (_, at) => make.makePerson(source, { name: `Reviewer ${at}` })));
  const left = await make.makePerson(source, { name: "Gone", status: "left" });
  for (const personId of [...people, left])
    await make.makeGrant(directory, await make.makeIdentity(directory, { name: `login ${personId}`, personId }), member);
  const read = await make.makeEntitlement(source, { name: "read" });
  for (let at = 0; at < 12; at += 1)
    await make.makeGrant(source, await make.makeIdentity(source, { name: `sam ${at}`, personId: await make.makePerson(source) }), read);

  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  const scope = campaignScope(owner);
  const inOrder = people.toSorted();
  const [group] = await listReviewerGroups(scope, "of reviewers");
  expect(group).toMatchObject({ entitlementId: member, members: 3, source: directory.name });
  expect(await listGroupsById(scope, [member])).toEqual([group]);
  expect(await listReviewerGroups(scope, "100%_\\")).toEqual([]);

  const plan: CampaignPlanInput = { rounds: [{ name: "Group", chain: ["group"], group: member }] };
  const { preview, previewed, staged } = await bothCounts({ sourceId: source.id, plan });
  expect(previewed).toEqual(staged);
  expect(preview.group?.of).toBe(4);
  expect(preview.group?.members.filter(({ why }) => why === null).map(({ personId }) => personId)).toEqual(inOrder);
  expect(preview.group?.members.find(({ personId }) => personId === left)).toMatchObject({ why: "left", items: 0 });
  expect(
    Object.fromEntries((preview.group?.members ?? []).filter(({ items }) => items > 0).map(({ personId, items }) => [personId, items])),
  ).toEqual(staged);
});

it("counts without the circles that the freeze would break", async () => {
  const source = await make.makeSource();
  const names = ["ann", "ben", "cleo"];
  const people = await Promise.all(names.map((name) => make.makePerson(source, { name })));
  const fay = await make.makePerson(source, { name: "fay" });
  // Each holds what the next one owns, and two of them what the other owns: pairs and a loop.
  const owned = await Promise.all(people.map((resourceOwnerId) => make.makeEntitlement(source, { resourceOwnerId })));
  for (const [at, personId] of people.entries()) {
    const identity = await make.makeIdentity(source, { name: names[at] ?? "", personId });
    for (const step of at < 2 ? [1, 2] : [1]) await make.makeGrant(source, identity, owned[(at + step) % 3] ?? "");
  }
  const { preview, previewed, staged } = await bothCounts({ sourceId: source.id, fallbackPersonId: fay });
  expect(preview.circles).toBeGreaterThan(0);
  expect(previewed).toEqual(staged);
  expect(staged[fay]).toBe(preview.circles);
});

it("counts as nobody's what only a circle would have answered", async () => {
  const source = await make.makeSource();
  const [ann, ben] = await Promise.all(["ann", "ben"].map((name) => make.makePerson(source, { name })));
  const [ofAnn, ofBen] = await Promise.all([ann, ben].map((owner) => make.makeEntitlement(source, { resourceOwnerId: owner ?? null })));
  await make.makeGrant(source, await make.makeIdentity(source, { name: "ann", personId: ann ?? null }), ofBen ?? "");
  await make.makeGrant(source, await make.makeIdentity(source, { name: "ben", personId: ben ?? null }), ofAnn ?? "");
  const { preview, previewed, staged } = await bothCounts({ sourceId: source.id });
  expect(previewed).toEqual(staged);
  expect(preview).toMatchObject({ circles: 1, withoutReviewer: [{ kind: "person", items: 1 }] });
});
