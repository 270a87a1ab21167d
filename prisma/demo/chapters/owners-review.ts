import { reader } from "#lib/db/transact.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { personIdOf } from "../cast.ts";
import { FORGE } from "../forge.ts";
import { NIMBUS } from "../nimbus.ts";
import { answerItems, ensureReview, findReview, type Judge, revoking } from "../review.ts";
import { asJob, type Chapter, daysAgo } from "../story.ts";

export const OWNERS = "Service and pipeline review";

/** Who answered, and what they would not keep. Everybody else is late. */
const ANSWERED: readonly { login: string; day: number; judge: Judge }[] = [
  {
    login: "ingrid_vass",
    day: 33,
    judge: revoking({
      "release-bot: Administrator of infra": "It tags releases and never used this.",
      "deployer-refunds: Deploy operator of production": "Nothing was deployed by it since October; payments deploys refunds as well.",
    }),
  },
  { login: "saskia_holm", day: 28, judge: revoking({}) },
  { login: "beatriz_amado", day: 22, judge: revoking({}) },
];

/** Overdue: launched forty days ago, due twelve days ago, answered by three. */
export const ownersReview: Chapter = {
  title: "a review of services and pipelines, overdue",
  async isTold() {
    const found = await findReview(OWNERS);
    if (!found) return false;
    // Whoever answers for a machine is not asked about it, so that one of them may have nothing to hand in.
    const open = await reader.rows(
      "SELECT FROM items WHERE campaign_id = $1::uuid AND reviewer_id = ANY ($2::uuid[]) AND state IN ('ASSIGNED', 'DRAFTED') LIMIT 1",
      [found.id, await Promise.all(ANSWERED.map(({ login }) => personIdOf(login)))],
    );
    return open.length === 0;
  },
  async tell(story) {
    const campaignId = await ensureReview(story, {
      name: OWNERS,
      sources: [FORGE.name, NIMBUS.name],
      scope: { identityClasses: ["service", "pipeline", "workload", "shared", "break_glass"] },
      // Nothing is handed up the chain, so that it stays with those who are late; its page says what closing would leave to silence.
      plan: { escalateDaysBefore: null },
      launchedAt: daysAgo(story, 40),
      dueAt: daysAgo(story, 12, 16),
    });
    for (const { login, day, judge } of ANSWERED) {
      const at = daysAgo(story, day, 13);
      await answerItems(story, { campaignId, login, at, judge });
      await planRemediations(asJob(at), { campaignId });
    }
  },
};
