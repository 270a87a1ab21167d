import { expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { askIn } from "#lib/testing/exceptions.ts";
import * as make from "#lib/testing/factories.ts";
import { launchReview, makeCompany } from "#lib/testing/removals.ts";
import { itemsBy, launchedRounds, roundWorld } from "#lib/testing/round-world.ts";
import { createCampaign } from "./commands/create.ts";
import { launchCampaign, setFallback } from "./commands/launch.ts";
import { confirmIndependenceOverride, requestIndependenceOverride } from "./commands/override-independence.ts";
import { reassignItems } from "./commands/reassign.ts";
import { stageCampaign } from "./commands/stage.ts";
import { readDependences } from "./independence.sql.ts";
import { type AccessGraph, dependencesOf } from "./independence.ts";

ownTestDatabase();

/** Deterministic: a failing world can be looked at again by its seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

/**
 * A company by chance: managers, identities with owners and proposed persons, roles that let one act as another (directly and through a
 * group), granters; and a campaign whose items are with anybody.
 */
async function anyCompany(seed: number) {
  const pick = random(seed);
  const source = await make.makeSource();
  const people: string[] = [];
  const managerOf = new Map<string, string>();
  for (let at = 0; at < 8; at += 1) {
    const managerId = at > 0 && pick(4) > 0 ? (people[pick(at)] ?? null) : null;
    const id = await make.makePerson(source, { managerId });
    if (managerId) managerOf.set(id, managerId);
    people.push(id);
  }
  const anyone = () => people[pick(people.length)] ?? "";
  const maybe = () => (pick(3) > 0 ? anyone() : null);
  const graph = {
    managerOf,
    personsOf: new Map<string, string[]>(),
    ownersOf: new Map<string, string[]>(),
    usersOf: new Map<string, string[]>(),
  };
  const logins: { name: string; personId: string; id: string }[] = [];
  for (const [at, personId] of people.entries()) {
    const name = `p${seed}-${at}`;
    const id = await make.makeIdentity(source, { name, personId });
    graph.personsOf.set(id, [personId]);
    logins.push({ name, personId, id });
  }
  const plain = await make.makeEntitlement(source, { name: `plain${seed}` });
  const machines: string[] = [];
  for (let at = 0; at < 4; at += 1) {
    const ownerId = maybe();
    const name = `role:m${seed}-${at}`;
    const id = await make.makeIdentity(source, { name, class: "service", ownerId });
    const backup = maybe();
    await reader.rows(`UPDATE identities SET backup_owner_id = $2::uuid WHERE id = $1::uuid`, [id, backup]);
    graph.ownersOf.set(
      id,
      [ownerId, backup].filter((owner) => owner !== null),
    );
    const becoming = await make.makeEntitlement(source, { name: pick(2) ? `member:m${seed}-${at}` : `assume:${name}` });
    const group = await make.makeEntitlement(source, { name: `group${seed}-${at}` });
    await make.makeReach(group, becoming, group, 1);
    const users: string[] = [];
    for (const { id: login, personId } of logins) {
      const way = pick(6);
      if (way > 1) continue;
      await make.makeGrant(source, login, way === 0 ? becoming : group);
      users.push(personId);
    }
    graph.usersOf.set(id, users);
    machines.push(id);
  }
  const granted = new Map<string, string[]>();
  for (const holder of [...logins.map(({ id }) => id), ...machines]) {
    const granter = pick(2) ? logins[pick(logins.length)] : undefined;
    await make.makeGrant(source, holder, plain, { grantedBy: granter?.name ?? null });
    granted.set(holder, granter ? [granter.personId] : []);
  }
  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "Any",
    scope: { sourceIds: [source.id] },
    dueAt: new Date(Date.now() + 86_400_000).toISOString(),
    instructions: "Look.",
  });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  const items = await reader.rows<{ id: string; identityId: string; personId: string | null; isPlain: boolean }>(
    `SELECT id, identity_id AS "identityId", person_id AS "personId", entitlement_name = $2::text AS "isPlain" FROM items WHERE campaign_id = $1::uuid ORDER BY id`,
    [campaignId, `plain${seed}`],
  );
  const reviews = new Map<string, Set<string>>();
  for (const item of items) {
    const reviewer = anyone();
    await reader.rows(`UPDATE items SET reviewer_id = $3::uuid, state = 'ASSIGNED' WHERE campaign_id = $1::uuid AND id = $2::uuid`, [
      campaignId,
      item.id,
      reviewer,
    ]);
    if (item.personId) reviews.set(reviewer, (reviews.get(reviewer) ?? new Set()).add(item.personId));
  }
  // Whoever was matched to another since the freeze is a subject besides.
  const moved = logins[pick(logins.length)];
  const now = anyone();
  await reader.rows(`UPDATE identities SET person_id = $2::uuid WHERE id = $1::uuid`, [moved?.id, now]);
  graph.personsOf.set(moved?.id ?? "", [now]);
  return {
    campaignId,
    people,
    items,
    granted,
    graph: { ...graph, reviews } satisfies AccessGraph,
    movedName: moved?.name,
    movedTo: now,
    logins,
  };
}

