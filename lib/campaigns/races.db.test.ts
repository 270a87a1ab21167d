import { expect, it } from "vitest";
import type { Actor } from "#lib/authz/actor.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { closeDecisions } from "./commands/close.ts";
import { createCampaign } from "./commands/create.ts";
import { decideItem } from "./commands/decide.ts";
import { decideItems } from "./commands/decide-many.ts";
import { discardPopulation, launchCampaign } from "./commands/launch.ts";
import { reassignItems } from "./commands/reassign.ts";
import { signOff } from "./commands/sign-off.ts";
import { stageCampaign } from "./commands/stage.ts";
import { submitDecisions } from "./commands/submit.ts";

ownTestDatabase();

type User = Extract<Actor, { kind: "user" }>;
type Prepared = { campaignId: string; owner: User; reviewer: User; items: string[] };
const WORDS = { attestation: "I looked at each of these and answer for them." };
const LATE = new Date(Date.now() + 30 * 86_400_000);

/** `size` people of one manager hold one plain entitlement each; every call is on a connection of its own from the pool. */
async function staged(size: number): Promise<Prepared> {
  const source = await make.makeSource();
  const manager = await make.makePerson(source);
  const entitlement = await make.makeEntitlement(source);
  for (let at = 0; at < size; at += 1) {
    const person = await make.makePerson(source, { managerId: manager });
    await make.makeGrant(source, await make.makeIdentity(source, { personId: person }), entitlement);
  }
  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  const reviewer = await make.makeUser({ personId: manager, roles: ["reviewer"] });
  const dueAt = new Date(Date.now() + 10 * 86_400_000).toISOString();
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "Race",
    scope: { sourceIds: [source.id] },
    dueAt,
    instructions: "Look.",
  });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  const rows = await reader.rows<{ id: string }>(`SELECT id FROM items WHERE campaign_id = $1::uuid ORDER BY id`, [campaignId]);
  return { campaignId, owner, reviewer, items: rows.map(({ id }) => id) };
}

async function launched(size: number): Promise<Prepared> {
  const prepared = await staged(size);
  await launchCampaign(make.ctxOf(prepared.owner), { campaignId: prepared.campaignId });
  return prepared;
}

const codeOf = (result: PromiseSettledResult<unknown>) => (result.status === "fulfilled" ? "ok" : result.reason.code);

it("lets exactly one of two answers to the same version win, forty times", async () => {
  const { campaignId, reviewer, items } = await launched(40);
  for (const itemId of items) {
    const attempt = (answer: "keep" | "revoke") =>
      decideItem(make.ctxOf(reviewer), { campaignId, itemId, answer, rationale: "Seen.", version: 0 });
    const results = await Promise.allSettled([attempt("keep"), attempt("revoke")]);
    expect(results.map(codeOf).sort()).toEqual(["CONFLICT", "ok"]);
  }
  const [counts] = await reader.rows(
    `SELECT (SELECT count(*)::int FROM decisions WHERE campaign_id = $1::uuid) AS decisions,
       (SELECT count(*)::int FROM items i JOIN decisions d ON d.id = i.decision_id AND d.answer = i.answer WHERE i.campaign_id = $1::uuid AND i.version = 1) AS items,
       (SELECT count(*)::int FROM audit_events WHERE type IN ('campaign_item.kept', 'campaign_item.revoked')) AS events`,
    [campaignId],
  );
  expect(counts).toEqual({ decisions: 40, items: 40, events: 40 });
});

it("lets exactly one of fifty answers to one item win", async () => {
  const { campaignId, reviewer, items } = await launched(1);
  const itemId = items[0] ?? "";
  const attempt = (at: number) =>
    decideItem(make.ctxOf(reviewer), { campaignId, itemId, answer: at % 2 ? "keep" : "revoke", rationale: "Seen.", version: 0 });
  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, at) => attempt(at)));
  expect(results.map(codeOf).sort()).toEqual([...Array(49).fill("CONFLICT"), "ok"]);
  const [state] = await reader.rows(
    `SELECT i.version, i.answer = d.answer AS same, (SELECT count(*)::int FROM decisions WHERE item_id = i.id) AS decisions
     FROM items i JOIN decisions d ON d.id = i.decision_id WHERE i.id = $1::uuid`,
    [itemId],
  );
  expect(state).toEqual({ version: 1, same: true, decisions: 1 });
});

