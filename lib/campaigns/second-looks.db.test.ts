import { expect, it } from "vitest";
import { campaignScope, reviewerScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { DUE, mine, WORDS, world } from "#lib/testing/review-world.ts";
import { closeDecisions } from "./commands/close.ts";
import { createCampaign } from "./commands/create.ts";
import { decideItem } from "./commands/decide.ts";
import { drawSecondLook } from "./commands/draw-second-look.ts";
import { launchCampaign } from "./commands/launch.ts";
import { lookAgain } from "./commands/look-again.ts";
import { signOff } from "./commands/sign-off.ts";
import { stageCampaign } from "./commands/stage.ts";
import { submitDecisions } from "./commands/submit.ts";
import { getCampaign, getItem } from "./queries.ts";
import { listLooksWaiting, listMyLooks } from "./second-looks.sql.ts";
import { listSecondReviewers } from "./second-reviewers.sql.ts";

ownTestDatabase();

const KEEPS = 24;

/** Mia keeps 24 privileged items in two seconds each and hands them in; decisions are closed. */
async function rushed() {
  const { source, owner, people, mia } = await world();
  const admin = await Promise.all(
    Array.from({ length: KEEPS }, (_, at) => make.makeEntitlement(source, { name: `admin ${at}`, privileged: "yes", environment: "prod" })),
  );
  const identity = await make.makeIdentity(source, { name: "zed-admin", personId: people.zed });
  for (const entitlement of admin) await make.makeGrant(source, identity, entitlement);
  const scope = { sourceIds: [source.id], privilegedOnly: true };
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "Admins",
    scope,
    dueAt: DUE(),
    instructions: "Keep what is needed.",
    fallbackPersonId: people.fay,
  });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await launchCampaign(make.ctxOf(owner), { campaignId });
  for (const { id, version } of await mine(mia, campaignId))
    await decideItem(make.ctxOf(mia), { campaignId, itemId: id, version, answer: "keep", rationale: "Needed.", seconds: 2 });
  await submitDecisions(make.confirmed(mia), { campaignId, instructionsVersion: 1, ...WORDS });
  await closeDecisions(make.ctxOf(owner), { campaignId });
  const rob = await make.makeUser({ personId: people.rob, roles: ["reviewer"], label: "Rob" });
  return { campaignId, owner, mia, rob, people };
}

