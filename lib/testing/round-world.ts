import { systemActor } from "#lib/authz/actor.ts";
import type { Role } from "#lib/authz/permissions.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import type { CampaignPlanInput } from "#lib/campaigns/plan.ts";
import { reader } from "#lib/db/transact.ts";
import * as make from "./factories.ts";
import { mine, type User, WORDS } from "./review-world.ts";

export const DAY_MS = 86_400_000;
export const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
export const clock = (at: Date) => make.ctxOf(systemActor("clock"), at);
const NAMES = ["boss", "mia", "sam", "zed", "rob", "oli", "ann", "sec", "fay"] as const;
type Name = (typeof NAMES)[number];
export type RoundWorld = {
  campaignId: string;
  owner: User;
  second: User;
  people: Record<Name, string>;
  users: Record<Name, User>;
  source: make.TestSource;
};

/**
 * sam and zed report to mia, mia to boss, oli to ann. sam holds "read" (low), "write" (ordinary) and "admin" (high); zed "write"; the machine
 * of oli "admin", used this week; "spare", of oli too, "admin", never used; and a break-glass identity "admin". rob owns all resources; sec is
 * security; fay is the fallback.
 */
export async function roundWorld(plan: CampaignPlanInput = {}): Promise<RoundWorld> {
  const source = await make.makeSource();
  const people = {} as Record<Name, string>;
  const above: Partial<Record<Name, Name>> = { mia: "boss", sam: "mia", zed: "mia", oli: "ann" };
  for (const name of ["boss", "ann", "mia", "sam", "zed", "rob", "oli", "sec", "fay"] as const) {
    const manager = above[name];
    people[name] = await make.makePerson(source, { name, managerId: manager ? people[manager] : null });
  }
  const roles: Partial<Record<Name, readonly Role[]>> = { sec: ["security_analyst"] };
  const users = {} as Record<Name, User>;
  for (const name of NAMES) users[name] = await make.makeUser({ personId: people[name], roles: roles[name] ?? ["reviewer"], label: name });
  const grave = { privileged: "yes", environment: "prod", sensitivity: "restricted" };
  const read = await make.makeEntitlement(source, { name: "read", resourceOwnerId: people.rob, environment: "dev", sensitivity: "public" });
  const write = await make.makeEntitlement(source, {
    name: "write",
    resourceOwnerId: people.rob,
    environment: "prod",
    sensitivity: "confidential",
  });
  const admin = await make.makeEntitlement(source, { name: "admin", resourceOwnerId: people.rob, ...grave });
  const sam = await make.makeIdentity(source, { name: "sam", personId: people.sam, interactive: "no" });
  const zed = await make.makeIdentity(source, { name: "zed", personId: people.zed });
  const robot = await make.makeIdentity(source, { name: "robot", class: "service", ownerId: people.oli });
  const spare = await make.makeIdentity(source, { name: "spare", class: "service", ownerId: people.oli });
  const glass = await make.makeIdentity(source, { name: "glass", class: "break_glass", ownerId: people.oli });
  for (const entitlement of [read, write, admin]) await make.makeGrant(source, sam, entitlement);
  await make.makeGrant(source, zed, write);
  await make.makeGrant(source, robot, admin, { lastUsedAt: inDays(-2) });
  await make.makeGrant(source, spare, admin, { lastUsedAt: inDays(-400) });
  await make.makeGrant(source, glass, admin);
  const owner = await make.makeUser({ roles: ["campaign_manager"], label: "Owner" });
  const second = await make.makeUser({ roles: ["campaign_manager"], label: "Second" });
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: "Rounds",
    scope: { sourceIds: [source.id] },
    dueAt: inDays(14).toISOString(),
    instructions: "Keep what is needed.",
    fallbackPersonId: people.fay,
    plan,
  });
  return { campaignId, owner, second, people, users, source };
}

export async function launchedRounds(plan: CampaignPlanInput = {}): Promise<RoundWorld> {
  const all = await roundWorld(plan);
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  await launchCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  return all;
}

/** Every open item of theirs, and handed in unless told otherwise. */
export async function answerAll(user: User, campaignId: string, answer: "keep" | "revoke" | "abstain", at = new Date()): Promise<number> {
  const open = (await mine(user, campaignId)).filter(({ state }) => state === "ASSIGNED");
  for (const { id, version } of open)
    await decideItem(make.ctxOf(user, at), { campaignId, itemId: id, answer, rationale: "Looked at it.", version });
  if (open.length > 0) await submitDecisions(make.confirmed(user, at), { campaignId, instructionsVersion: 1, ...WORDS });
  return open.length;
}

/** "sam admin" -> what is asked of each item. */
export async function itemsBy<T extends Record<string, unknown>>(campaignId: string, columns: string): Promise<Record<string, T>> {
  const rows = await reader.rows<{ key: string; row: T }>(
    `SELECT i.identity_name || ' ' || i.entitlement_name AS key, to_jsonb(k) AS row FROM items i CROSS JOIN LATERAL (SELECT ${columns}) k
     WHERE i.campaign_id = $1::uuid`,
    [campaignId],
  );
  return Object.fromEntries(rows.map(({ key, row }) => [key, row]));
}
