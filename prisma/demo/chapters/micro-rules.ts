import { setMicroRule } from "#lib/campaigns/commands/micro.ts";
import { MICRO_RULES } from "#lib/campaigns/micro.ts";
import { reader } from "#lib/db/transact.ts";
import { as, CAMPAIGN_OWNER } from "../cast.ts";
import type { Chapter } from "../story.ts";

/**
 * What happens from here on is put before somebody at once: the owner of the campaigns has switched the rules on, but for the one that would
 * start the most. Its page says what it would have started.
 */
export const microRules: Chapter = {
  title: "rules that start a review by themselves",
  isTold: async () => (await reader.rows("SELECT FROM settings WHERE key = 'campaigns.micro'")).length > 0,
  async tell(story) {
    const ctx = await as(story, CAMPAIGN_OWNER, story.now);
    for (const rule of MICRO_RULES.filter((each) => each !== "new_privileged_grant")) await setMicroRule(ctx, { rule, isOn: true });
  },
};
