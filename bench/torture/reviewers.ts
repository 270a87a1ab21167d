import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { seededRandom } from "#lib/testing/random.ts";
import { activeCampaign } from "../review.ts";
import { importedSource, writeData } from "../source.ts";
import type { Stand } from "./stand.ts";
import { makeUser, tokenOf } from "./token.ts";

type Item = { id: string; version: number };
export type Reviewer = { token: string; items: Item[] };
/** An answer that the product said it had taken. */
export type Acknowledged = { decisionId: string; itemId: string; version: number; answer: string; key: string; reviewer: Reviewer };
export type Load = {
  acknowledged: Acknowledged[];
  /** How often a call had to be repeated: no answer, or one that says to try again. */
  repeated: number;
  /** Answers that break the rule: a 500, or a refusal of what is allowed. */
  wrong: string[];
};

const CLIENTS = 16;
const GRANTS = { short: 2_000, long: 10_000 } as const;
const RATIONALE = "Needed for the work of this team";
const ANSWERS = ["keep", "abstain", "revoke"] as const;

export type Review = { campaignId: string; reviewers: Reviewer[] };

/** An active campaign over an imported source, and its busiest reviewers, each with a token as a program would use it. */
export async function activeReview({ admin, folder }: Stand, form: keyof typeof GRANTS): Promise<Review> {
  writeData(`${folder}/data`, GRANTS[form], "whole");
  const campaignId = await activeCampaign(admin, await importedSource(`${folder}/data`, admin));
  const { rows } = await admin.query<{ reviewer: string; items: Item[] }>(
    `SELECT reviewer_id AS reviewer, json_agg(json_build_object('id', id, 'version', version) ORDER BY id) AS items FROM items WHERE campaign_id = $1 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${CLIENTS}`,
    [campaignId],
  );
  const reviewers: Reviewer[] = [];
  for (const { reviewer, items } of rows) {
    const token = await tokenOf(await makeUser(["reviewer"], reviewer));
    reviewers.push({ token, items });
  }
  return { campaignId, reviewers };
}

type Decide = { urls: () => readonly string[]; review: Review; load: Load; random: ReturnType<typeof seededRandom>; until: number };

/** Every reviewer answers one item after the other until `until` answers are acknowledged, over and over, whatever happens to the servers. */
export async function decideUntil(decide: Decide): Promise<void> {
  const { review, load, until } = decide;
  let given = load.acknowledged.length;
  await Promise.all(
    review.reviewers.map(async (reviewer) => {
      while (given < until && load.wrong.length === 0) {
        given += 1;
        await decideOnce(decide, reviewer);
      }
    }),
  );
}

async function decideOnce({ urls, review, load, random }: Decide, reviewer: Reviewer): Promise<void> {
  const item = reviewer.items[random.below(reviewer.items.length)];
  if (!item) throw new Error("A reviewer has nothing to decide.");
  const { version } = item;
  const answer = ANSWERS[random.below(ANSWERS.length)] ?? "keep";
  const key = randomUUID();
  const call = { campaignId: review.campaignId, itemId: item.id, version, answer, key, token: reviewer.token };
  for (let attempt = 0; attempt < 3_000; attempt += 1) {
    const all = urls();
    const reply = await send(all[(attempt + random.below(all.length)) % all.length] ?? "", call);
    if (reply?.status === 200) {
      item.version = Number(reply.body.version);
      load.acknowledged.push({ decisionId: String(reply.body.decisionId), itemId: item.id, version, answer, key, reviewer });
      return;
    }
    if (reply && !isToBeRepeated(reply)) {
      load.wrong.push(`${reply.status} ${JSON.stringify(reply.body)}`);
      return;
    }
    load.repeated += 1;
    await wait(20 + random.below(60));
  }
  load.wrong.push("no answer after 3,000 attempts");
}

type Call = { campaignId: string; itemId: string; version: number; answer: string; key: string; token: string };
export type Reply = { status: number; body: Record<string, unknown> };

/** Behind a balancer that does not look, every other call may go to a server that is gone. */
export async function sendUntilAnswered(url: string, call: Call): Promise<Reply | null> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await send(url, call);
    if (reply || attempt === 20) return reply;
    await wait(50);
  }
}

/** Null where the connection broke off before there was a whole answer. */
async function send(url: string, { campaignId, itemId, version, answer, key, token }: Call): Promise<Reply | null> {
  try {
    const response = await fetch(`${url}/api/v1/campaigns/${campaignId}/items/${itemId}/decisions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ answer, version, rationale: RATIONALE }),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, body: (await response.json()) as Reply["body"] };
  } catch {
    return null;
  }
}

/** What a careful client repeats with the same key: not now, or the first of the same key is still under way. */
const isToBeRepeated = ({ status, body }: Reply): boolean =>
  status === 503 || (status === 409 && /still being worked on|just withdrawn/.test(String(body.detail)));
