import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { setToxicPairs } from "#lib/campaigns/commands/set-toxic-pairs.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { closeCampaign } from "#lib/remediation/commands/close-campaign.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { importUntil } from "../calendar.ts";
import { as, CAMPAIGN_OWNER, confirmed } from "../cast.ts";
import { FORGE } from "../forge.ts";
import { NIMBUS } from "../nimbus.ts";
import { answerItems, ensureReview, everyoneBut, keep, stateOf } from "../review.ts";
import { asJob, asOperator, type Chapter, daysAgo } from "../story.ts";

export const SPRING = "Spring review of production";

/** The first one: everything kept, three accesses gone before anybody had to decide, one left to silence. What the later ones compare with. */
export const springReview: Chapter = {
  title: "a first review, closed in spring",
  isTold: async () => (await stateOf(SPRING)) === "CLOSED",
  async tell(story) {
    await setToxicPairs(asOperator(daysAgo(story, 170)), { pairs: [] });
    const campaignId = await ensureReview(story, {
      name: SPRING,
      sources: [FORGE.name, NIMBUS.name],
      scope: { identityClasses: ["human"], environments: ["prod"] },
      // The first one told nobody that silence decides, so it did not.
      plan: { silence: "unanswered", escalateDaysBefore: null },
      launchedAt: daysAgo(story, 165),
      dueAt: daysAgo(story, 150, 15),
    });
    if ((await stateOf(SPRING)) === "ACTIVE") {
      const early = ["ingrid_vass", "dragan_ilic"];
      for (const login of early) await answerItems(story, { campaignId, login, at: daysAgo(story, 162, 10), judge: keep });
      await importUntil(story, 152);
      for (const [place, login] of everyoneBut("beatriz_amado", ...early).entries())
        await answerItems(story, { campaignId, login, at: daysAgo(story, 151, 8 + place / 3), judge: keep });
    }
    const at = daysAgo(story, 149, 9);
    const owner = await as(story, CAMPAIGN_OWNER, at);
    if ((await stateOf(SPRING)) === "ACTIVE") await closeDecisions(owner, { campaignId });
    if ((await stateOf(SPRING)) === "CLOSING") {
      const input = { campaignId, attestation: "I looked at the outcomes and answer for them." };
      await confirmed(owner, { action: "campaign.sign_off", input }, signOff);
    }
    await planRemediations(asJob(at), { campaignId });
    await closeCampaign(owner, { campaignId, openRemediationIds: [] });
  },
};
