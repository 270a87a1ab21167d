import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { DEMO_CORP_WRITER } from "#lib/connectors/postgres/demo-corp.sql.ts";
import { demoCorpSettings, ensureDemoCorp } from "#lib/connectors/postgres/demo-corp.ts";
import { reader } from "#lib/db/transact.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { runSync } from "#lib/ingest/commands/run-sync.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { campaignState, job, stepsOf } from "#lib/testing/removals.ts";
import { SOURCE_VERSIONS, type SourceServer, startSourceServer } from "#lib/testing/source-server.ts";
import { operatorCtx } from "#lib/testing/users.ts";
import { approveRemediation } from "./commands/approve.ts";
import { claimDone, requireManual } from "./commands/claim.ts";
import { closeCampaign } from "./commands/close-campaign.ts";
import { executeRemediation, preflightRemediation } from "./commands/execute.ts";
import { confirmWrites, requestWrites } from "./commands/writes.ts";
import { handlers } from "./jobs.ts";

/*
 * The main job on a real server: read, review, take back with REVOKE, read twice more, and see it verified, or see why not. Only what a
 * worker does is called by hand here: the handlers of the queues.
 */

ownTestDatabase();
afterAll(stopSender);

const PASSWORDS = { reader: "reader-secret", writer: "writer-secret" };
const ATTESTATION = { attestation: "I looked at each of these and answer for them." };
/** identity, group: what is revoked in the review. */
const REVOKED = [
  ["ilse_brandt", "payments_reader"],
  ["priya_venkat", "payments_writer"],
  ["jonas_okafor", "payments_writer"],
  ["kenji_watanabe", "payments_writer"],
] as const;
type Identity = (typeof REVOKED)[number][0];

const binaries = await SOURCE_VERSIONS[0]?.binaries();

