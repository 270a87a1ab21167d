import { beforeEach, expect, it } from "vitest";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { WORDS } from "#lib/testing/review-world.ts";
import { answerAll, clock, inDays, itemsBy, launchedRounds, type RoundWorld } from "#lib/testing/round-world.ts";
import { closeDecisions } from "./commands/close.ts";
import { escalateItems } from "./commands/escalate.ts";
import { signOff } from "./commands/sign-off.ts";
import { getCampaign } from "./queries.ts";
import { silenceRule, silenceSql, silentOutcome } from "./silence.ts";

ownTestDatabase();

/** Security is whoever has its role, of all the worlds that this file makes: only the present one's may sign in. */
beforeEach(async () => {
  await reader.rows(
    `UPDATE app_users u SET disabled_at = now() FROM role_assignments r WHERE r.user_id = u.id AND r.role = 'security_analyst' AND u.disabled_at IS NULL`,
  );
});

type Row = { reviewer: string | null; state: string; outcome: string | null; silent: boolean };
const ROW = `(SELECT name FROM people WHERE id = i.reviewer_id) AS reviewer, i.state, i.outcome, i.outcome IS NOT NULL AND i.decision_id IS NULL AS silent`;
const rows = ({ campaignId }: RoundWorld) => itemsBy<Row>(campaignId, ROW);

it("says in SQL what the rule says, for every risk, class and circumstance", async () => {
  const facts = ["critical", "high", "ordinary", "low"].flatMap((riskClass) =>
    ["human", "service", "pipeline", "workload", "app", "shared", "break_glass", "unknown"].flatMap((identityClass) =>
      [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
        riskClass,
        identityClass,
        isGrant: bits % 2 === 1,
        wasEscalated: (bits & 2) > 0,
        isUnused: (bits & 4) > 0,
      })),
    ),
  );
  const column = (name: string) => `(f ->> '${name}')`;
  const is = (name: string) => `${column(name)}::boolean`;
  const sql = silenceSql({
    riskClass: column("riskClass"),
    identityClass: column("identityClass"),
    isGrant: is("isGrant"),
    wasEscalated: is("wasEscalated"),
    isUnused: is("isUnused"),
  });
  const found = await reader.rows(
    `SELECT ${sql.rule} AS rule, ${sql.outcome} AS outcome FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS k (f, at) ORDER BY at`,
    [JSON.stringify(facts)],
  );
  const risk = (one: string) => one as "critical";
  expect(found).toEqual(
    facts.map((one) => ({
      rule: silenceRule(risk(one.riskClass), one.identityClass),
      outcome: silentOutcome({ ...one, riskClass: risk(one.riskClass), mode: "by_risk" }),
    })),
  );
});

it("hands what nobody touched up once, near the due date: machines to their owner's manager, break-glass to security", async () => {
  const all = await launchedRounds({ escalateDaysBefore: 2 });
  expect(await escalateItems(clock(inDays(11)), { campaignId: all.campaignId })).toBeNull();
  expect(await escalateItems(clock(inDays(12.1)), { campaignId: all.campaignId })).toEqual({ items: 7, handedOn: 7 });
  expect(await rows(all)).toMatchObject({
    "sam write": { reviewer: "boss" },
    "zed write": { reviewer: "boss" },
    "robot admin": { reviewer: "ann" },
    "glass admin": { reviewer: "sec" },
  });
  expect(await escalateItems(clock(inDays(13)), { campaignId: all.campaignId })).toBeNull();
  expect(await reader.rows(`SELECT DISTINCT cause FROM assignments WHERE campaign_id = $1::uuid`, [all.campaignId])).toEqual([
    { cause: "escalate" },
  ]);
});

it("suspends, revokes, keeps and leaves to security by risk, each marked as by silence, and says before what it will do", async () => {
  const all = await launchedRounds({ escalateDaysBefore: 2 });
  await escalateItems(clock(inDays(13)), { campaignId: all.campaignId });
  const before = await getCampaign(campaignScope(all.owner), all.campaignId);
  expect(before?.silence).toEqual({ suspend: 2, revoke: 2, keep: 1, unanswered: 0, security: 2 });
  const closed = await closeDecisions(make.ctxOf(all.owner, inDays(15)), { campaignId: all.campaignId });
  expect(closed).toMatchObject({ decided: 0, unanswered: 0, bySilence: { suspend: 2, revoke: 2, keep: 1, security: 2 } });
  expect(await rows(all)).toMatchObject({
    "sam read": { outcome: "KEEP", silent: true },
    "sam write": { outcome: "REVOKE", silent: true },
    "zed write": { outcome: "REVOKE", silent: true },
    "sam admin": { outcome: "SUSPEND", silent: true },
    "spare admin": { outcome: "SUSPEND", silent: true },
    "robot admin": { outcome: null, state: "ASSIGNED", reviewer: "sec" },
    "glass admin": { outcome: null, state: "ASSIGNED", reviewer: "sec" },
  });
  await expect(signOff(make.confirmed(all.owner), { campaignId: all.campaignId, ...WORDS })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
  expect(await answerAll(all.users.sec, all.campaignId, "keep", inDays(15))).toBe(2);
  await signOff(make.confirmed(all.owner), { campaignId: all.campaignId, ...WORDS });
  await planRemediations(clock(new Date()), { campaignId: all.campaignId });
  await planRemediations(clock(new Date()), { campaignId: all.campaignId });
  const tasks = await reader.rows(
    `SELECT r.label, r.kind, r.decision_id IS NULL AS silent, r.state::text AS state FROM remediations r WHERE r.campaign_id = $1::uuid ORDER BY r.label COLLATE "C"`,
    [all.campaignId],
  );
  expect(tasks.map(({ label, kind, silent, state }) => [label, kind, silent, state])).toEqual([
    ["sam: admin", "suspend", true, "MANUAL_REQUIRED"],
    ["sam: write", "revoke", true, "MANUAL_REQUIRED"],
    ["spare: admin", "suspend", true, "MANUAL_REQUIRED"],
    ["zed: write", "revoke", true, "MANUAL_REQUIRED"],
  ]);
});

it("removes and keeps nothing by silence alone that nobody further up was asked about", async () => {
  const all = await launchedRounds({ escalateDaysBefore: 2 });
  await closeDecisions(make.ctxOf(all.owner, inDays(15)), { campaignId: all.campaignId });
  expect(await rows(all)).toMatchObject({
    "sam read": { outcome: "UNANSWERED" },
    "sam write": { outcome: "UNANSWERED" },
    "sam admin": { outcome: "SUSPEND" },
  });
});

it("decides an abstention that nobody could follow as silence, after everybody was asked", async () => {
  const all = await launchedRounds({ rounds: [{ name: "Managers", chain: ["manager", "fallback"] }] });
  for (const name of ["mia", "fay"] as const) await answerAll(all.users[name], all.campaignId, "abstain");
  await closeDecisions(make.ctxOf(all.owner), { campaignId: all.campaignId });
  expect(await rows(all)).toMatchObject({
    "sam write": { outcome: "REVOKE", silent: true },
    "robot admin": { reviewer: "sec", state: "ASSIGNED" },
  });
});

it("where a plan leaves silence unanswered, nothing follows from it", async () => {
  const all = await launchedRounds({ silence: "unanswered", escalateDaysBefore: null });
  const closed = await closeDecisions(make.ctxOf(all.owner, inDays(15)), { campaignId: all.campaignId });
  expect(closed).toMatchObject({ decided: 0, unanswered: 7 });
});
