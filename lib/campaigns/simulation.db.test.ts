import { expect, it } from "vitest";
import type { Actor } from "#lib/authz/actor.ts";
import { reader } from "#lib/db/transact.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { seededRandom } from "#lib/testing/random.ts";
import { WORDS } from "#lib/testing/review-world.ts";
import { clock, inDays, launchedRounds, type RoundWorld } from "#lib/testing/round-world.ts";
import { advanceRound } from "./commands/advance.ts";
import { closeDecisions } from "./commands/close.ts";
import { decideItem, withdrawAnswer } from "./commands/decide.ts";
import { followDelegations, setDelegation } from "./commands/delegate.ts";
import { escalateItems } from "./commands/escalate.ts";
import { moveStranded } from "./commands/follow.ts";
import { confirmIndependenceOverride, requestIndependenceOverride } from "./commands/override-independence.ts";
import { reassignItems } from "./commands/reassign.ts";
import { reopenItem } from "./commands/reopen.ts";
import { signOff } from "./commands/sign-off.ts";
import { submitDecisions } from "./commands/submit.ts";

ownTestDatabase();

const CAMPAIGNS = 5;
const STEPS = 60;
/** Commands that start at the same moment, each on a connection of its own. */
const AT_ONCE = 4;

const PLAN = {
  rounds: [
    {
      name: "First",
      chain: ["identity_owner" as const, "manager" as const, "resource_owner" as const, "fallback" as const],
      endsDaysBefore: 7,
    },
    {
      name: "Last",
      chain: ["manager" as const, "resource_owner" as const, "managers_manager" as const, "security" as const, "fallback" as const],
    },
  ],
  escalateDaysBefore: 2,
};

type User = Extract<Actor, { kind: "user" }>;
type Item = { id: string; version: number; reviewerId: string | null };

/** What must hold between any two commands, in SQL. Names the first promise that does not. */
const BROKEN: readonly [string, string][] = [
  [
    "decided by its own subject",
    "SELECT FROM decisions d JOIN items i ON i.campaign_id = d.campaign_id AND i.id = d.item_id WHERE d.campaign_id = $1::uuid AND d.reviewer_id = i.person_id",
  ],
  [
    "two answers counted in one round, or one person in two",
    `SELECT FROM round_answers WHERE campaign_id = $1::uuid GROUP BY item_id HAVING count(DISTINCT round) <> count(*) OR count(DISTINCT reviewer_id) <> count(*)`,
  ],
  [
    "back to an earlier holder",
    `SELECT FROM (SELECT item_id, to_id FROM assignments WHERE campaign_id = $1::uuid AND to_id IS NOT NULL AND from_id IS DISTINCT FROM to_id AND cause <> 'reopened'
       UNION ALL SELECT id, first_reviewer_id FROM items WHERE campaign_id = $1::uuid) h GROUP BY item_id, to_id HAVING count(*) > 1`,
  ],
  ["passed on more often than reviewers may", "SELECT FROM assignments WHERE campaign_id = $1::uuid AND hop > 3"],
  [
    "an item that does not stand on its own answer",
    `SELECT FROM items i LEFT JOIN decisions d ON d.id = i.decision_id WHERE i.campaign_id = $1::uuid AND i.decision_id IS NOT NULL
       AND (d.item_id <> i.id OR d.answer IS DISTINCT FROM i.answer)`,
  ],
  [
    "an answer without an event",
    `SELECT FROM decisions d WHERE d.campaign_id = $1::uuid AND NOT EXISTS (SELECT FROM audit_events e WHERE e.transaction_id = d.transaction_id AND e.type LIKE 'campaign_item.%')`,
  ],
  [
    "a change of hands without an event",
    "SELECT FROM assignments a WHERE a.campaign_id = $1::uuid AND NOT EXISTS (SELECT FROM audit_events e WHERE e.transaction_id = a.transaction_id)",
  ],
  [
    "a revoke that wins was overwritten",
    `SELECT FROM round_answers r JOIN items i ON i.campaign_id = r.campaign_id AND i.id = r.item_id WHERE r.campaign_id = $1::uuid AND r.answer = 'revoke'
       AND i.risk_class IN ('high', 'critical') AND i.outcome IS NOT NULL AND i.outcome <> 'REVOKE'
       AND NOT EXISTS (SELECT FROM assignments a WHERE a.campaign_id = i.campaign_id AND a.item_id = i.id AND a.cause = 'reopened')`,
  ],
  ["suspended by somebody", "SELECT FROM items WHERE campaign_id = $1::uuid AND outcome = 'SUSPEND' AND decision_id IS NOT NULL"],
  [
    "a break-glass identity decided by silence",
    "SELECT FROM items WHERE campaign_id = $1::uuid AND identity_class = 'break_glass' AND decision_id IS NULL AND outcome IN ('KEEP', 'REVOKE', 'SUSPEND')",
  ],
  [
    "signed off without an outcome",
    "SELECT FROM items i JOIN sign_offs s ON s.campaign_id = i.campaign_id WHERE i.campaign_id = $1::uuid AND (i.state NOT IN ('FINAL', 'VOIDED') OR i.state = 'FINAL' AND i.outcome IS NULL)",
  ],
];

