import type { Actor } from "#lib/authz/actor.ts";
import { reviewerScope } from "#lib/authz/scope.ts";
import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { listReviewItems } from "#lib/campaigns/queries.ts";
import { itemListParams } from "#lib/campaigns/schema.ts";
import * as make from "./factories.ts";

export type User = Extract<Actor, { kind: "user" }>;
export type World = {
  source: make.TestSource;
  people: Record<"boss" | "mia" | "sam" | "rob" | "fay" | "zed", string>;
  owner: User;
  mia: User;
  rob: User;
  second: User;
  campaignId: string;
};

export const DUE = () => new Date(Date.now() + 14 * 86_400_000).toISOString();
export const WORDS = { attestation: "I looked at each of these and answer for them." };

/** sam and zed report to mia, mia to boss. Six items: sam's three, zed's one, mia's one (goes to boss), a machine's one (goes to rob). */
export async function world(): Promise<World> {
  const source = await make.makeSource();
  const boss = await make.makePerson(source, { name: "Boss" });
  const mia = await make.makePerson(source, { name: "Mia", managerId: boss });
  const sam = await make.makePerson(source, { name: "Sam", managerId: mia });
  const zed = await make.makePerson(source, { name: "Zed", managerId: mia });
  const rob = await make.makePerson(source, { name: "Rob" });
  const fay = await make.makePerson(source, { name: "Fay" });
  const [read, write, admin] = await Promise.all([
    make.makeEntitlement(source, { name: "read", resourceOwnerId: rob }),
    make.makeEntitlement(source, { name: "write", resourceOwnerId: rob }),
    make.makeEntitlement(source, {
      name: "admin",
      resourceOwnerId: rob,
      privileged: "yes",
      environment: "prod",
      sensitivity: "restricted",
    }),
  ]);
  await make.makeReach(admin, write, admin, 1);
  await make.makeReach(admin, read, write, 2);
  const samId = await make.makeIdentity(source, { name: "sam", personId: sam });
  for (const entitlement of [read, write, admin]) await make.makeGrant(source, samId, entitlement);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "zed", personId: zed }), read);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "mia", personId: mia }), read);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "robot", class: "service", ownerId: sam }), write);
  const owner = await make.makeUser({ roles: ["campaign_manager"], label: "Owner" });
  const second = await make.makeUser({ roles: ["security_analyst", "campaign_manager"], label: "Second" });
  const miaUser = await make.makeUser({ personId: mia, roles: ["reviewer"] });
  const robUser = await make.makeUser({ personId: rob, roles: ["reviewer"] });
  const scope = { sourceIds: [source.id] };
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "Quarterly",
    scope,
    dueAt: DUE(),
    instructions: "Keep what is needed.",
    fallbackPersonId: fay,
  });
  return { source, people: { boss, mia, sam, rob, fay, zed }, owner, mia: miaUser, rob: robUser, second, campaignId };
}

export async function launched(): Promise<World> {
  const all = await world();
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  await launchCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  return all;
}

export const mine = async (user: User, campaignId: string) =>
  (await listReviewItems(reviewerScope(user), campaignId, itemListParams.parse({}))).rows;
export const itemNamed = async (user: User, campaignId: string, identity: string, entitlement: string) => {
  const found = (await mine(user, campaignId)).find((row) => row.identityName === identity && row.entitlementName === entitlement);
  if (!found) throw new Error(`No item ${identity} ${entitlement}`);
  return found;
};
/** Every item answered, handed in, closed. */
export async function closing(answers: Partial<Record<string, "keep" | "revoke">> = {}): Promise<World> {
  const all = await launched();
  const boss = await make.makeUser({ personId: all.people.boss, roles: ["reviewer"] });
  for (const user of [all.mia, all.rob, boss]) {
    for (const row of await mine(user, all.campaignId)) {
      const answer = answers[`${row.identityName} ${row.entitlementName}`] ?? "keep";
      await decideItem(make.ctxOf(user), {
        campaignId: all.campaignId,
        itemId: row.id,
        answer,
        rationale: "Looked at it.",
        version: row.version,
      });
    }
    await submitDecisions(make.confirmed(user), { campaignId: all.campaignId, instructionsVersion: 1, ...WORDS });
  }
  await closeDecisions(make.ctxOf(all.owner), { campaignId: all.campaignId });
  return all;
}

/** Two grants that a later sync saw first: sam's to something new, and one of somebody new. */
export async function grantedSince(all: World): Promise<{ runId: string; grantIds: string[] }> {
  const runId = await make.makeRun(all.source.id, { startedAt: new Date(Date.now() + 1000) });
  const extra = await make.makeEntitlement(all.source, { name: "extra" });
  const holders = [
    await make.makeIdentity(all.source, { name: "sam-2", personId: all.people.sam }),
    await make.makeIdentity(all.source, { name: "zed-2", personId: all.people.zed }),
  ];
  const grantIds = await Promise.all(holders.map((holder) => make.makeGrant(all.source, holder, extra, { runId })));
  return { runId, grantIds };
}
