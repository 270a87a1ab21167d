import { systemActor } from "#lib/authz/actor.ts";
import { startCycles } from "#lib/campaigns/commands/cycles.ts";
import { saveScope } from "#lib/campaigns/commands/saved-scopes.ts";
import { saveTemplate } from "#lib/campaigns/commands/templates.ts";
import * as make from "../factories.ts";
import { type World, world } from "../review-world.ts";
import type { Samples } from "./sample.ts";

let turn = 0;
const bodyOf = ({ source }: World) => {
  turn += 1;
  return {
    name: `Each week ${turn} ${source.id}`,
    scope: { sourceIds: [source.id] },
    instructions: "Keep what is needed.",
    recurrence: { every: "week", on: 1 } as const,
  };
};

async function saved(at = new Date()): Promise<World & { templateId: string }> {
  const all = await world();
  const { templateId } = await saveTemplate(make.ctxOf(all.owner, at), { body: bodyOf(all) });
  return { ...all, templateId };
}

export const templateSamples: Samples = {
  "campaign_template.save": async () => {
    const all = await world();
    return { by: all.owner, input: { body: bodyOf(all) } };
  },
  "campaign_template.retire": async () => {
    const { owner, templateId } = await saved();
    return { by: owner, input: { templateId } };
  },
  "campaign_template.explain_cycle": async () => {
    const { owner, templateId } = await saved(new Date("2026-01-01T00:00:00Z"));
    await startCycles(make.ctxOf(systemActor("campaign.cycles"), new Date("2026-01-14T00:00:00Z")), { templateId });
    return { by: owner, input: { templateId, cycleAt: "2026-01-05T09:00:00.000Z", reason: "Nothing ran." } };
  },
  "campaign.save_scope": async () => {
    const { owner, source } = await world();
    return { by: owner, input: { name: `Unused in ${source.id}`, scope: { sourceIds: [source.id], unusedDays: 90 } } };
  },
  "campaign.retire_scope": async () => {
    const { owner, source } = await world();
    const { savedScopeId } = await saveScope(make.ctxOf(owner), { name: `All of ${source.id}`, scope: { sourceIds: [source.id] } });
    return { by: owner, input: { savedScopeId } };
  },
};