it("finds in SQL why somebody is not independent exactly as the rule does, over companies by chance", async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const { campaignId, people, items, granted, graph, logins, movedName, movedTo } = await anyCompany(seed);
    const found = await readDependences(
      reader,
      campaignId,
      items.map(({ id }) => id),
      people,
    );
    // A granter is whoever stands behind the name now; a user likewise.
    const personNow = new Map(logins.map(({ name, personId }) => [personId, name === movedName ? movedTo : personId]));
    const through = (ids: readonly string[]) => ids.map((id) => personNow.get(id) ?? id);
    const usersOf = new Map([...graph.usersOf].map(([identity, users]) => [identity, through(users)]));
    const expected = items.flatMap(({ id, identityId, personId, isPlain }) =>
      people.map((person) => ({
        itemId: id,
        personId: person,
        why: dependencesOf(
          { ...graph, usersOf },
          { identityId, frozenPersonId: personId, granterIds: isPlain ? through(granted.get(identityId) ?? []) : [] },
          person,
        ),
      })),
    );
    const key = (row: { itemId: string; personId: string }) => row.itemId + row.personId;
    const sorted = <T extends { itemId: string; personId: string }>(rows: T[]) =>
      rows.sort((one, other) => (key(one) < key(other) ? -1 : 1));
    expect(sorted(found.map(({ itemId, personId, why }) => ({ itemId, personId, why }))), `seed ${seed}`).toEqual(sorted(expected));
  }
});

it("passes over an owner and whoever can act as the machine at the freeze, in a single round", async () => {
  const all = await roundWorld({ rounds: [{ name: "Owners", chain: ["identity_owner", "fallback"] }] });
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  const rows = await itemsBy<{ reviewer: string; passed_over: { rule: string; why: string }[] }>(
    all.campaignId,
    `(SELECT name FROM people WHERE id = i.reviewer_id) AS reviewer, i.passed_over`,
  );
  expect(rows["robot admin"]).toMatchObject({ reviewer: "fay", passed_over: [{ rule: "identity_owner", why: "owns_identity" }] });
});

it("breaks a mutual pair that the freeze itself would make, and leaves no item with either of them that closes it", async () => {
  const source = await make.makeSource();
  const [ann, ben, fay] = await Promise.all(["ann", "ben", "fay"].map((name) => make.makePerson(source, { name })));
  const [ofAnn, ofBen] = await Promise.all([ann, ben].map((owner) => make.makeEntitlement(source, { resourceOwnerId: owner ?? null })));
  await make.makeGrant(source, await make.makeIdentity(source, { name: "ann", personId: ann ?? null }), ofBen ?? "");
  await make.makeGrant(source, await make.makeIdentity(source, { name: "ben", personId: ben ?? null }), ofAnn ?? "");
  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  const dueAt = new Date(Date.now() + 86_400_000).toISOString();
  const setup = { name: "Pair", scope: { sourceIds: [source.id] }, dueAt, instructions: "Look.", fallbackPersonId: fay ?? null };
  const { campaignId } = await createCampaign(make.ctxOf(owner), setup);
  await stageCampaign(make.ctxOf(owner), { campaignId });
  const reviewers = await reader.rows<{ name: string }>(
    `SELECT p.name FROM items i JOIN people p ON p.id = i.reviewer_id WHERE i.campaign_id = $1::uuid ORDER BY 1`,
    [campaignId],
  );
  expect(reviewers.map(({ name }) => name)).toContain("fay");
  expect(reviewers).toHaveLength(2);
  expect(await reader.rows(`SELECT cause FROM assignments WHERE campaign_id = $1::uuid`, [campaignId])).toEqual([{ cause: "circle" }]);
  await launchCampaign(make.ctxOf(owner), { campaignId });
});

it("refuses to hand an item to who is not independent of it, and lets two people do so, but never for their own access", async () => {
  const all = await launchedRounds();
  const ids = await itemsBy<{ id: string }>(all.campaignId, "i.id");
  const robot = ids["robot admin"]?.id ?? "";
  const reassign = (itemId: string, toPersonId: string) =>
    reassignItems(make.ctxOf(all.owner), { campaignId: all.campaignId, itemIds: [itemId], toPersonId, reason: "Knows it best." });
  await expect(reassign(robot, all.people.oli)).rejects.toMatchObject({ details: { refusals: ["owns_identity"] } });
  const override = { campaignId: all.campaignId, itemId: robot, personId: all.people.oli, reason: "Nobody else knows it." };
  const own = { ...override, itemId: ids["sam read"]?.id ?? "", personId: all.people.sam };
  await expect(requestIndependenceOverride(make.ctxOf(all.owner), own)).rejects.toMatchObject({ details: { refusals: ["self"] } });
  await expect(requestIndependenceOverride(make.ctxOf(all.owner), { ...override, personId: all.people.ann })).rejects.toMatchObject({
    details: { refusals: ["independent"] },
  });
  const { requestId } = await requestIndependenceOverride(make.ctxOf(all.owner), override);
  await expect(confirmIndependenceOverride(make.confirmed(all.owner), { requestId })).rejects.toMatchObject({
    details: { refusal: "same_user" },
  });
  const oli = await make.makeUser({ personId: all.people.oli, roles: ["campaign_manager"] });
  await expect(confirmIndependenceOverride(make.confirmed(oli), { requestId })).rejects.toMatchObject({
    details: { refusals: ["reviewer"] },
  });
  await confirmIndependenceOverride(make.confirmed(all.second), { requestId });
  await expect(confirmIndependenceOverride(make.confirmed(all.second), { requestId })).rejects.toMatchObject({ code: "PRECONDITION" });
  expect(
    await reader.rows(`SELECT person_id AS "personId", reasons FROM independence_overrides WHERE item_id = $1::uuid`, [robot]),
  ).toEqual([{ personId: all.people.oli, reasons: ["owns_identity"] }]);
  expect((await itemsBy<{ reviewer_id: string }>(all.campaignId, "i.reviewer_id"))["robot admin"]).toEqual({ reviewer_id: all.people.oli });
  expect((await make.auditOf("campaign_item.independence_overridden")).at(-1)).toMatchObject({
    data: { reasons: ["owns_identity"], requestId },
  });
});

