import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { reassignItems } from "#lib/campaigns/commands/reassign.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { reader } from "#lib/db/transact.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { as, CAMPAIGN_OWNER, confirmed, FALLBACK, personIdOf } from "../cast.ts";
import { NIMBUS } from "../nimbus.ts";
import { TRUSTED_ISSUER } from "../nimbus-machines.ts";
import { answerItems, ensureReview, everyoneBut, findReview, type Judge, requiredReview, stateOf, type Verdict } from "../review.ts";
import { asJob, type Chapter, daysAgo, hoursAgo, type Story } from "../story.ts";

export const KEYS_REVIEW = "Keys, trusts and owners of production";

/** What is not kept, by "identity: what is under review". */
async function verdicts(): Promise<Readonly<Record<string, Verdict>>> {
  const [ownerId, backupOwnerId] = [await personIdOf("jonas_okafor"), await personIdOf("priya_venkat")];
  return {
    "svc-ledger: Key NK-LEDGER-1": {
      answer: "rotate",
      terms: { answer: "rotate" },
      why: "It books every payment with a key that nobody has changed since it was made.",
    },
    [`deployer-web: ${TRUSTED_ISSUER}: pipeline:*`]: {
      answer: "narrow",
      terms: { answer: "narrow", subjectPattern: "pipeline:web/deploy:branch:main" },
      why: "Any pipeline of any branch can deploy the website.",
    },
    "svc-metrics: Identity and its owners": {
      answer: "re_own",
      terms: { answer: "re_own", ownerId, backupOwnerId },
      why: "Its owner left; payments reads these figures.",
    },
  };
}

const unanswered = (campaignId: string) =>
  reader.rows<{ id: string }>(
    `SELECT i.id FROM items i WHERE i.campaign_id = $1::uuid AND i.state = 'ASSIGNED'
       AND NOT EXISTS (SELECT FROM app_users u WHERE u.person_id = i.reviewer_id AND u.disabled_at IS NULL) ORDER BY i.id`,
    [campaignId],
  );

/** What machines sign in with and who answers for them, decided. Owners who do not sign in here have it done by security. */
export const keysReview: Chapter = {
  title: "a review of keys, trusts and owners, decided",
  async isTold() {
    const found = await findReview(KEYS_REVIEW);
    if (!found) return false;
    const open = await reader.rows("SELECT FROM items WHERE campaign_id = $1::uuid AND state IN ('ASSIGNED', 'DRAFTED') LIMIT 1", [
      found.id,
    ]);
    return open.length === 0;
  },
  async tell(story) {
    const campaignId = await ensureReview(story, {
      name: KEYS_REVIEW,
      sources: [NIMBUS.name],
      scope: { identityClasses: ["service", "workload"], environments: ["prod"], kinds: ["credential", "trust", "identity"] },
      launchedAt: daysAgo(story, 29),
      dueAt: daysAgo(story, 2, 16),
    });
    await handToSecurity(story, campaignId);
    const known = await verdicts();
    const judge: Judge = ({ identity, entitlement }) => known[`${identity}: ${entitlement}`] ?? { answer: "keep" };
    for (const [place, login] of everyoneBut().entries())
      await answerItems(story, { campaignId, login, at: daysAgo(story, 20, 8 + place / 3), judge });
  },
};

async function handToSecurity(story: Story, campaignId: string): Promise<void> {
  const itemIds = (await unanswered(campaignId)).map(({ id }) => id);
  if (itemIds.length === 0) return;
  const reason = "Its owner does not sign in here; security knows these services.";
  await reassignItems(await as(story, CAMPAIGN_OWNER, daysAgo(story, 27, 9)), {
    campaignId,
    itemIds,
    toPersonId: await personIdOf(FALLBACK),
    reason,
  });
}

/** This morning: the set attested, each decision a task of its own. */
export const keysSignOff: Chapter = {
  title: "the sign-off of keys, trusts and owners",
  async isTold() {
    const state = await stateOf(KEYS_REVIEW);
    return state !== null && ["REMEDIATING", "VERIFYING", "CLOSED"].includes(state);
  },
  async tell(story) {
    const campaignId = await requiredReview(KEYS_REVIEW);
    const at = hoursAgo(story, 2);
    const owner = await as(story, CAMPAIGN_OWNER, at);
    if ((await stateOf(KEYS_REVIEW)) === "ACTIVE") await closeDecisions(owner, { campaignId });
    if ((await stateOf(KEYS_REVIEW)) === "CLOSING") {
      const input = { campaignId, attestation: "I looked at what is to be changed and at what was kept, and answer for them." };
      await confirmed(owner, { action: "campaign.sign_off", input }, signOff);
    }
    await planRemediations(asJob(at), { campaignId });
  },
};