it(`keeps its promises over ${CAMPAIGNS * STEPS * AT_ONCE} commands, ${AT_ONCE} at a time on connections of their own`, async () => {
  const first = Number(process.env.SIMULATION_SEED ?? Date.now() % 1_000_000_000);
  console.log(`simulated on the database: first seed ${first}`);
  const outcomes: Record<string, number> = {};
  for (let seed = first; seed < first + CAMPAIGNS; seed += 1) {
    const random = seededRandom(seed);
    const all = await launchedRounds(PLAN);
    let days = 0;
    let final: string | null = null;
    for (let at = 0; at < STEPS; at += 1) {
      days = Math.min(20, days + random.next() * 0.7);
      const items = await reader.rows<Item>(
        `SELECT id, version, reviewer_id AS "reviewerId" FROM items WHERE campaign_id = $1::uuid ORDER BY id`,
        [all.campaignId],
      );
      const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => act(all, items, inDays(days), random)));
      for (const result of results) {
        if (result.status === "rejected" && !(result.reason instanceof DomainError)) throw result.reason;
        const key = result.status === "fulfilled" ? `${result.value} done` : `refused ${(result.reason as DomainError).code}`;
        outcomes[key] = (outcomes[key] ?? 0) + 1;
      }
      for (const [promise, sql] of BROKEN)
        expect(await reader.rows(`${sql} LIMIT 1`, [all.campaignId]), `seed ${seed}, step ${at}: ${promise}`).toEqual([]);
      const [signed] = await reader.rows<{ set: string }>(
        `SELECT md5(string_agg(i.id::text || i.version || i.outcome, ',' ORDER BY i.id)) AS set FROM items i JOIN sign_offs s ON s.campaign_id = i.campaign_id WHERE i.campaign_id = $1::uuid`,
        [all.campaignId],
      );
      if (final !== null) expect(signed?.set, `seed ${seed}, step ${at}: a final item changed`).toBe(final);
      final = signed?.set ?? null;
    }
  }
  console.log(JSON.stringify(outcomes));
  expect(outcomes["decide done"]).toBeGreaterThan(CAMPAIGNS);
  expect(outcomes["advance done"]).toBeGreaterThan(0);
});

/** Somebody does something, at `now`. */
async function act(all: RoundWorld, items: readonly Item[], now: Date, random: ReturnType<typeof seededRandom>): Promise<string> {
  const { campaignId, owner, second, people } = all;
  const one = <T>(of: readonly T[]): T => of[random.below(of.length)] as T;
  const users: User[] = Object.values(all.users);
  const item = one(items);
  const holder = users.find(({ personId }) => personId === item.reviewerId) ?? one(users);
  const by = random.below(5) > 0 ? holder : one(users);
  const toPersonId = one(Object.values(people));
  const reason = "It has to be.";
  const version = item.version - (random.below(8) === 0 ? 1 : 0);
  const answer = one(["keep", "keep", "revoke", "abstain"] as const);
  const done = (name: string, work: Promise<unknown>) => work.then(() => name);
  const ways: readonly [number, () => Promise<string>][] = [
    [
      20,
      () =>
        done(
          "decide",
          decideItem(make.ctxOf(by, now), { campaignId, itemId: item.id, answer, rationale: "Seen.", version: Math.max(0, version) }),
        ),
    ],
    [2, () => done("withdraw", withdrawAnswer(make.ctxOf(by, now), { campaignId, itemId: item.id, version: Math.max(0, version) }))],
    [8, () => done("submit", submitDecisions(make.confirmed(by, now), { campaignId, instructionsVersion: 1, ...WORDS }))],
    [6, () => done("reassign", reassignItems(make.ctxOf(one([by, owner]), now), { campaignId, itemIds: [item.id], toPersonId, reason }))],
    [2, () => done("override", override(toPersonId))],
    [
      1,
      () =>
        done(
          "delegate",
          setDelegation(make.ctxOf(by, now), {
            toPersonId,
            startsAt: now.toISOString(),
            endsAt: new Date(now.getTime() + 2 * 86_400_000).toISOString(),
            reason,
          }),
        ),
    ],
    [3, () => done("stand in", followDelegations(clock(now), { campaignId }))],
    [2, () => done("stranded", moveStranded(clock(now), { campaignId }))],
    [4, () => advanceRound(clock(now), { campaignId }).then((advanced) => (advanced ? "advance" : "wait"))],
    [3, () => done("escalate", escalateItems(clock(now), { campaignId }))],
    [3, () => done("close", closeDecisions(make.ctxOf(owner, now), { campaignId }))],
    [2, () => done("reopen", reopenItem(make.confirmed(owner, now), { campaignId, itemId: item.id, reason }))],
    [3, () => done("sign off", signOff(make.confirmed(owner, now), { campaignId, ...WORDS }))],
  ];
  async function override(personId: string): Promise<void> {
    const { requestId } = await requestIndependenceOverride(make.ctxOf(owner, now), { campaignId, itemId: item.id, personId, reason });
    await confirmIndependenceOverride(make.confirmed(second), { requestId });
  }
  let at = random.below(ways.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, run] of ways) {
    at -= weight;
    if (at < 0) return run();
  }
  return "nothing";
}
