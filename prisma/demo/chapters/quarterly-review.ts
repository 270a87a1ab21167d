import { setToxicPairs } from "#lib/campaigns/commands/set-toxic-pairs.ts";
import { DEFAULT_TOXIC_PAIRS } from "#lib/campaigns/duties.ts";
import { reader } from "#lib/db/transact.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { importUntil } from "../calendar.ts";
import { NIMBUS } from "../nimbus.ts";
import { answerItems, ensureReview, findReview, type Judge, revoking } from "../review.ts";
import { asJob, asOperator, type Chapter, chance, daysAgo } from "../story.ts";
import { DATABASE } from "./database.ts";

export const QUARTERLY = "Q4 access review";

const decided = revoking({
  "Dylan Cooper: Member of support-tier2": "Never used it in six weeks.",
  "Arjun Pillai: Member of support-tier2": "Works in Product since autumn.",
});

/** Every other subject is answered so far. */
const half: Judge = (item) => (chance(`half ${item.identity}`, 2) === 0 ? decided(item) : null);

const DONE = ["astrid_nyberg", "nkechi_obi", "gunnar_falk", "dragan_ilic", "beatriz_amado", "rasmus_lund", "saskia_holm"];
const BEGUN = ["mara_lindt", "ingrid_vass"];

/** Half done: seven reviewers handed in, two have drafts, the others have not begun. */
export const quarterlyReview: Chapter = {
  title: "this quarter's review, half done",
  async isTold() {
    const found = await findReview(QUARTERLY);
    if (!found) return false;
    const drafted = await reader.rows(
      "SELECT FROM decisions WHERE campaign_id = $1::uuid AND answer <> 'withdrawn' AND reviewer_id = (SELECT id FROM people WHERE user_name = $2::text) LIMIT 1",
      [found.id, BEGUN.at(-1) ?? ""],
    );
    return drafted.length > 0;
  },
  async tell(story) {
    // From this one on the company looks for duties that do not go together.
    if (!(await findReview(QUARTERLY))) await setToxicPairs(asOperator(daysAgo(story, 10)), { pairs: [...DEFAULT_TOXIC_PAIRS] });
    const campaignId = await ensureReview(story, {
      name: QUARTERLY,
      sources: [DATABASE, NIMBUS.name],
      launchedAt: daysAgo(story, 9),
      dueAt: daysAgo(story, -10, 16),
    });
    for (const [place, login] of DONE.entries()) {
      const at = daysAgo(story, 8 - place, 10 + (place % 4));
      await answerItems(story, { campaignId, login, at, judge: decided });
      await planRemediations(asJob(at), { campaignId });
    }
    await importUntil(story, 2);
    for (const [place, login] of BEGUN.entries())
      await answerItems(story, { campaignId, login, at: daysAgo(story, 2, 14 + place), judge: half, handIn: false });
  },
};
