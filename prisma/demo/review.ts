import type { GivenTermsInput } from "#lib/campaigns/answer-terms.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { needsRationale } from "#lib/campaigns/rules.ts";
import type { CreateCampaignInput } from "#lib/campaigns/schema.ts";
import { SUGGESTION_FACTS } from "#lib/campaigns/suggestion.sql.ts";
import { type SuggestionFacts, suggestionFor } from "#lib/campaigns/suggestion.ts";
import type { Answer } from "#lib/campaigns/types.ts";
import { reader } from "#lib/db/transact.ts";
import type { ExceptionTermsInput } from "#lib/exceptions/schema.ts";
import { as, CAMPAIGN_OWNER, CAST, confirmed, FALLBACK, personIdOf } from "./cast.ts";
import { requiredSource } from "./exports.ts";
import { chance, pick, type Story } from "./story.ts";

const INSTRUCTIONS = `Keep what the person or service needs for its work today. Revoke what it does not need, and say why.
Abstain where you cannot judge: the item then goes to somebody who can. What you may do yourself is never yours to certify.`;

const ATTESTATION = "I looked at each of these and answer for them.";

export type Review = {
  name: string;
  sources: readonly string[];
  scope?: Partial<CreateCampaignInput["scope"]>;
  plan?: CreateCampaignInput["plan"];
  launchedAt: Date;
  dueAt: Date;
};

type Campaign = { id: string; state: string };

export async function findReview(name: string): Promise<Campaign | null> {
  const [row] = await reader.rows<Campaign>(
    "SELECT id, state::text AS state FROM campaigns WHERE name = $1::text ORDER BY created_at LIMIT 1",
    [name],
  );
  return row ?? null;
}

/** For chapters that go on with what an earlier one began. */
export async function requiredReview(name: string): Promise<string> {
  const found = await findReview(name);
  if (!found) throw new Error(`The demo has no campaign called ${name} yet.`);
  return found.id;
}

export const stateOf = async (name: string): Promise<string | null> => (await findReview(name))?.state ?? null;

/** From nothing, or from wherever it stands, to a campaign under way. */
export async function ensureReview(story: Story, review: Review): Promise<string> {
  const ctx = await as(story, CAMPAIGN_OWNER, review.launchedAt);
  if (!(await findReview(review.name))) {
    const sourceIds = await Promise.all(review.sources.map(requiredSource));
    await createCampaign(ctx, {
      name: review.name,
      scope: { sourceIds, ...review.scope },
      dueAt: review.dueAt.toISOString(),
      zone: "Europe/Vienna",
      instructions: INSTRUCTIONS,
      fallbackPersonId: await personIdOf(FALLBACK),
      ...(review.plan ? { plan: review.plan } : {}),
    });
  }
  const made = await findReview(review.name);
  const campaignId = made?.id ?? "";
  if (made?.state === "DRAFT" || made?.state === "BLOCKED") await stageCampaign(ctx, { campaignId });
  if ((await stateOf(review.name)) === "STAGED") await launchCampaign(ctx, { campaignId });
  if ((await stateOf(review.name)) === "BLOCKED") throw new Error(`The demo's campaign ${review.name} is blocked.`);
  return campaignId;
}

export type Item = {
  itemId: string;
  version: number;
  identity: string;
  entitlement: string;
  class: string;
  privileged: string;
  lastUsed: string;
  judged: SuggestionFacts;
};
export type Verdict = { answer: Answer; why?: string; exception?: ExceptionTermsInput; terms?: GivenTermsInput };
/** null leaves the item for later. */
export type Judge = (item: Item) => Verdict | null;

export const keep: Judge = () => ({ answer: "keep" });

/** Keeps what is not named; names are "identity: entitlement". */
export const revoking =
  (reasons: Readonly<Record<string, string>>): Judge =>
  ({ identity, entitlement }) => {
    const why = reasons[`${identity}: ${entitlement}`];
    return why ? { answer: "revoke", why } : { answer: "keep" };
  };

const WHY_KEEP = [
  "On the rota, needs it for the work of this quarter.",
  "Part of the role; checked with the team.",
  "Used each week for releases.",
  "Only two people can do this, and one of them has to be there.",
];

type Answering = {
  campaignId: string;
  login: string;
  at: Date;
  judge: Judge;
  handIn?: boolean;
  /** A moment for each, and no evidence opened. */
  isHurried?: boolean;
};

/** One reviewer goes through what is open, in the order of names, and hands in what is answered unless told to leave it a draft. */
export async function answerItems(story: Story, answering: Answering): Promise<void> {
  const { campaignId, login, at, judge, handIn = true, isHurried = false } = answering;
  const personId = await personIdOf(login);
  const items = await reader.rows<Item>(
    `SELECT i.id AS "itemId", i.version, identity_name AS identity, entitlement_name AS entitlement, identity_class AS class, privileged, last_used_kind AS "lastUsed",
       ${SUGGESTION_FACTS} AS judged
     FROM items i JOIN campaigns c ON c.id = i.campaign_id WHERE i.campaign_id = $1::uuid AND i.reviewer_id = $2::uuid AND i.state = 'ASSIGNED' ORDER BY identity_name COLLATE "C", entitlement_name COLLATE "C", i.id`,
    [campaignId, personId],
  );
  let now = at;
  for (const item of items) {
    const verdict = judge(item);
    const words = `${login} ${item.identity} ${item.entitlement}`;
    const seconds = isHurried ? 1 + chance(words, 3) : 5 + chance(words, 40);
    now = new Date(now.getTime() + seconds * 1000);
    // Conflicts of duties are left for whoever looks at the demo.
    if (!verdict || (verdict.answer === "keep" && item.judged.conflicts > 0)) continue;
    const mustSay = needsRationale(verdict.answer, item.privileged, suggestionFor(item.judged).answer);
    const rationale = verdict.why ?? (mustSay ? pick(words, WHY_KEEP) : null);
    const { itemId, version } = item;
    const { answer, exception = null, terms = null } = verdict;
    const evidenceViewed = !isHurried && chance(words, 3) > 0;
    const given = { campaignId, itemId, version, answer, rationale, exception, terms, seconds, evidenceViewed };
    await decideItem(await as(story, login, now), given);
  }
  if (handIn) await handInDrafts(story, { campaignId, login, at: new Date(now.getTime() + 60_000) });
}

async function handInDrafts(story: Story, { campaignId, login, at }: { campaignId: string; login: string; at: Date }): Promise<void> {
  const drafted = await reader.rows(
    "SELECT FROM items WHERE campaign_id = $1::uuid AND reviewer_id = $2::uuid AND state = 'DRAFTED' LIMIT 1",
    [campaignId, await personIdOf(login)],
  );
  if (drafted.length === 0) return;
  const input = { campaignId, instructionsVersion: 1, attestation: ATTESTATION };
  await confirmed(await as(story, login, at), { action: "item.submit", input }, submitDecisions);
}

/** Everybody who signs in, but for these. */
export const everyoneBut = (...absent: readonly string[]): string[] =>
  CAST.flatMap(({ login, roles }) => (roles.includes("reviewer") && !absent.includes(login) ? [login] : []));
