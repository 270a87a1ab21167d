import { campaignScope } from "#lib/authz/scope.ts";
import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { drawSecondLook } from "#lib/campaigns/commands/draw-second-look.ts";
import { lookAgain } from "#lib/campaigns/commands/look-again.ts";
import { listSecondReviewers } from "#lib/campaigns/second-reviewers.sql.ts";
import { reader } from "#lib/db/transact.ts";
import { importUntil } from "../calendar.ts";
import { as, CAMPAIGN_OWNER, CAST, FALLBACK, personIdOf } from "../cast.ts";
import { employeeOf } from "../company.ts";
import { FORGE } from "../forge.ts";
import { NIMBUS } from "../nimbus.ts";
import { answerItems, ensureReview, findReview, type Judge, keep, requiredReview, stateOf } from "../review.ts";
import { type Chapter, daysAgo, hoursAgo } from "../story.ts";

export const HURRIED = "Administrators of production";

/** Asked about everybody's, and done with it over a coffee. */
const IN_A_HURRY = "rasmus_lund";
const everything: Judge = () => ({ answer: "keep", why: "Still needed." });

/** Every privileged access to production with one person, who kept all of it in a few seconds each and opened nothing. */
export const hurriedReview: Chapter = {
  title: "a review of administrators, decided in a hurry",
  async isTold() {
    const found = await findReview(HURRIED);
    if (!found) return false;
    const open = await reader.rows("SELECT FROM items WHERE campaign_id = $1::uuid AND state IN ('ASSIGNED', 'DRAFTED') LIMIT 1", [
      found.id,
    ]);
    return open.length === 0;
  },
  async tell(story) {
    await importUntil(story, 10);
    const named = [await personIdOf(IN_A_HURRY)];
    const campaignId = await ensureReview(story, {
      name: HURRIED,
      sources: [FORGE.name, NIMBUS.name],
      scope: { identityClasses: ["human"], environments: ["prod"], privilegedOnly: true },
      plan: { rounds: [{ name: "Review", chain: ["named", "fallback"], named }] },
      launchedAt: daysAgo(story, 10, 8),
      dueAt: daysAgo(story, 1, 16),
    });
    await answerItems(story, { campaignId, login: IN_A_HURRY, at: daysAgo(story, 6, 15), judge: everything, isHurried: true });
    // Rasmus Lund is not asked about his own.
    await answerItems(story, { campaignId, login: FALLBACK, at: daysAgo(story, 5, 10), judge: keep });
  },
};

const asked = async (campaignId: string) =>
  reader.rows<{ lookId: string; mail: string; answered: boolean }>(
    `SELECT l.id AS "lookId", p.mail, a.look_id IS NOT NULL AS answered FROM second_looks l JOIN people p ON p.id = l.reviewer_id
       LEFT JOIN second_look_answers a ON a.look_id = l.id
     WHERE l.campaign_id = $1::uuid ORDER BY l.id`,
    [campaignId],
  );

/** This morning: the owner cannot sign that off, so that a sample goes to somebody independent. One is answered, the others wait. */
export const secondLook: Chapter = {
  title: "a second look at it, asked for",
  async isTold() {
    const found = await findReview(HURRIED);
    return found !== null && (await asked(found.id)).some(({ answered }) => answered);
  },
  async tell(story) {
    const campaignId = await requiredReview(HURRIED);
    const owner = await as(story, CAMPAIGN_OWNER, hoursAgo(story, 3));
    if ((await stateOf(HURRIED)) === "ACTIVE") await closeDecisions(owner, { campaignId });
    if ((await asked(campaignId)).length === 0) {
      const reviewerId = await personIdOf(IN_A_HURRY);
      // Whom the page would propose first: security reviews what is Rasmus Lund's own, so the two would judge each other.
      const [second] = await listSecondReviewers(campaignScope(owner.actor), { campaignId, reviewerId }, "");
      await drawSecondLook(owner, { campaignId, reviewerId, toPersonId: second?.personId ?? "" });
    }
    const [first] = await asked(campaignId);
    const login = CAST.find((part) => employeeOf(part.login).mail === first?.mail)?.login ?? FALLBACK;
    const rationale = "Nothing says what this is for. Rasmus should ask the team before he keeps it.";
    const looking = await as(story, login, hoursAgo(story, 2));
    await lookAgain(looking, { lookId: first?.lookId ?? "", answer: "revoke", rationale, seconds: 74 });
  },
};