it("gives a fallback only what they are independent of", async () => {
  const all = await roundWorld({ rounds: [{ name: "Managers", chain: ["manager"] }] });
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  // robot, spare and glass are oli's.
  expect(await setFallback(make.ctxOf(all.owner), { campaignId: all.campaignId, personId: all.people.oli })).toEqual({ assigned: 0 });
  expect(await setFallback(make.ctxOf(all.owner), { campaignId: all.campaignId, personId: all.people.rob })).toEqual({ assigned: 3 });
});

it("counts as having provisioned it whoever approved its exception, put it back or carried out what changed it, and nobody who took it away", async () => {
  const company = await makeCompany();
  const [put, confirmed, narrowed, revoked, approved] = await Promise.all(
    ["put", "confirmed", "narrowed", "revoked", "approved"].map(async (label) =>
      make.makeUser({ personId: await make.makePerson(company.source, { name: label }), roles: ["reviewer"], label }),
    ),
  );
  if (!put || !confirmed || !narrowed || !revoked || !approved) throw new Error("nobody was made");
  const campaignId = await launchReview(company);
  const items = await reader.rows<{ id: string; name: string }>(
    `SELECT id, entitlement_name AS name FROM items WHERE campaign_id = $1::uuid`,
    [campaignId],
  );
  const itemOf = (name: string) => items.find((item) => item.name === name)?.id ?? "";
  const remediation = async (entitlement: keyof typeof company.entitlements, kind: string, state: string, executedBy: string | null) =>
    (
      await reader.rows<{ id: string }>(
        `INSERT INTO remediations (campaign_id, item_id, kind, source_id, grant_id, identity_id, entitlement_id, label, risk_class, state, sla_due_at, executed_by, decision_id, decided_by)
         VALUES ($1::uuid, $2::uuid, $3::text, $4::uuid, $5::uuid, $6::uuid, $7::uuid, 'one', 'low', $8::text::remediation_state, now(), $9::uuid, uuid7(), $10::uuid) RETURNING id`,
        [
          campaignId,
          itemOf(entitlement),
          kind,
          company.source.id,
          company.grants[entitlement],
          company.identityId,
          company.entitlements[entitlement],
          state,
          executedBy,
          company.people.mia,
        ],
      )
    )[0]?.id ?? "";
  const restored = await remediation("read", "revoke", "RESTORED", revoked.userId);
  await reader.rows(`INSERT INTO remediation_events (remediation_id, kind, detail) VALUES ($1::uuid, 'RESTORED', $2::jsonb)`, [
    restored,
    JSON.stringify({ requestedBy: put.userId, confirmedBy: confirmed.userId }),
  ]);
  await remediation("write", "narrow", "VERIFIED", narrowed.userId);
  await remediation("write", "revoke", "VERIFIED", revoked.userId);
  const { exceptionId } = await askIn(company, campaignId, "admin");
  await reader.rows(
    `INSERT INTO exception_approvals (exception_id, revision, step, person_id, user_id, step_up_method) VALUES ($1::uuid, 1, 'exception_approver', $2::uuid, $3::uuid, 'password')`,
    [exceptionId, approved.personId, approved.userId],
  );
  const people = [put, confirmed, narrowed, revoked, approved];
  const nameOf = new Map(people.map(({ personId, label }) => [personId, label]));
  const provisioned = async (name: string) =>
    (
      await readDependences(
        reader,
        campaignId,
        [itemOf(name)],
        people.flatMap(({ personId }) => personId ?? []),
      )
    )
      .filter(({ why }) => why.includes("granted_it"))
      .map(({ personId }) => nameOf.get(personId))
      .sort();
  expect(await provisioned("read")).toEqual(["confirmed", "put"]);
  expect(await provisioned("write")).toEqual(["narrowed"]);
  expect(await provisioned("admin")).toEqual([]);
  await reader.rows(`UPDATE exceptions SET state = 'APPROVED', version = version + 1 WHERE id = $1::uuid`, [exceptionId]);
  expect(await provisioned("admin")).toEqual(["approved"]);
});