it("hands an item in or over, never both: what was handed over is nobody's answer", async () => {
  for (let round = 0; round < 8; round += 1) {
    const { campaignId, owner, reviewer, items } = await launched(4);
    for (const itemId of items) await decideItem(make.ctxOf(reviewer), { campaignId, itemId, answer: "keep", version: 0 });
    const source = await make.makeSource();
    const toPersonId = await make.makePerson(source);
    const handOver = reassignItems(make.ctxOf(owner), { campaignId, itemIds: items.slice(0, 2), toPersonId, reason: "On leave." });
    const handIn = submitDecisions(make.confirmed(reviewer), { campaignId, instructionsVersion: 1, ...WORDS });
    const [over, handedIn] = await Promise.allSettled([handOver, handIn]);
    expect(handedIn.status).toBe("fulfilled");
    const [state] = await reader.rows<{ submitted: number; assigned: number; torn: number }>(
      `SELECT count(*) FILTER (WHERE state = 'SUBMITTED' AND reviewer_id = $2::uuid)::int AS submitted,
         count(*) FILTER (WHERE state = 'ASSIGNED' AND reviewer_id = $3::uuid)::int AS assigned,
         count(*) FILTER (WHERE state = 'SUBMITTED' AND reviewer_id = $3::uuid OR state = 'ASSIGNED' AND answer IS NOT NULL)::int AS torn
       FROM items WHERE campaign_id = $1::uuid`,
      [campaignId, reviewer.personId, toPersonId],
    );
    expect(state).toEqual(over.status === "fulfilled" ? { submitted: 2, assigned: 2, torn: 0 } : { submitted: 4, assigned: 0, torn: 0 });
  }
});

it("never lets a single and a bulk answer both win", async () => {
  const { campaignId, reviewer, items } = await launched(12);
  for (const itemId of items) {
    const single = decideItem(make.ctxOf(reviewer), { campaignId, itemId, answer: "keep", version: 0 });
    const bulk = decideItems(make.ctxOf(reviewer), { campaignId, items: [{ itemId, version: 0 }], answer: "revoke", rationale: "Seen." });
    expect((await Promise.allSettled([single, bulk])).map(codeOf).sort()).toEqual(["CONFLICT", "ok"]);
  }
  const rows = await reader.rows(`SELECT item_id FROM decisions WHERE campaign_id = $1::uuid`, [campaignId]);
  expect(rows).toHaveLength(12);
});

it("loses no answer behind a closing: it either counts or is refused", async () => {
  for (let round = 0; round < 8; round += 1) {
    const { campaignId, owner, reviewer, items } = await launched(6);
    for (const itemId of items.slice(1)) await decideItem(make.ctxOf(reviewer), { campaignId, itemId, answer: "keep", version: 0 });
    const late = items[0] ?? "";
    const handIn = async () => {
      await decideItem(make.ctxOf(reviewer, LATE), { campaignId, itemId: late, answer: "keep", version: 0 });
      return submitDecisions(make.confirmed(reviewer, LATE), { campaignId, instructionsVersion: 1, ...WORDS });
    };
    const [handedIn, closed] = await Promise.allSettled([handIn(), closeDecisions(make.ctxOf(owner, LATE), { campaignId })]);
    expect(closed.status).toBe("fulfilled");
    const [state] = await reader.rows<{ decided: number; unanswered: number; open: number }>(
      `SELECT count(*) FILTER (WHERE outcome = 'KEEP')::int AS decided, count(*) FILTER (WHERE outcome = 'UNANSWERED')::int AS unanswered,
         count(*) FILTER (WHERE state <> 'DECIDED')::int AS open FROM items WHERE campaign_id = $1::uuid`,
      [campaignId],
    );
    expect(state).toEqual(
      handedIn.status === "fulfilled" ? { decided: 6, unanswered: 0, open: 0 } : { decided: 0, unanswered: 6, open: 0 },
    );
  }
});

it("signs the set as it stands: no answer changes an item after its digest", async () => {
  const { campaignId, owner, reviewer, items } = await launched(10);
  for (const itemId of items) await decideItem(make.ctxOf(reviewer), { campaignId, itemId, answer: "keep", version: 0 });
  await submitDecisions(make.confirmed(reviewer), { campaignId, instructionsVersion: 1, ...WORDS });
  await closeDecisions(make.ctxOf(owner), { campaignId });
  const attempts = items.map((itemId) =>
    decideItem(make.ctxOf(reviewer), { campaignId, itemId, answer: "revoke", rationale: "Late thought.", version: 3 }),
  );
  const [signed, ...refused] = await Promise.allSettled([signOff(make.confirmed(owner), { campaignId, ...WORDS }), ...attempts]);
  expect(signed).toMatchObject({ status: "fulfilled", value: { counts: { items: 10, keep: 10 } } });
  expect(new Set(refused.map(codeOf))).toEqual(new Set(["PRECONDITION"]));
});

