import { reviewerScope } from "#lib/authz/scope.ts";
import { requestCancel } from "#lib/campaigns/commands/cancel.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { drawSecondLook } from "#lib/campaigns/commands/draw-second-look.ts";
import { requestBlockOverride } from "#lib/campaigns/commands/override.ts";
import { pauseCampaign } from "#lib/campaigns/commands/pause.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { DEFAULT_TOXIC_PAIRS, type ToxicPair } from "#lib/campaigns/duties.ts";
import { listMyLooks } from "#lib/campaigns/second-looks.sql.ts";
import { carriedForward } from "../carried.ts";
import * as make from "../factories.ts";
import { closing, DUE, grantedSince, itemNamed, launched, mine, type User, WORDS, type World, world } from "../review-world.ts";
import { type Samples, somebody } from "./sample.ts";

const reason = "It has to be.";
const setupOf = ({ source, people }: World) => ({
  name: "Another review",
  scope: { sourceIds: [source.id] },
  dueAt: DUE(),
  instructions: "Keep what is needed.",
  fallbackPersonId: people.fay,
});

async function staged(): Promise<World> {
  const all = await world();
  await stageCampaign(make.ctxOf(all.owner), { campaignId: all.campaignId });
  return all;
}

/** Over a source whose last run is long ago. */
async function blocked(): Promise<{ owner: User; campaignId: string }> {
  const source = await make.makeSource(undefined, { daysAgo: 400 });
  const identity = await make.makeIdentity(source, { personId: await make.makePerson(source) });
  await make.makeGrant(source, identity, await make.makeEntitlement(source));
  const owner = await somebody("campaign_manager");
  const setup = { name: "Blocked", scope: { sourceIds: [source.id] }, dueAt: DUE(), instructions: "Keep what is needed." };
  const { campaignId } = await createCampaign(make.ctxOf(owner), setup);
  await stageCampaign(make.ctxOf(owner), { campaignId });
  return { owner, campaignId };
}

const say = { answer: "keep", rationale: "Needed for the work." } as const;

/** Everything of one reviewer's answered, nothing handed in. */
async function answered(): Promise<World> {
  const all = await launched();
  for (const { id, version } of await mine(all.mia, all.campaignId))
    await decideItem(make.ctxOf(all.mia), { campaignId: all.campaignId, itemId: id, version, ...say });
  return all;
}

async function submitted(): Promise<World> {
  const all = await answered();
  await submitDecisions(make.confirmed(all.mia), { campaignId: all.campaignId, instructionsVersion: 1, ...WORDS });
  return all;
}

function pairOf(at: number): ToxicPair {
  const pair = DEFAULT_TOXIC_PAIRS[at];
  if (!pair) throw new Error("There is no such pair.");
  return pair;
}

