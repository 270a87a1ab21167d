import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { reader } from "#lib/db/transact.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { as, CAMPAIGN_OWNER, confirmed } from "../cast.ts";
import { answerItems, ensureReview, revoking, stateOf } from "../review.ts";
import { asJob, type Chapter, daysAgo, hoursAgo } from "../story.ts";
import { DATABASE } from "./database.ts";

export const STEPS_REVIEW = "Memberships in the payments database";

const REPORTS_MOVED = "Reports are read in the new tool since last month.";
/** What is taken back, by "identity: entitlement". */
const REVOKED: Readonly<Record<string, string>> = {
  "ilse_brandt: Member of payments_reader": "Tests run against copies now.",
  "lukas_steiner: Member of analytics_reader": REPORTS_MOVED,
  "nadia_kowalska: Member of payments_writer": "Data does not correct invoices; Payments does.",
  "oscar_pettersson: Member of analytics_reader": REPORTS_MOVED,
  "sofia_marquez: Member of analytics_reader": REPORTS_MOVED,
  "sofia_marquez: Member of payments_reader": REPORTS_MOVED,
};
const KEPT = ["daniel_achebe: Member of payments_writer", "tomas_reyes: Member of payments_writer"];

/** Named one by one, by the owner of the campaign. */
async function grantIds(): Promise<string[]> {
  const rows = await reader.rows<{ id: string }>(
    `SELECT g.id FROM grants g JOIN sources s ON s.id = g.source_id JOIN identities i ON i.id = g.holder_id JOIN entitlements e ON e.id = g.entitlement_id
     WHERE s.name = $1::text AND g.ended_run_id IS NULL AND i.name || ': ' || e.name = ANY ($2::text[]) ORDER BY g.id`,
    [DATABASE, [...Object.keys(REVOKED), ...KEPT]],
  );
  return rows.map(({ id }) => id);
}

/** Eight memberships in the database, six of them not needed any more. */
export const stepsReview: Chapter = {
  title: "a review of memberships in the database, signed off",
  async isTold() {
    const state = await stateOf(STEPS_REVIEW);
    return state === "REMEDIATING" || state === "VERIFYING";
  },
  async tell(story) {
    const campaignId = await ensureReview(story, {
      name: STEPS_REVIEW,
      sources: [DATABASE],
      scope: { grantIds: await grantIds() },
      launchedAt: daysAgo(story, 7, 9),
      dueAt: new Date(Math.floor(hoursAgo(story, 4).getTime() / 3_600_000) * 3_600_000),
    });
    for (const [place, login] of ["henrik_solberg", "mara_lindt", "ingrid_vass"].entries())
      await answerItems(story, { campaignId, login, at: hoursAgo(story, 22 - place), judge: revoking(REVOKED) });
    const at = hoursAgo(story, 2);
    const owner = await as(story, CAMPAIGN_OWNER, at);
    if ((await stateOf(STEPS_REVIEW)) === "ACTIVE") await closeDecisions(owner, { campaignId });
    if ((await stateOf(STEPS_REVIEW)) === "CLOSING") {
      const input = { campaignId, attestation: "I looked at the six removals, and answer for them." };
      await confirmed(owner, { action: "campaign.sign_off", input }, signOff);
    }
    await planRemediations(asJob(at), { campaignId });
  },
};
