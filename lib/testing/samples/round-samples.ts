import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { setDelegation } from "#lib/campaigns/commands/delegate.ts";
import { requestExtension } from "#lib/campaigns/commands/extend.ts";
import { requestCorrection } from "#lib/campaigns/commands/follow-up.ts";
import { requestIndependenceOverride } from "#lib/campaigns/commands/override-independence.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { reader } from "#lib/db/transact.ts";
import { closeCampaign } from "#lib/remediation/commands/close-campaign.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import * as make from "../factories.ts";
import { WORDS } from "../review-world.ts";
import { answerAll, clock, inDays, launchedRounds, type RoundWorld } from "../round-world.ts";
import type { Samples } from "./sample.ts";

const reason = "It has to be.";
const chain = ["manager" as const, "resource_owner" as const, "fallback" as const];

async function itemOf({ campaignId }: RoundWorld, label: string): Promise<string> {
  const [row] = await reader.rows<{ id: string }>(
    `SELECT id FROM items WHERE campaign_id = $1::uuid AND identity_name || ' ' || entitlement_name = $2::text`,
    [campaignId, label],
  );
  return row?.id ?? "";
}

/** Nothing answered, nothing decided, signed off and over. */
async function closed(): Promise<RoundWorld> {
  const all = await launchedRounds({ silence: "unanswered", escalateDaysBefore: null });
  await closeDecisions(make.ctxOf(all.owner, inDays(15)), { campaignId: all.campaignId });
  await signOff(make.confirmed(all.owner), { campaignId: all.campaignId, ...WORDS });
  await planRemediations(clock(new Date()), { campaignId: all.campaignId });
  const [row] = await reader.rows<{ state: string }>(`SELECT state::text AS state FROM campaigns WHERE id = $1::uuid`, [all.campaignId]);
  if (row?.state !== "CLOSED")
    await closeCampaign(make.confirmed(all.owner), { campaignId: all.campaignId, openRemediationIds: [], reason });
  return all;
}

const away = ({ people }: RoundWorld) => ({
  toPersonId: people.ann,
  startsAt: inDays(0).toISOString(),
  endsAt: inDays(5).toISOString(),
  reason: "On leave.",
});

export const roundSamples: Samples = {
  "campaign.advance": async () => {
    const all = await launchedRounds({
      rounds: [
        { name: "One", chain, endsDaysBefore: 7 },
        { name: "Two", chain },
      ],
    });
    for (const name of ["mia", "rob"] as const) await answerAll(all.users[name], all.campaignId, "keep");
    return { by: all.owner, input: { campaignId: all.campaignId } };
  },
  "campaign.request_extension": async () => {
    const { owner, campaignId } = await launchedRounds();
    return { by: owner, input: { campaignId, dueAt: inDays(30).toISOString(), reason } };
  },
  "campaign.confirm_extension": async () => {
    const { owner, second, campaignId } = await launchedRounds();
    const { requestId } = await requestExtension(make.ctxOf(owner), { campaignId, dueAt: inDays(30).toISOString(), reason });
    return { by: second, input: { requestId } };
  },
  "campaign.archive": async () => {
    const { owner, campaignId } = await closed();
    return { by: owner, input: { campaignId, reason } };
  },
  "campaign.start_child": async () => {
    const { owner, campaignId } = await closed();
    return { by: owner, input: { campaignId, dueAt: inDays(30).toISOString() } };
  },
  "item.request_correction": async () => {
    const all = await closed();
    return { by: all.owner, input: { campaignId: all.campaignId, itemId: await itemOf(all, "sam read"), reason } };
  },
  "item.confirm_correction": async () => {
    const all = await closed();
    const input = { campaignId: all.campaignId, itemId: await itemOf(all, "sam read"), reason };
    const { requestId } = await requestCorrection(make.ctxOf(all.owner), input);
    return { by: all.second, input: { requestId } };
  },
  "item.request_independence_override": async () => {
    const all = await launchedRounds();
    const itemId = await itemOf(all, "robot admin");
    return { by: all.owner, input: { campaignId: all.campaignId, itemId, personId: all.people.oli, reason } };
  },
  "item.confirm_independence_override": async () => {
    const all = await launchedRounds();
    const input = { campaignId: all.campaignId, itemId: await itemOf(all, "robot admin"), personId: all.people.oli, reason };
    const { requestId } = await requestIndependenceOverride(make.ctxOf(all.owner), input);
    return { by: all.second, input: { requestId } };
  },
  "delegation.set": async () => {
    const all = await launchedRounds();
    return { by: all.users.mia, input: away(all) };
  },
  "delegation.revoke": async () => {
    const all = await launchedRounds();
    const { delegationId } = await setDelegation(make.ctxOf(all.users.mia), away(all));
    return { by: all.users.mia, input: { delegationId } };
  },
};
