import { expect, it } from "vitest";
import { requestItemException } from "#lib/campaigns/commands/request-exception.ts";
import { reader } from "#lib/db/transact.ts";
import { approveException } from "#lib/exceptions/commands/approve.ts";
import { revokeException } from "#lib/exceptions/commands/revoke.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { makeApprovers, termsFor } from "#lib/testing/exceptions.ts";
import * as make from "#lib/testing/factories.ts";
import { campaignState, job, reviewed, stepsOf, taskOf } from "#lib/testing/removals.ts";
import { coverRemediations } from "./commands/cover.ts";
import { ticketRemediation } from "./commands/ticket.ts";

ownTestDatabase();

it.each([
  ["waits for people", []],
  ["somebody has a ticket for", ["TICKETED"]],
])(
  "covers a removal that %s while its exception is in force, and plans it anew afterwards, however often it is told",
  async (_name, steps) => {
    const company = await makeApprovers();
    const campaignId = await reviewed(company, { read: "revoke" });
    const task = await taskOf(campaignId, "read");
    expect(task.state).toBe("MANUAL_REQUIRED");
    const [item] = await reader.rows<{ id: string }>("SELECT item_id AS id FROM remediations WHERE id = $1::uuid", [task.id]);
    const exception = termsFor(company);
    const { exceptionId } = await requestItemException(make.ctxOf(company.sec), { campaignId, itemId: item?.id ?? "", exception });
    if (steps.length > 0) await ticketRemediation(make.ctxOf(company.pat), { remediationId: task.id, reference: "OPS-12" });
    expect(await coverRemediations(job(), { exceptionId })).toEqual({ covered: 0, planned: 0 });
    for (const user of [company.rob, company.apa]) await approveException(make.confirmed(user), { exceptionId, revision: 1 });
    const told = [];
    for (let times = 0; times < 3; times += 1) told.push(await coverRemediations(job(), { exceptionId }));
    expect(told).toEqual([
      { covered: 1, planned: 0 },
      { covered: 0, planned: 0 },
      { covered: 0, planned: 0 },
    ]);
    expect(await taskOf(campaignId, "read")).toMatchObject({ state: "COVERED" });
    expect(await campaignState(campaignId)).toBe("VERIFYING");

    await revokeException(make.ctxOf(company.apa), { exceptionId, reason: "The close is over." });
    for (let times = 0; times < 3; times += 1) await coverRemediations(job(), { exceptionId });
    expect(await stepsOf(task.id)).toEqual(["PLANNED", "MANUAL_REQUIRED", ...steps, "COVERED", "PLANNED", "MANUAL_REQUIRED"]);
    expect(await campaignState(campaignId)).toBe("REMEDIATING");
    for (const type of ["remediation.covered", "remediation.uncovered"])
      expect((await make.auditOf(type)).filter(({ subject }) => subject.id === task.id)).toHaveLength(1);
  },
);

it("leaves a revoke that was decided under the exception to be carried out", async () => {
  const company = await makeApprovers();
  const first = await reviewed(company, {});
  const [item] = await reader.rows<{ id: string }>("SELECT id FROM items WHERE campaign_id = $1::uuid AND grant_id = $2::uuid", [
    first,
    company.grants.read,
  ]);
  const exception = termsFor(company);
  const { exceptionId } = await requestItemException(make.ctxOf(company.sec), { campaignId: first, itemId: item?.id ?? "", exception });
  for (const user of [company.rob, company.apa]) await approveException(make.confirmed(user), { exceptionId, revision: 1 });
  const later = await reviewed(company, { read: "revoke" });
  expect(await coverRemediations(job(), { exceptionId })).toEqual({ covered: 0, planned: 0 });
  expect(await taskOf(later, "read")).toMatchObject({ state: "MANUAL_REQUIRED" });
});