it("launches or discards a population, never both", async () => {
  for (let round = 0; round < 6; round += 1) {
    const { campaignId, owner } = await staged(3);
    const results = await Promise.allSettled([
      launchCampaign(make.ctxOf(owner), { campaignId }),
      discardPopulation(make.ctxOf(owner), { campaignId, reason: "Wrong scope." }),
    ]);
    expect(results.map(codeOf).sort()).toEqual(["PRECONDITION", "ok"]);
    const [row] = await reader.rows<{ state: string; items: number }>(
      `SELECT state::text AS state, (SELECT count(*)::int FROM items WHERE campaign_id = c.id) AS items FROM campaigns c WHERE id = $1::uuid`,
      [campaignId],
    );
    expect(row).toEqual(codeOf(results[0]) === "ok" ? { state: "ACTIVE", items: 3 } : { state: "DRAFT", items: 0 });
  }
});

it("freezes once, however often it is asked at the same moment", async () => {
  const { campaignId, owner } = await staged(3);
  await discardPopulation(make.ctxOf(owner), { campaignId, reason: "Once more." });
  const results = await Promise.allSettled(Array.from({ length: 4 }, () => stageCampaign(make.ctxOf(owner), { campaignId })));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const result of results) expect(["ok", "CONFLICT", "PRECONDITION"]).toContain(codeOf(result));
  expect(await reader.rows(`SELECT 1 FROM items WHERE campaign_id = $1::uuid`, [campaignId])).toHaveLength(3);
});

it("signs off once, however often it is asked at the same moment", async () => {
  const { campaignId, owner } = await launched(3);
  await closeDecisions(make.ctxOf(owner, LATE), { campaignId });
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => signOff(make.confirmed(owner), { campaignId, ...WORDS })));
  expect(results.map(codeOf).sort()).toEqual(["PRECONDITION", "PRECONDITION", "PRECONDITION", "PRECONDITION", "ok"]);
  expect(await make.auditOf("campaign.signed_off")).toHaveLength(2);
});

it("lets no two hand-overs at the same instant make people review each other, twenty times", async () => {
  const source = await make.makeSource();
  const entitlement = await make.makeEntitlement(source);
  const manager = await make.makePerson(source);
  const pairs: [string, string][] = [];
  for (let at = 0; at < 20; at += 1) {
    const pair = [await make.makePerson(source, { managerId: manager }), await make.makePerson(source, { managerId: manager })] as [
      string,
      string,
    ];
    for (const personId of pair) await make.makeGrant(source, await make.makeIdentity(source, { name: personId, personId }), entitlement);
    pairs.push(pair);
  }
  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  const dueAt = new Date(Date.now() + 10 * 86_400_000).toISOString();
  const setup = { name: "Hops", scope: { sourceIds: [source.id] }, dueAt, instructions: "Look." };
  const { campaignId } = await createCampaign(make.ctxOf(owner), setup);
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await launchCampaign(make.ctxOf(owner), { campaignId });
  const items = await reader.rows<{ id: string; personId: string }>(
    `SELECT id, person_id AS "personId" FROM items WHERE campaign_id = $1::uuid`,
    [campaignId],
  );
  const itemOf = new Map(items.map(({ id, personId }) => [personId, id]));
  const hand = (of: string, toPersonId: string) =>
    reassignItems(make.ctxOf(owner), { campaignId, itemIds: [itemOf.get(of) ?? ""], toPersonId, reason: "Knows it best." });
  for (const [one, other] of pairs) {
    const results = await Promise.allSettled([hand(one, other), hand(other, one)]);
    expect(results.map(codeOf).sort()).toEqual(["PRECONDITION", "ok"]);
  }
  const circles = await reader.rows(
    `SELECT 1 FROM items a JOIN items b ON b.campaign_id = a.campaign_id AND b.reviewer_id = a.person_id AND b.person_id = a.reviewer_id WHERE a.campaign_id = $1::uuid`,
    [campaignId],
  );
  expect(circles).toEqual([]);
}, 120_000);
