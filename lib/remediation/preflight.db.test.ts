import { afterAll, expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { importAccessEvents } from "#lib/sessions/commands/import-events.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { APPLIED, enableWrites, makeCompany, reviewed, scriptedWriter, taskOf } from "#lib/testing/removals.ts";
import { call, logOf } from "#lib/testing/trail.ts";
import { operatorCtx } from "#lib/testing/users.ts";
import { approveRemediation } from "./commands/approve.ts";
import { executeRemediation, preflightRemediation } from "./commands/execute.ts";

ownTestDatabase();
afterAll(stopSender);

const DEPLOYED = "Not deployed to production in 90 days";
const daysAgo = (days: number) => `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19)}Z`;

/** A removal that is approved, of an identity that is a pipeline's by now, in production. */
async function approved() {
  const company = await makeCompany();
  await reader.rows("UPDATE resources SET environment = 'prod' WHERE source_id = $1::uuid", [company.source.id]);
  await enableWrites(company);
  const campaignId = await reviewed(company, { write: "revoke" });
  const { id: remediationId, state } = await taskOf(campaignId, "write");
  if (state === "PLANNED") await approveRemediation(make.ctxOf(company.rob), { remediationId });
  await reader.rows("UPDATE identities SET class = 'pipeline', name = 'robot', login = 'robot' WHERE id = $1::uuid", [company.identityId]);
  return { company, remediationId };
}

const script = scriptedWriter(APPLIED);

it("a pipeline that changed something in production within the days is taken back only by whoever says yes to that", async () => {
  const { company, remediationId } = await approved();
  const check = async () => {
    const { checks } = await preflightRemediation(make.ctxOf(company.pat), { remediationId }, script);
    return checks.find(({ name }) => name === DEPLOYED);
  };
  expect(await check()).toMatchObject({ result: "warns", detail: expect.stringMatching(/^Unknown\. No log/) });
  await importAccessEvents(
    operatorCtx(),
    { sourceId: company.source.id, name: "trail.json" },
    logOf([
      call("a", daysAgo(120), "robot", "DescribeInstances"),
      call("b", daysAgo(30), "robot", "UpdateFunctionCode", "lambda"),
      call("c", daysAgo(1), "robot", "DescribeInstances"),
    ]),
  );
  expect(await check()).toMatchObject({ result: "warns", detail: expect.stringMatching(/lambda:UpdateFunctionCode\) in production/) });
  await expect(executeRemediation(make.confirmed(company.pat), { remediationId }, script)).rejects.toMatchObject({
    details: { refusals: ["unconfirmed"], warnings: expect.arrayContaining([DEPLOYED]) },
  });
  const confirmed = [DEPLOYED, "Not used in the last 7 days"];
  expect(await executeRemediation(make.confirmed(company.pat), { remediationId, confirmed }, script)).toEqual({ state: "QUEUED" });
});
