import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { reader } from "#lib/db/transact.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { importUntil } from "../calendar.ts";
import { as, CAMPAIGN_OWNER, confirmed, personIdOf } from "../cast.ts";
import { FORGE } from "../forge.ts";
import { NIMBUS } from "../nimbus.ts";
import { answerItems, ensureReview, everyoneBut, findReview, type Judge, requiredReview, revoking, stateOf } from "../review.ts";
import { asJob, type Chapter, daysAgo, hoursAgo, type Story } from "../story.ts";

export const AUTUMN = "Autumn review of privileged access";

/** What is taken back, by "identity: entitlement", and why. */
export const REVOKED: Readonly<Record<string, string>> = {
  "Lukas Steiner: Member of release-managers": "Releases are Amara's now; he has not released since September.",
  "Elena Petrova: Member of oncall": "She left in summer. This should have gone that day.",
  "Oscar Pettersson: Member of data-admins": "Asked for a migration that never came.",
  "Tomas Reyes: Deploy payments to production": "Works on refunds; has not deployed payments since July.",
};

/** Whose access his manager asks to keep for a while; who approves it is a chapter of its own. */
const EXCEPTED = "Felix Osei: Administrator of production";
const ASKS = "dragan_ilic";

async function askingFor(story: Story): Promise<Judge> {
  const why = "The hardening of production is not finished: the last two accounts follow in December.";
  const exception = {
    rationale: why,
    control: "Every session of his in production is read by the on-call engineer the day after.",
    controlOwnerId: await personIdOf("noor_rahimi"),
    controlTest: "Compare the sessions of a week with what the on-call engineer noted.",
    controlDueAt: daysAgo(story, -4, 16).toISOString(),
    expiresAt: daysAgo(story, -6, 16).toISOString(),
  };
  const others = revoking(REVOKED);
  return (item) =>
    `${item.identity}: ${item.entitlement}` === EXCEPTED ? { answer: "exception_requested", why, exception } : others(item);
}

/** Those who revoke hand in last, so that what they revoked is taken back in time. */
const LAST = ["ingrid_vass", "henrik_solberg", "mara_lindt"];

export const autumnReview: Chapter = {
  title: "a review of privileged access, decided",
  async isTold() {
    const found = await findReview(AUTUMN);
    if (!found) return false;
    const open = await reader.rows(
      "SELECT FROM items WHERE campaign_id = $1::uuid AND state IN ('UNASSIGNED', 'ASSIGNED', 'DRAFTED') LIMIT 1",
      [found.id],
    );
    return open.length === 0;
  },
  async tell(story) {
    await importUntil(story, 31);
    const campaignId = await launch(story);
    const asking = await askingFor(story);
    for (const [place, login] of everyoneBut(...LAST).entries()) {
      const judge = login === ASKS ? asking : revoking(REVOKED);
      await answerItems(story, { campaignId, login, at: daysAgo(story, 26 - place, 9 + (place % 7)), judge });
    }
    for (const [place, login] of LAST.entries())
      await answerItems(story, { campaignId, login, at: hoursAgo(story, 20 - place), judge: revoking(REVOKED) });
  },
};

const launch = (story: Story) =>
  ensureReview(story, {
    name: AUTUMN,
    sources: [FORGE.name, NIMBUS.name],
    scope: { identityClasses: ["human"], privilegedOnly: true },
    launchedAt: daysAgo(story, 30),
    dueAt: new Date(Math.floor(hoursAgo(story, 4).getTime() / 3_600_000) * 3_600_000),
  });

/** This morning: decisions closed, the set attested, the removals planned. */
export const autumnSignOff: Chapter = {
  title: "its sign-off",
  async isTold() {
    const state = await stateOf(AUTUMN);
    return state !== null && ["REMEDIATING", "VERIFYING", "CLOSED"].includes(state);
  },
  async tell(story) {
    const campaignId = await requiredReview(AUTUMN);
    const at = hoursAgo(story, 2);
    const owner = await as(story, CAMPAIGN_OWNER, at);
    if ((await stateOf(AUTUMN)) === "ACTIVE") await closeDecisions(owner, { campaignId });
    if ((await stateOf(AUTUMN)) === "CLOSING") {
      const input = { campaignId, attestation: "I looked at the four removals and at what was kept, and answer for them." };
      await confirmed(owner, { action: "campaign.sign_off", input }, signOff);
    }
    await planRemediations(asJob(at), { campaignId });
  },
};
