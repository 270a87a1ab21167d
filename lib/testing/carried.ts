import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import * as make from "./factories.ts";
import { closing, DUE, WORDS, type World } from "./review-world.ts";

/** The next campaign over the world's source, which carries forward. */
export async function nextCycle(all: World, carryCycles = 2): Promise<string> {
  const { campaignId } = await createCampaign(make.ctxOf(all.owner), {
    name: "The next one",
    scope: { sourceIds: [all.source.id] },
    dueAt: DUE(),
    instructions: "Keep what is needed.",
    fallbackPersonId: all.people.fay,
    plan: { carryCycles },
  });
  await stageCampaign(make.ctxOf(all.owner), { campaignId });
  return campaignId;
}

type Between = (all: World) => Promise<unknown>;
type Hooks = { beforeSignOff?: Between; between?: Between };

/** Everything was kept and signed off; `between` happens before the next campaign is frozen. */
export async function carriedForward({ beforeSignOff, between }: Hooks = {}): Promise<World & { nextId: string }> {
  const all = await closing();
  await beforeSignOff?.(all);
  await signOff(make.confirmed(all.owner), { campaignId: all.campaignId, ...WORDS });
  await between?.(all);
  const nextId = await nextCycle(all);
  await launchCampaign(make.ctxOf(all.owner), { campaignId: nextId });
  return { ...all, nextId };
}
