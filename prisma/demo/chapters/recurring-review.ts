import { saveScope } from "#lib/campaigns/commands/saved-scopes.ts";
import { saveTemplate } from "#lib/campaigns/commands/templates.ts";
import { reader } from "#lib/db/transact.ts";
import { as, CAMPAIGN_OWNER, FALLBACK, personIdOf } from "../cast.ts";
import { requiredSource } from "../exports.ts";
import { FORGE } from "../forge.ts";
import { NIMBUS } from "../nimbus.ts";
import { type Chapter, daysAgo } from "../story.ts";

export const RECURRING = "Quarterly review of production";
export const UNUSED = "Unused for 90 days";

/** A template whose first start is one to two months ahead, and a query to begin from. */
export const recurringReview: Chapter = {
  title: "a review that comes again each quarter",
  async isTold() {
    const found = await reader.rows("SELECT FROM saved_scopes WHERE name = $1::text", [UNUSED]);
    return found.length > 0;
  },
  async tell(story) {
    const sourceIds = await Promise.all([FORGE.name, NIMBUS.name].map(requiredSource));
    const owner = await as(story, CAMPAIGN_OWNER, daysAgo(story, 20));
    await saveTemplate(owner, {
      templateId: await madeBefore(),
      body: {
        name: RECURRING,
        scope: { sourceIds, environments: ["prod"] },
        plan: { carryCycles: 2 },
        instructions: "Keep what is needed for the work of this quarter, and say why of what is privileged.",
        zone: "Europe/Vienna",
        fallbackPersonId: await personIdOf(FALLBACK),
        recurrence: { every: "quarter", on: 1, from: ((story.now.getUTCMonth() + 2) % 12) + 1, at: "09:00" },
      },
    });
    await saveScope(owner, { name: UNUSED, scope: { sourceIds, unusedDays: 90 } });
  },
};

/** An interrupted set-up goes on with the template that it made. */
async function madeBefore(): Promise<string | null> {
  const [row] = await reader.rows<{ id: string }>("SELECT id FROM campaign_templates WHERE name = $1::text", [RECURRING]);
  return row?.id ?? null;
}
