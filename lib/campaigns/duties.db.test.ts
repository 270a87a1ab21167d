import { beforeEach, expect, it } from "vitest";
import { campaignScope, reviewerScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { addToxicPair, endToxicPair, setToxicPairs } from "./commands/set-toxic-pairs.ts";
import { listDuties, listDutyHolders } from "./duties.sql.ts";
import { DEFAULT_TOXIC_PAIRS } from "./duties.ts";
import { patternOf } from "./duty-words.ts";

ownTestDatabase();
beforeEach(() => reader.rows("UPDATE settings SET value = 'null' WHERE key = 'campaign.toxic_pairs'"));

const pair = (id: string) => ({
  id,
  why: "nobody approves what they asked for",
  where: "anywhere" as const,
  sides: [
    { can: "ask", says: patternOf(["asks"]) },
    { can: "approve", says: patternOf(["approves"]) },
  ] as [{ can: string; says: string }, { can: string; says: string }],
});
const reason = "The auditors asked for it.";
const admin = async () => make.ctxOf(await make.makeUser({ roles: ["administrator"] }));
const reading = async () => campaignScope(await make.makeUser({ roles: ["auditor"] }));

it("counts who holds both sides today, by whichever identity and path, and says who and by what", async () => {
  const source = await make.makeSource();
  const [asks, approves, group] = await Promise.all(["asks", "approves", "team"].map((name) => make.makeEntitlement(source, { name })));
  await make.makeReach(group ?? "", approves ?? "", group ?? "", 1);
  const sam = await make.makePerson(source, { name: "Sam" });
  await make.makeGrant(source, await make.makeIdentity(source, { name: "sam-1", personId: sam }), asks ?? "");
  await make.makeGrant(source, await make.makeIdentity(source, { name: "sam-2", personId: sam }), group ?? "");
  const robot = await make.makeIdentity(source, { name: "robot", class: "service" });
  for (const entitlement of [asks, approves]) await make.makeGrant(source, robot, entitlement ?? "");
  await make.makeGrant(source, await make.makeIdentity(source, { name: "zed", personId: await make.makePerson(source) }), asks ?? "");
  await setToxicPairs(await admin(), { pairs: [pair("ask_and_approve")] });
  const scope = await reading();
  expect((await listDuties(scope)).pairs).toMatchObject([{ id: "ask_and_approve", people: 1, others: 1 }]);
  expect(await listDutyHolders(scope, "ask_and_approve")).toMatchObject([
    { subjectId: sam, kind: "person", name: "Sam", sides: [["asks"], ["team"]], of: 2 },
    { subjectId: robot, kind: "identity", name: "robot", sides: [["asks"], ["approves"]] },
  ]);
  expect(await listDutyHolders(scope, "nothing")).toEqual([]);
  const reviewer = reviewerScope(await make.makeUser({ roles: ["reviewer"], personId: sam }));
  expect((await listDuties(reviewer)).pairs).toMatchObject([{ people: null, others: null }]);
  expect(await listDutyHolders(reviewer, "ask_and_approve")).toEqual([]);
});

it("adds and ends a pair with the reason, by administrators alone, and each once", async () => {
  const ctx = await admin();
  await expect(
    addToxicPair(make.ctxOf(await make.makeUser({ roles: ["campaign_manager"] })), { pair: pair("one"), reason }),
  ).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
  await addToxicPair(ctx, { pair: pair("one"), reason });
  expect((await make.auditOf("toxic_pair.added")).at(-1)).toMatchObject({ subject: { id: "one" }, data: { digest: expect.any(String) } });
  await expect(addToxicPair(ctx, { pair: pair("one"), reason })).rejects.toMatchObject({ fields: { "pair.id": expect.anything() } });
  const scope = await reading();
  const ids = async () => (await listDuties(scope)).pairs.map(({ id }) => id);
  expect(await ids()).toEqual([...DEFAULT_TOXIC_PAIRS.map(({ id }) => id), "one"]);
  await endToxicPair(ctx, { pairId: "develop_and_deploy", reason });
  await expect(endToxicPair(ctx, { pairId: "develop_and_deploy", reason })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await ids()).not.toContain("develop_and_deploy");
  expect((await make.auditOf("toxic_pair.ended")).at(-1)).toMatchObject({ subject: { id: "develop_and_deploy" } });
});

it("loses none of two changes at the same moment", async () => {
  const ctx = await admin();
  await Promise.all(["one", "two", "three"].map((id) => addToxicPair(ctx, { pair: pair(id), reason })));
  expect((await listDuties(await reading())).pairs).toHaveLength(DEFAULT_TOXIC_PAIRS.length + 3);
});

it("refuses a pattern that would stop the next freeze", async () => {
  const broken = { ...pair("broken"), sides: [{ can: "ask", says: "(" }, pair("x").sides[1]] as ReturnType<typeof pair>["sides"] };
  await expect(addToxicPair(await admin(), { pair: broken, reason })).rejects.toMatchObject({
    fields: { "pair.sides.0.says": expect.anything() },
  });
});