export const campaignSamples: Samples = {
  "campaign.set_micro_rule": async () => ({ by: await somebody("campaign_manager"), input: { rule: "mover", isOn: true } }),
  "duties.add_pair": async () => ({ by: await somebody("administrator"), input: { pair: { ...pairOf(1), id: "sample_one" }, reason } }),
  "duties.end_pair": async () => ({ by: await somebody("administrator"), input: { pairId: pairOf(0).id, reason } }),
  "campaign.remind": async () => {
    const { owner, campaignId } = await launched();
    return { by: owner, input: { campaignId } };
  },
  "campaign.create": async () => {
    const all = await world();
    return { by: all.owner, input: setupOf(all) };
  },
  "campaign.change": async () => {
    const all = await world();
    return { by: all.owner, input: { campaignId: all.campaignId, ...setupOf(all) } };
  },
  "campaign.collect": async () => {
    const { owner, campaignId } = await world();
    return { by: owner, input: { campaignId } };
  },
  "campaign.request_override": async () => {
    const { owner, campaignId } = await blocked();
    return { by: owner, input: { campaignId, reason } };
  },
  "campaign.confirm_override": async () => {
    const { owner, campaignId } = await blocked();
    const { requestId } = await requestBlockOverride(make.ctxOf(owner), { campaignId, reason });
    return { by: await somebody("security_analyst"), input: { requestId } };
  },
  "campaign.launch": async () => {
    const { owner, campaignId } = await staged();
    return { by: owner, input: { campaignId } };
  },
  "campaign.discard_population": async () => {
    const { owner, campaignId } = await staged();
    return { by: owner, input: { campaignId, reason } };
  },
  "campaign.review_since_freeze": async () => {
    const all = await launched();
    await grantedSince(all);
    return { by: all.owner, input: { campaignId: all.campaignId } };
  },
  "campaign.set_fallback": async () => {
    const { owner, campaignId, people } = await staged();
    return { by: owner, input: { campaignId, personId: people.boss } };
  },
  "campaign.pause": async () => {
    const { owner, campaignId } = await launched();
    return { by: owner, input: { campaignId, reason } };
  },
  "campaign.resume": async () => {
    const { owner, campaignId } = await launched();
    await pauseCampaign(make.ctxOf(owner), { campaignId, reason });
    return { by: owner, input: { campaignId, reason } };
  },
  "campaign.request_cancel": async () => {
    const { owner, campaignId } = await launched();
    return { by: owner, input: { campaignId, reason } };
  },
  "campaign.confirm_cancel": async () => {
    const { owner, second, campaignId } = await launched();
    const { requestId } = await requestCancel(make.ctxOf(owner), { campaignId, reason });
    return { by: second, input: { requestId } };
  },
  "item.submit": async () => {
    const { mia, campaignId } = await answered();
    return { by: mia, input: { campaignId, instructionsVersion: 1, ...WORDS } };
  },
  "item.attest_carried": async () => {
    const { mia, nextId } = await carriedForward();
    return { by: mia, input: { campaignId: nextId, items: 3 } };
  },
  "item.reassign": async () => {
    const { owner, mia, campaignId, people } = await launched();
    const { id } = await itemNamed(mia, campaignId, "sam", "read");
    return { by: owner, input: { campaignId, itemIds: [id], toPersonId: people.fay, reason } };
  },
  "item.reopen": async () => {
    const { owner, mia, campaignId } = await submitted();
    const { id } = await itemNamed(mia, campaignId, "sam", "read");
    return { by: owner, input: { campaignId, itemId: id, reason } };
  },
  "campaign.draw_second_look": async () => {
    const { owner, people, campaignId } = await submitted();
    return { by: owner, input: { campaignId, reviewerId: people.mia, toPersonId: people.rob } };
  },
  "item.look_again": async () => {
    const { owner, rob, people, campaignId } = await submitted();
    await drawSecondLook(make.ctxOf(owner), { campaignId, reviewerId: people.mia, toPersonId: people.rob });
    const [look] = await listMyLooks(reviewerScope(rob), campaignId);
    return { by: rob, input: { lookId: look?.lookId, answer: "keep" } };
  },
  "campaign.close_decisions": async () => {
    const { owner, campaignId } = await pastDue();
    return { by: owner, input: { campaignId } };
  },
  "campaign.sign_off": async () => {
    const { owner, campaignId } = await closing();
    return { by: owner, input: { campaignId, ...WORDS } };
  },
  "POST campaign.preview": async () => {
    const { owner, source, people } = await world();
    return { by: owner, input: { scope: { sourceIds: [source.id] }, fallbackPersonId: people.fay } };
  },
  "POST item.decide": async () => {
    const { mia, campaignId } = await launched();
    const { id, version } = await itemNamed(mia, campaignId, "sam", "read");
    return { by: mia, input: { version, ...say }, params: { campaignId, itemId: id } };
  },
  "POST item.withdraw": async () => {
    const { mia, campaignId } = await answered();
    const { id, version } = await itemNamed(mia, campaignId, "sam", "read");
    return { by: mia, input: { version }, params: { campaignId, itemId: id } };
  },
  "POST item.decide_many": async () => {
    const { mia, campaignId } = await launched();
    const { id, version } = await itemNamed(mia, campaignId, "zed", "read");
    return { by: mia, input: { items: [{ itemId: id, version }], ...say }, params: { campaignId } };
  },
};

/** Everybody has handed in, so that decisions may be closed before the deadline. */
async function pastDue(): Promise<World> {
  const all = await launched();
  const boss = await make.makeUser({ personId: all.people.boss, roles: ["reviewer"] });
  for (const user of [all.mia, all.rob, boss]) {
    for (const { id, version } of await mine(user, all.campaignId))
      await decideItem(make.ctxOf(user), { campaignId: all.campaignId, itemId: id, version, ...say });
    await submitDecisions(make.confirmed(user), { campaignId: all.campaignId, instructionsVersion: 1, ...WORDS });
  }
  return all;
}