it("has what was kept in a rush looked at again before the sign-off, by somebody else, from a draw that nobody chooses", async () => {
  const { campaignId, owner, mia, rob, people } = await rushed();
  const page = await getCampaign(campaignScope(owner), campaignId);
  expect(page?.quality).toMatchObject([
    { reviewerId: people.mia, decided: 25, medianSeconds: 2, privilegedKept: 25, privilegedKeepViewed: 0, bulk: 0 },
  ]);
  expect(page?.checklist.find(({ code }) => code === "second_look_drawn")).toMatchObject({
    isMet: false,
    text: expect.stringMatching(/^Mia kept/),
  });
  await expect(signOff(make.confirmed(owner), { campaignId, ...WORDS })).rejects.toThrow(/look at a sample again/);
  const draw = (toPersonId: string) => drawSecondLook(make.ctxOf(owner), { campaignId, reviewerId: people.mia, toPersonId });
  await expect(draw(people.mia)).rejects.toMatchObject({ code: "INVALID" });
  await expect(draw(people.boss)).rejects.toThrow(/no user here/);
  expect(await draw(people.rob)).toEqual({ looks: 5, of: 25 });
  expect((await make.auditOf("campaign.second_look_drawn")).at(-1)).toMatchObject({
    data: { campaignId, looks: 5, of: 25, ruleVersion: 1, reasons: ["many_privileged_keeps", "seconds_each", "evidence_unopened"] },
  });
  expect(await listLooksWaiting(reviewerScope(rob))).toMatchObject([{ campaignId, looks: 5 }]);
  const looks = await listMyLooks(reviewerScope(rob), campaignId);
  expect(await getItem(reviewerScope(rob), campaignId, looks[0]?.id ?? "")).toMatchObject({ id: looks[0]?.id });
  await expect(signOff(make.confirmed(owner), { campaignId, ...WORDS })).rejects.toThrow(/5 of 5 second looks waiting/);
  const [first, ...rest] = looks;
  const look = (lookId = "", answer: "keep" | "revoke" = "keep", rationale: string | null = null) =>
    lookAgain(make.ctxOf(rob), { lookId, answer, rationale });
  await expect(look(first?.lookId, "revoke")).rejects.toMatchObject({ code: "INVALID" });
  await expect(lookAgain(make.ctxOf(mia), { lookId: first?.lookId ?? "", answer: "keep" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const both = await Promise.allSettled([look(first?.lookId, "revoke", "Has not used it."), look(first?.lookId, "keep")]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  for (const { lookId } of rest) expect(await look(lookId)).toEqual({ agrees: true });
  expect((await make.auditOf("campaign_item.looked_at_again")).filter(({ data }) => data.campaignId === campaignId)).toHaveLength(5);
  expect(await signOff(make.confirmed(owner), { campaignId, ...WORDS })).toMatchObject({ counts: { keep: 25 } });
});

it("proposes who is independent of the access and of the first reviewer, least busy first, and says why others are not", async () => {
  const { campaignId, owner, people } = await rushed();
  const names = { ...people, ann: await make.makePerson(await make.makeSource(), { name: "Ann" }) };
  for (const name of ["sam", "zed", "boss", "ann"] as const)
    await make.makeUser({ personId: names[name], roles: name === "ann" ? ["auditor"] : ["reviewer"], label: name });
  // Rob has an item of this campaign to answer, Boss too; Fay has no user.
  const scope = campaignScope(owner);
  const about = { campaignId, reviewerId: people.mia };
  const proposed = await listSecondReviewers(scope, about, "");
  const ours = ({ personId }: { personId: string }) => Object.values(names).includes(personId);
  expect(proposed.filter((one) => ours(one) && one.refusals.length === 0).map(({ name, open, free }) => [name, open, free])).toEqual([
    ["Boss", 0, 25],
    ["Rob", 0, 25],
  ]);
  const asked = async (q: string) =>
    (await listSecondReviewers(scope, about, q)).filter(ours).map(({ name, refusals, dependsBy }) => [name, refusals, dependsBy]);
  expect(await asked("mia")).toEqual([["Mia", ["decided_them"], ["held_before"]]]);
  expect(await asked("sam")).toEqual([["Sam", ["reviewers_report"], ["self"]]]);
  expect(await asked("fay")).toEqual([["Fay", ["no_sign_in"], []]]);
  expect(await asked("ann")).toEqual([["Ann", ["no_role"], []]]);
  const draw = (toPersonId: string) => drawSecondLook(make.ctxOf(owner), { campaignId, reviewerId: people.mia, toPersonId });
  await expect(draw(people.sam)).rejects.toThrow(/their own manager decided/);
  await expect(draw(names.ann)).rejects.toThrow(/no role that decides/);
  expect(await draw(people.boss)).toEqual({ looks: 5, of: 25 });
  expect((await listSecondReviewers(scope, about, "boss")).find(ours)).toMatchObject({ open: 5, free: 20, of: 20 });
});

it("keeps draws and answers as they were written", async () => {
  const { campaignId, owner, people, rob } = await rushed();
  await drawSecondLook(make.ctxOf(owner), { campaignId, reviewerId: people.mia, toPersonId: people.rob });
  const [look] = await listMyLooks(reviewerScope(rob), campaignId);
  await lookAgain(make.ctxOf(rob), { lookId: look?.lookId ?? "", answer: "keep" });
  for (const change of ["UPDATE second_looks SET seed = ''", "UPDATE second_look_answers SET agrees = false", "DELETE FROM second_looks"])
    await expect(reader.rows(change)).rejects.toThrow(/permission denied|append-only/);
});
