import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import {
  campaignScope,
  evidenceScope,
  exceptionScope,
  inventoryScope,
  remediationScope,
  reviewerScope,
  sessionScope,
  sourceScope,
} from "#lib/authz/scope.ts";
import { getCampaign, listCampaigns, listMyReviews, listReviewItems } from "#lib/campaigns/queries.ts";
import { campaignListParams, itemListParams } from "#lib/campaigns/schema.ts";
import { listLooks, listLooksWaiting } from "#lib/campaigns/second-looks.sql.ts";
import { listSavedScopes, listTemplates } from "#lib/campaigns/template.sql.ts";
import { DEMO_CORP_READER, DEMO_CORP_WRITER } from "#lib/connectors/postgres/demo-corp.sql.ts";
import { DEMO_CORP, ensureDemoCorp } from "#lib/connectors/postgres/demo-corp.ts";
import { withLogin } from "#lib/db/embedded/databases.ts";
import { reader } from "#lib/db/transact.ts";
import { packFile } from "#lib/evidence/make-pack.sql.ts";
import { listPacks } from "#lib/evidence/queries.ts";
import { verifyPack } from "#lib/evidence/verifier/verify.js";
import { getException, listExceptions } from "#lib/exceptions/queries.ts";
import { exceptionListParams } from "#lib/exceptions/schema.ts";
import { getRun, listRuns, listSources } from "#lib/ingest/queries.ts";
import { getIdentityHead, getIdentityToday } from "#lib/inventory/identity.sql.ts";
import { findPeople, grantHistory, listIdentities, listInventoryAt } from "#lib/inventory/queries.ts";
import { identityFilter } from "#lib/inventory/search-params.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { getBatch, getRemediation, listBatches, listExecutable, listRemediations } from "#lib/remediation/queries.ts";
import { remediationListParams } from "#lib/remediation/schema.ts";
import { boardTotals, listSessions } from "#lib/sessions/queries.ts";
import { boardParams } from "#lib/sessions/search-params.ts";
import { createTestDatabase, ownTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { SOURCE_VERSIONS, type SourceServer, startSourceServer } from "#lib/testing/source-server.ts";
import { entriesOf } from "#lib/testing/toy-pack.ts";
import { as, CAST } from "./demo/cast.ts";
import { AUTUMN, REVOKED } from "./demo/chapters/autumn-review.ts";
import { HURRIED } from "./demo/chapters/hurried-review.ts";
import { KEYS_REVIEW } from "./demo/chapters/keys-review.ts";
import { OWNERS } from "./demo/chapters/owners-review.ts";
import { QUARTERLY } from "./demo/chapters/quarterly-review.ts";
import { RECURRING, UNUSED } from "./demo/chapters/recurring-review.ts";
import { MISSED } from "./demo/chapters/removal-in-steps.ts";
import { SPRING } from "./demo/chapters/spring-review.ts";
import { STEPS_REVIEW } from "./demo/chapters/steps-review.ts";
import { COMPANY, LEAVER } from "./demo/company.ts";
import { SHARED_FINGERPRINT } from "./demo/forge.ts";
import { daysAgo, newStory, type Story } from "./demo/story.ts";
import { seedDemo } from "./demo.ts";

/* The whole demo, made twice: here, and in a process of its own as a first start makes it. */

ownTestDatabase();
afterAll(stopSender);

const binaries = await SOURCE_VERSIONS[0]?.binaries();
const PASSWORDS = { reader: "reader-secret", writer: "writer-secret" };
const anybody = systemActor("test");
const NOW = new Date();
/** It takes seconds; a machine that is busy with other tests gets more. */
const PATIENCE_MS = 240_000;

describe.runIf(binaries)("the demo", () => {
  let server: SourceServer;
  let story: Story;
  const titles: string[] = [];

  beforeAll(async () => {
    if (!binaries) throw new Error("no PostgreSQL");
    server = await startSourceServer(binaries, "superuser-secret");
    Object.assign(process.env, await demoCorpOn(server));
    expect(await seedDemo(NOW, (line) => titles.push(line))).toBe(true);
    story = newStory(NOW);
  }, PATIENCE_MS);
  afterAll(() => server?.stop());

  const campaignNamed = async (name: string) => {
    const found = (await listCampaigns(campaignScope(anybody), campaignListParams.parse({}))).find((row) => row.name === name);
    if (!found) throw new Error(`no campaign ${name}`);
    return found;
  };
  const tasksOf = (campaignId: string) =>
    listRemediations(remediationScope(anybody), remediationListParams.parse({ campaignId, show: "all" }));
  const identityNamed = async (search: string, source: string) => {
    const { rows } = await listIdentities(inventoryScope(anybody), identityFilter.parse({ q: search }));
    const found = rows.find((row) => row.source === source);
    if (!found) throw new Error(`no identity ${search} in ${source}`);
    const scope = inventoryScope(anybody);
    return { ...(await getIdentityHead(scope, found.id)), ...(await getIdentityToday(scope, found.id)) };
  };

  it("tells each chapter, and nothing the second time", async () => {
    expect(titles.length).toBeGreaterThan(10);
    expect(await seedDemo(new Date(), () => {})).toBe(false);
  });

  it("has 80 people with managers, contractors with sponsor and end, and lets everyone in the cast sign in and review", async () => {
    expect(COMPANY).toHaveLength(80);
    const [row] = await reader.rows(
      `SELECT count(*)::int AS people, count(manager_id)::int AS managed, count(*) FILTER (WHERE employment <> 'employee')::int AS outside,
         count(*) FILTER (WHERE employment <> 'employee' AND sponsor_id IS NOT NULL AND ended_on IS NOT NULL)::int AS sponsored,
         count(DISTINCT department)::int AS departments FROM people WHERE gone_run_id IS NULL`,
    );
    expect(row).toEqual({ people: 80, managed: 79, outside: 4, sponsored: 4, departments: 13 });
    for (const { login, roles } of CAST) {
      const { actor } = await as(story, login, new Date());
      expect(actor).toMatchObject({ kind: "user", roles: [...roles].sort() });
    }
  });

  it("has read five sources, the database for real, and holds one run until two people let it through", async () => {
    const sources = await listSources(sourceScope(anybody));
    expect(sources.map(({ name }) => name)).toEqual(["Demo corp database", "Forge CI", "Nimbus cloud", "People", "Stockroom artifacts"]);
    expect(sources.every(({ lastAppliedAt }) => lastAppliedAt !== null)).toBe(true);
    const { rows: held } = await listRuns(sourceScope(anybody), { state: "HELD" });
    expect(held.map(({ sourceName }) => sourceName)).toEqual(["Stockroom artifacts"]);
    const run = await getRun(sourceScope(anybody), held[0]?.id ?? "");
    expect(JSON.stringify(run)).toContain("the threshold is 20 %");
  });

  it("has a history: access that began, ended and came to mean more, and an inventory of any past day", async () => {
    const steiner = await identityNamed("lukas_steiner", "Nimbus cloud");
    const grant = await reader.rows<{ id: string }>("SELECT id FROM entitlements WHERE external_id = 'group:release-managers'");
    const spans = await grantHistory(inventoryScope(anybody), { holderId: steiner.id, entitlementId: grant[0]?.id ?? "" });
    expect(spans.map(({ endedAt }) => endedAt === null)).toEqual([false, true]);
    const versions = await reader.rows(
      "SELECT FROM entitlement_versions v JOIN entitlements e ON e.id = v.entitlement_id WHERE e.external_id = 'role:prod/deploy'",
    );
    expect(versions).toHaveLength(2);
    const sourceId = (await listSources(sourceScope(anybody))).find(({ name }) => name === "People")?.id ?? "";
    const peopleAt = async (day: number) => {
      const count = async (after?: string): Promise<number> => {
        const at = daysAgo(story, day);
        const { rows, next } = await listInventoryAt(inventoryScope(anybody), {
          sourceId,
          stream: "people",
          at,
          ...(after ? { after } : {}),
        });
        return rows.length + (next ? await count(next) : 0);
      };
      return count();
    };
    expect([await peopleAt(170), await peopleAt(100), await peopleAt(1)]).toEqual([75, 76, 80]);
  });

  it("has keys, trusts and owners under review, and a task for each decision that fits a machine", async () => {
    const { id, state } = await campaignNamed(KEYS_REVIEW);
    const rows = await reader.rows<{ kind: string; silent: number }>(
      `SELECT kind, count(*) FILTER (WHERE outcome = 'UNANSWERED')::int AS silent FROM items WHERE campaign_id = $1::uuid GROUP BY kind ORDER BY kind`,
      [id],
    );
    expect(rows).toEqual(["credential", "identity", "trust"].map((kind) => ({ kind, silent: 0 })));
    expect(state).toBe("REMEDIATING");
    const tasks = (await tasksOf(id)).map(({ kind, label, state: at }) => [kind, label.split(":")[0], at]).sort();
    expect(tasks).toEqual([
      ["narrow", "deployer-web", "MANUAL_REQUIRED"],
      ["re_own", "svc-metrics", "MANUAL_REQUIRED"],
      ["rotate", "svc-ledger", "MANUAL_REQUIRED"],
    ]);
  });

  it("has a campaign half done, one overdue, and two closed, the later with every removal verified", async () => {
    const quarterly = await campaignNamed(QUARTERLY);
    expect(quarterly).toMatchObject({ state: "ACTIVE" });
    expect(quarterly.answered / (quarterly.items ?? 0)).toBeGreaterThan(0.4);
    expect(quarterly.answered / (quarterly.items ?? 0)).toBeLessThan(0.65);
    expect(quarterly.submitted).toBeLessThan(quarterly.answered);
    expect(await listTemplates(campaignScope(anybody), NOW)).toMatchObject([
      { name: RECURRING, every: "quarter", cycles: 0, unexplained: 0 },
    ]);
    expect(await listSavedScopes(campaignScope(anybody))).toMatchObject([{ name: UNUSED }]);
    const overdue = await campaignNamed(OWNERS);
    expect(overdue).toMatchObject({ state: "ACTIVE" });
    expect(new Date(overdue.dueAt) < NOW && overdue.answered < (overdue.items ?? 0)).toBe(true);
    expect(await campaignNamed(SPRING)).toMatchObject({ state: "CLOSED" });
    const closed = await campaignNamed(AUTUMN);
    expect(closed).toMatchObject({ state: "CLOSED", submitted: closed.items });
    const tasks = await tasksOf(closed.id);
    expect(tasks.map(({ label, state, absences }) => [label, state, absences])).toEqual(
      expect.arrayContaining(Object.keys(REVOKED).map((label) => [label, "VERIFIED", 2])),
    );
    expect(tasks).toHaveLength(4);
  });

  it.each(["mara_lindt", "henrik_solberg", "ingrid_vass", "jonas_okafor", "wei_zhang"])("leaves %s something to decide", async (login) => {
    const { actor } = await as(story, login, new Date());
    const open = (await listMyReviews(reviewerScope(actor))).map(({ name }) => name);
    expect(open.length).toBeGreaterThan(0);
  });

  it("has a leaver who can still do things, for her manager to find", async () => {
    const [left] = await findPeople(inventoryScope(anybody), "Elena Petrova");
    expect(left).toMatchObject({ name: "Elena Petrova" });
    const identity = await identityNamed(LEAVER.login, "Demo corp database");
    expect(identity.access.reached.some(({ entitlement }) => entitlement === "Member of payments_admin")).toBe(true);
    const { actor } = await as(story, "ingrid_vass", new Date());
    const { id } = await campaignNamed(QUARTERLY);
    const { rows } = await listReviewItems(reviewerScope(actor), id, itemListParams.parse({ q: "elena_petrova" }));
    expect(rows.length).toBeGreaterThan(0);
  });

  it("has a pipeline whose credential two others share, keys without an end, and factors strong, weak and unknown", async () => {
    const shared = await reader.rows(
      "SELECT i.name FROM credentials c JOIN identities i ON i.id = c.identity_id WHERE c.fingerprint = $1::text AND i.class = 'pipeline' ORDER BY 1",
      [SHARED_FINGERPRINT],
    );
    expect(shared).toHaveLength(3);
    const { credentials } = (await identityNamed("svc-ledger", "Nimbus cloud")).things;
    expect(credentials).toMatchObject([{ rotation: "none", expires: { kind: "never" } }]);
    const [factors] = await reader.rows(
      `SELECT bool_or(phishing_resistant = 'yes') AS strong, bool_or(kind = 'sms_or_voice') AS sms, bool_or(kind = 'unknown') AS unknown FROM factors`,
    );
    expect(factors).toEqual({ strong: true, sms: true, unknown: true });
  });

  it("has an exception in force that runs out within a week, approved by two others than who asked", async () => {
    const { actor, now } = await as(story, "ottilie_krantz", new Date());
    const rows = await listExceptions(exceptionScope(actor), { actor, now }, exceptionListParams.parse({ show: "expiring" }));
    expect(rows).toMatchObject([{ label: "Felix Osei: Administrator of production", state: "ACTIVE", requesterName: "Dragan Ilic" }]);
    expect(Date.parse(rows[0]?.expiresAt ?? "") - NOW.getTime()).toBeLessThan(7 * 86_400_000);
    const detail = await getException(exceptionScope(actor), { actor, now }, rows[0]?.id ?? "");
    expect(detail?.approvals.map(({ personName }) => personName)).toEqual(["Ingrid Vass", "Ottilie Krantz"]);
  });

  it("has privileged sessions that are open as it ends, elevations with and without a second factor, and the leaver's key in use", async () => {
    const scope = sessionScope(anybody);
    const now = NOW.toISOString();
    const { rows } = await listSessions(scope, boardParams.parse({}), now);
    expect(rows.filter(({ told }) => told === "derived").map(({ identity }) => identity)).toEqual(
      expect.arrayContaining(["deployer-payments", "infra-apply"]),
    );
    const totals = await boardTotals(scope, now, now);
    expect([totals.privileged > 0, totals.elevations > 0, totals.known > 100]).toEqual([true, true, true]);
    const leaver = await reader.rows(
      `SELECT FROM access_events e JOIN identities i ON i.id = e.identity_id WHERE i.external_id = $1::text AND e.occurred_at > $2::timestamptz LIMIT 1`,
      [LEAVER.login, daysAgo(story, LEAVER.daysAgo).toISOString()],
    );
    expect(leaver).toHaveLength(1);
  });

  it("has one removal that grew back and is under review again, linked both ways", async () => {
    const { id: parentId } = await campaignNamed(AUTUMN);
    const followUp = (await listCampaigns(campaignScope(anybody), campaignListParams.parse({}))).filter(({ isFollowUp }) => isFollowUp);
    expect(followUp).toMatchObject([{ state: "ACTIVE", items: 1 }]);
    const regrown = (await tasksOf(parentId)).filter(({ hasRegrown }) => hasRegrown);
    expect(regrown.map(({ label }) => label)).toEqual(["Lukas Steiner: Member of release-managers"]);
    const [item] = await reader.rows<{ follows: string }>("SELECT follows_campaign_id AS follows FROM items WHERE campaign_id = $1::uuid", [
      followUp[0]?.id,
    ]);
    expect(item?.follows).toBe(parentId);
  });

  it("has a review decided in a hurry, which cannot be signed off: its second looks are asked for, one taken, the others waiting", async () => {
    const { id, state } = await campaignNamed(HURRIED);
    expect(state).toBe("CLOSING");
    const page = await getCampaign(campaignScope(anybody), id);
    const hurried = page?.quality.find(({ privilegedKept }) => privilegedKept >= 20);
    expect(hurried).toMatchObject({ privilegedKeepViewed: 0, privilegedKeepSeconds: expect.toSatisfy((seconds: number) => seconds < 5) });
    expect(page?.checklist.find(({ code }) => code === "second_looks_answered")).toMatchObject({ isMet: false });
    const looks = await listLooks(id);
    const [looker, ...others] = [...new Set(looks.map(({ reviewer }) => reviewer))];
    expect(new Set(looks.map(({ firstReviewer }) => firstReviewer))).toEqual(new Set(["Rasmus Lund"]));
    expect([others, ["Rasmus Lund", "Wei Zhang"].includes(looker ?? "")]).toEqual([[], false]);
    expect(looks.filter(({ answer }) => answer !== null)).toMatchObject([{ answer: "revoke", agrees: false }]);
    const { actor } = await as(story, (looker ?? "").toLowerCase().replace(" ", "_"), new Date());
    expect(await listLooksWaiting(reviewerScope(actor))).toMatchObject([{ campaignId: id, looks: looks.length - 1 }]);
    expect(looks.length).toBeGreaterThan(1);
  });

  it("has removals in steps in the real database: stopped half way by one that was put back, what had not begun free to begin again", async () => {
    const { id: campaignId } = await campaignNamed(STEPS_REVIEW);
    const scope = remediationScope(anybody);
    const [batch, ...others] = await listBatches(scope, campaignId);
    expect(others).toEqual([]);
    const { members = [], state } = (await getBatch(scope, batch?.id ?? "")) ?? {};
    expect(state).toBe("STOPPED");
    expect(members.map(({ label, step, state: at }) => [step, label, at])).toEqual([
      [1, MISSED, "RESTORED"],
      [2, "lukas_steiner: Member of analytics_reader", "APPLIED_UNVERIFIED"],
    ]);
    expect(await listExecutable(scope, campaignId)).toMatchObject([{ campaignId, tasks: 4 }]);
    const inForce = await reader.rows<{ holder: string }>(
      `SELECT i.name AS holder FROM grants g JOIN identities i ON i.id = g.holder_id JOIN entitlements e ON e.id = g.entitlement_id
       JOIN sources s ON s.id = g.source_id WHERE s.name = 'Demo corp database' AND g.ended_run_id IS NULL
         AND (i.name, e.name) IN (('ilse_brandt', 'Member of payments_reader'), ('lukas_steiner', 'Member of analytics_reader'))`,
    );
    expect(inForce).toEqual([{ holder: "ilse_brandt" }]);
    const gone = await getRemediation(scope, anybody, members[1]?.id ?? "");
    expect(gone).toMatchObject({ absences: 1 });
  });

  it("made a pack that verifies, and says in its manifest and its report that it is a demonstration", async () => {
    const { id: campaignId } = await campaignNamed(AUTUMN);
    const [pack, ...more] = await listPacks(evidenceScope((await as(story, "camille_dubois", new Date())).actor), { campaignId });
    if (!pack) throw new Error("no pack");
    expect(more).toEqual([]);
    const bytes = readFileSync(packFile(pack.sha256));
    expect((await verifyPack(bytes)).verdict).toBe("verified");
    const { contents } = entriesOf(bytes);
    const text = (name: string) => contents.get(name)?.toString("utf8") ?? "";
    expect(JSON.parse(text("manifest.json"))).toMatchObject({ demo: true });
    expect(text("report.html")).toContain("demonstration with invented data");
    expect(text("gaps.txt")).toContain("It is evidence of nothing.");
  });

  it("dates the audit by two clocks: what was told as if earlier, and when it was recorded, which is now", async () => {
    const [row] = await reader.rows<{ told: number; recorded: number }>(
      `SELECT extract(day FROM max(recorded_at) - min((body::jsonb ->> 'occurred_at')::timestamptz))::int AS told,
         extract(day FROM max(recorded_at) - min(recorded_at))::int AS recorded FROM audit_events`,
    );
    expect(row?.told).toBeGreaterThan(170);
    expect(row?.recorded).toBe(0);
  });

  it("confirmed every critical step with a password, used once, and no request by whoever asked it", async () => {
    const [row] = await reader.rows(
      `SELECT count(*) FILTER (WHERE used_at IS NULL)::int AS unused, count(*)::int > 20 AS many FROM step_ups`,
    );
    expect(row).toEqual({ unused: 0, many: true });
  });

  describe("made again by a first start", () => {
    let twin: TestDatabase;
    let folder: string;
    let other: SourceServer;
    afterAll(async () => {
      await twin?.drop();
      await other?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it("is the same story, though it was killed on the way: the same names and outcomes, under other ids", {
      timeout: PATIENCE_MS,
    }, async () => {
      twin = await createTestDatabase();
      folder = mkdtempSync(path.join(tmpdir(), "countersign-twin-"));
      const urls = { DATABASE_URL: twin.app, DATABASE_OWNER_URL: twin.owner, DATABASE_SEALER_URL: twin.sealer };
      if (!binaries) throw new Error("no PostgreSQL");
      // A database of its own to read: the first story took something back in the other.
      other = await startSourceServer(binaries, "superuser-secret");
      const env = { ...process.env, ...urls, ...(await demoCorpOn(other)), COUNTERSIGN_DATA_DIR: folder, COUNTERSIGN_DEMO: "true" };
      expect(await firstStart(env, { killedAt: "four months of changes" })).toBeNull();
      expect(await firstStart(env)).toBe(0);
      expect(JSON.parse(readFileSync(path.join(folder, "demo-sign-ins.json"), "utf8"))).toHaveLength(10);
      const [mine, theirs] = [await outlineOf(process.env.DATABASE_URL ?? ""), await outlineOf(twin.app)];
      expect(theirs.lines).toEqual(mine.lines);
      expect(theirs.digest).toBe(mine.digest);
      expect(mine.ids.filter((id) => theirs.ids.includes(id))).toEqual([]);
    });
  });
});

/** The demo's source on a server, and how the story is told where it is. */
async function demoCorpOn({ adminUrl }: SourceServer): Promise<Record<"DEMO_CORP_URL" | "DEMO_CORP_WRITER_URL", string>> {
  await ensureDemoCorp(adminUrl, PASSWORDS);
  return {
    DEMO_CORP_URL: withLogin(adminUrl, DEMO_CORP, DEMO_CORP_READER, PASSWORDS.reader),
    DEMO_CORP_WRITER_URL: withLogin(adminUrl, DEMO_CORP, DEMO_CORP_WRITER, PASSWORDS.writer),
  };
}

/** Its exit code; null where it was killed once it told of that chapter. */
function firstStart(env: NodeJS.ProcessEnv, { killedAt }: { killedAt?: string } = {}): Promise<number | null> {
  const args = ["--conditions=react-server", path.join(import.meta.dirname, "seed.ts")];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
    if (killedAt && said.includes(killedAt)) child.kill("SIGKILL");
  });
  return new Promise((resolve) => child.once("close", resolve));
}
const OUTLINE = [
  `SELECT concat_ws(' | ', c.name, i.identity_name, i.entitlement_name, i.risk_class, i.change, i.state, i.answer, i.outcome, i.void_reason, p.name)
   FROM items i JOIN campaigns c ON c.id = i.campaign_id LEFT JOIN people p ON p.id = i.reviewer_id`,
  "SELECT concat_ws(' | ', label, state, risk_class, batch_step, regrown_item_id IS NOT NULL) FROM remediations",
  "SELECT concat_ws(' | ', label, state, risk_class, rationale) FROM exceptions",
  "SELECT concat_ws(' | ', s.name, r.state, r.changes) FROM sync_runs r JOIN sources s ON s.id = r.source_id",
];

/** What happened, without ids and instants. */
async function outlineOf(url: string): Promise<{ lines: string[]; digest: string; ids: string[] }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const column = async (sql: string) =>
      (await client.query<{ line: string }>(`SELECT line FROM (${sql}) t(line) ORDER BY line COLLATE "C"`)).rows.map(({ line }) => line);
    const lines = (await Promise.all(OUTLINE.map(column))).flat();
    const ids = await column("SELECT id::text FROM campaigns UNION ALL SELECT id::text FROM identities");
    return { lines, digest: createHash("sha256").update(lines.join("\n")).digest("hex"), ids };
  } finally {
    await client.end();
  }
}