describe.runIf(binaries)("on a real PostgreSQL", () => {
  let server: SourceServer;
  let sourceId = "";
  let campaignId = "";
  const users = {} as Record<"owner" | "reviewer" | "security" | "second" | "engineer", Awaited<ReturnType<typeof make.makeUser>>>;

  beforeAll(async () => {
    if (!binaries) throw new Error("no PostgreSQL");
    server = await startSourceServer(binaries, "superuser-secret");
    await ensureDemoCorp(server.adminUrl, PASSWORDS);
  });
  afterAll(() => server?.stop());

  async function sync(): Promise<string> {
    const { runId } = await startSync(job(), { sourceId });
    expect(await runSync(job(), { runId })).toMatchObject({ state: "APPLIED" });
    for (const handler of handlers["inventory.published"] ?? []) await handler(job(), { sourceId, runId }, new AbortController().signal);
    return runId;
  }
  const work = async (queue: "remediation.plan" | "remediation.execute", data: object) => {
    for (const handler of handlers[queue] ?? []) await handler(job(), data, new AbortController().signal);
  };
  const taskOf = async (identity: Identity, of = campaignId) => {
    const group = REVOKED.find(([name]) => name === identity)?.[1];
    const [row] = await reader.rows<{ id: string; state: string; label: string; risk: string; regrown: string | null }>(
      `SELECT r.id, r.state::text AS state, r.label, r.risk_class AS risk, r.regrown_campaign_id AS regrown FROM remediations r
       JOIN items i ON i.campaign_id = r.campaign_id AND i.id = r.item_id
       WHERE r.campaign_id = $1::uuid AND i.identity_name = $2::text AND i.entitlement_name LIKE '%' || $3::text || '%'`,
      [of, identity, group],
    );
    if (!row) throw new Error(`No task for ${identity}`);
    return row;
  };
  const grantorsOf = async (identity: string, group: string) =>
    (
      await server.run<{ grantor: string }>(
        `SELECT g.rolname AS grantor FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles h ON h.oid = m.member JOIN pg_roles g ON g.oid = m.grantor
         WHERE h.rolname = '${identity}' AND r.rolname = '${group}' ORDER BY 1`,
      )
    ).map(({ grantor }) => grantor);
  const execute = async (identity: Identity) => {
    const { id: remediationId } = await taskOf(identity);
    const { checks } = await preflightRemediation(make.ctxOf(users.engineer), { remediationId });
    const confirmed = checks.filter(({ result }) => result === "warns").map(({ name }) => name);
    return executeRemediation(make.confirmed(users.engineer), { remediationId, confirmed });
  };

  it("reads the server, has it reviewed by one person and signed off", async () => {
    const people = await make.makeSource("people");
    const reviewerId = await make.makePerson(people, { name: "Fay Reviewer" });
    users.owner = await make.makeUser({ roles: ["campaign_manager"], label: "Owner" });
    users.reviewer = await make.makeUser({ personId: reviewerId, roles: ["reviewer"], label: "Fay" });
    users.security = await make.makeUser({ roles: ["security_analyst"], label: "Sec" });
    users.second = await make.makeUser({ roles: ["administrator"], label: "Second" });
    users.engineer = await make.makeUser({ roles: ["platform_engineer"], label: "Pat" });
    const added = await addSource(operatorCtx(), {
      name: "demo corp",
      kind: "postgres",
      config: demoCorpSettings({ host: server.host, port: server.port }),
      secret: { password: PASSWORDS.reader },
    });
    sourceId = added.sourceId;
    await sync();
    const made = await createCampaign(make.ctxOf(users.owner), {
      name: "Review of demo corp",
      scope: { sourceIds: [sourceId] },
      dueAt: new Date(Date.now() + 14 * 86_400_000).toISOString(),
      instructions: "Keep what is needed.",
      fallbackPersonId: reviewerId,
    });
    campaignId = made.campaignId;
    await stageCampaign(make.ctxOf(users.owner), { campaignId });
    await launchCampaign(make.ctxOf(users.owner), { campaignId });
    const items = await reader.rows<{ id: string; version: number; identity: string; entitlement: string }>(
      `SELECT id, version, identity_name AS identity, entitlement_name AS entitlement FROM items WHERE campaign_id = $1::uuid`,
      [campaignId],
    );
    for (const { id: itemId, version, identity, entitlement } of items) {
      const isRevoked = REVOKED.some(([name, group]) => name === identity && entitlement.includes(group));
      const decision = {
        campaignId,
        itemId,
        version,
        answer: isRevoked ? ("revoke" as const) : ("keep" as const),
        rationale: "Looked at it.",
      };
      await decideItem(make.ctxOf(users.reviewer), decision);
    }
    await submitDecisions(make.confirmed(users.reviewer), { campaignId, instructionsVersion: 1, ...ATTESTATION });
    await closeDecisions(make.ctxOf(users.owner), { campaignId });
    await signOff(make.confirmed(users.owner), { campaignId, ...ATTESTATION });
    await work("remediation.plan", { campaignId });
    const states = await Promise.all(REVOKED.map(async ([identity]) => (await taskOf(identity)).state));
    expect(states).toEqual(["MANUAL_REQUIRED", "MANUAL_REQUIRED", "MANUAL_REQUIRED", "MANUAL_REQUIRED"]); // nobody has switched writing on
  });

  it("lets the connector write once two people have said so", async () => {
    const { requestId } = await requestWrites(make.confirmed(users.security), {
      sourceId,
      config: { user: DEMO_CORP_WRITER },
      secret: PASSWORDS.writer,
      reason: "To take back what the review revoked.",
    });
    await confirmWrites(make.confirmed(users.second), { requestId });
    for (const [identity] of REVOKED) {
      const { id, state } = await taskOf(identity);
      expect(["PLANNED", "APPROVED"]).toContain(state);
      if (state === "PLANNED") await approveRemediation(make.ctxOf(users.security), { remediationId: id });
      expect((await taskOf(identity)).state).toBe("APPROVED");
    }
  });

  it("takes memberships back from each of their grantors, and only those", async () => {
    expect(await grantorsOf("jonas_okafor", "payments_writer")).toEqual(["access_admin", "access_selfservice"]);
    for (const identity of ["ilse_brandt", "priya_venkat", "jonas_okafor"] as const) {
      await execute(identity);
      await work("remediation.execute", { remediationId: (await taskOf(identity)).id });
      expect((await taskOf(identity)).state).toBe("APPLIED_UNVERIFIED");
    }
    expect(await grantorsOf("jonas_okafor", "payments_writer")).toEqual([]);
    expect(await grantorsOf("priya_venkat", "payments_writer")).toEqual([]);
    expect(await grantorsOf("jonas_okafor", "payments_admin")).toEqual(["access_admin"]);
    const [event] = await reader.rows<{ statements: string[] }>(
      "SELECT detail -> 'statements' AS statements FROM remediation_events WHERE remediation_id = $1::uuid AND kind = 'APPLIED_UNVERIFIED'",
      [(await taskOf("jonas_okafor")).id],
    );
    expect(event?.statements).toEqual([
      "REVOKE payments_writer FROM jonas_okafor GRANTED BY access_admin",
      "REVOKE payments_writer FROM jonas_okafor GRANTED BY access_selfservice",
    ]);
  });

  it("does not touch what somebody granted whom the writer may not act as", async () => {
    const { id: remediationId } = await taskOf("kenji_watanabe");
    await expect(execute("kenji_watanabe")).rejects.toMatchObject({ details: { blocks: ["The writer may take it back"] } });
    // Had it been possible when it was queued: the worker asks again.
    await reader.rows("UPDATE remediations SET state = 'QUEUED', version = version + 1 WHERE id = $1::uuid", [remediationId]);
    await work("remediation.execute", { remediationId });
    expect((await taskOf("kenji_watanabe")).state).toBe("MANUAL_REQUIRED");
    const [event] = await reader.rows<{ reason: string }>(
      "SELECT detail ->> 'reason' AS reason FROM remediation_events WHERE remediation_id = $1::uuid AND kind = 'MANUAL_REQUIRED' ORDER BY at DESC LIMIT 1",
      [remediationId],
    );
    expect(event?.reason).toMatch(/Granted by mara_lindt, whom access_review_writer may not act as/);
    expect(await grantorsOf("kenji_watanabe", "payments_writer")).toEqual(["mara_lindt"]);
  });

  it("verifies by the second later sync what is gone, and finds what another group still gives", async () => {
    await sync();
    expect((await taskOf("ilse_brandt")).state).toBe("APPLIED_UNVERIFIED");
    expect((await taskOf("jonas_okafor")).state).toBe("MANUAL_REQUIRED"); // payments_admin is a member of payments_writer
    expect((await stepsOf((await taskOf("jonas_okafor")).id)).slice(-3)).toEqual([
      "APPLIED_UNVERIFIED",
      "NOT_EFFECTIVE",
      "MANUAL_REQUIRED",
    ]);
    await sync();
    expect((await taskOf("ilse_brandt")).state).toBe("VERIFIED");
    expect((await taskOf("priya_venkat")).state).toBe("VERIFIED");
    expect(await campaignState(campaignId)).toBe("REMEDIATING");
  });

  it("verifies what people did by hand by the same proof, then the campaign verifies and closes", async () => {
    await server.run(
      "REVOKE payments_writer FROM kenji_watanabe GRANTED BY mara_lindt; REVOKE payments_admin FROM jonas_okafor GRANTED BY access_admin",
    );
    for (const identity of ["kenji_watanabe", "jonas_okafor"] as const)
      await claimDone(make.ctxOf(users.engineer), {
        remediationId: (await taskOf(identity)).id,
        proof: "Taken back as superuser at the console.",
      });
    expect(await campaignState(campaignId)).toBe("VERIFYING");
    await sync();
    await sync();
    for (const [identity] of REVOKED) expect((await taskOf(identity)).state, identity).toBe("VERIFIED");
    await closeCampaign(make.ctxOf(users.owner), { campaignId });
    expect(await campaignState(campaignId)).toBe("CLOSED");
    await expect(
      requireManual(make.ctxOf(users.engineer), { remediationId: (await taskOf("ilse_brandt")).id, reason: "Once more." }),
    ).rejects.toMatchObject({ details: { refusals: ["over"] } });
  });

  it("sees it when somebody grants it again, and has it reviewed", async () => {
    await server.run("GRANT payments_reader TO ilse_brandt");
    await sync();
    const { regrown } = await taskOf("ilse_brandt");
    const items = await reader.rows<{ identity: string; entitlement: string; state: string }>(
      `SELECT identity_name AS identity, entitlement_name AS entitlement, state::text AS state FROM items WHERE campaign_id = $1::uuid AND follows_campaign_id = $2::uuid`,
      [regrown, campaignId],
    );
    expect(items).toEqual([{ identity: "ilse_brandt", entitlement: expect.stringContaining("payments_reader"), state: "ASSIGNED" }]);
    expect(await campaignState(regrown ?? "")).toBe("ACTIVE");
  });
});
