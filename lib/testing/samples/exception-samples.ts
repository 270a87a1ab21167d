import { requestChanges } from "#lib/exceptions/commands/answer.ts";
import { approveException } from "#lib/exceptions/commands/approve.ts";
import { type Approvers, asked, inDays, makeApprovers, termsFor } from "../exceptions.ts";
import * as make from "../factories.ts";
import { launchReview } from "../removals.ts";
import { mine } from "../review-world.ts";
import type { Samples } from "./sample.ts";

const reason = "It has to be.";
type Made = { company: Approvers; exceptionId: string };

async function requested(): Promise<Made> {
  const company = await makeApprovers();
  return { company, exceptionId: (await asked(company, "read")).exceptionId };
}

/** Its owner's step is done, the approver's waits. */
async function halfWay(): Promise<Made> {
  const made = await requested();
  await approveException(make.confirmed(made.company.rob), { exceptionId: made.exceptionId, revision: 1 });
  return made;
}

async function active(): Promise<Made> {
  const made = await halfWay();
  await approveException(make.confirmed(made.company.apa), { exceptionId: made.exceptionId, revision: 1 });
  return made;
}

export const exceptionSamples: Samples = {
  "exception.approve": async () => {
    const { company, exceptionId } = await halfWay();
    return { by: company.apa, input: { exceptionId, revision: 1 } };
  },
  "exception.request_changes": async () => {
    const { company, exceptionId } = await halfWay();
    return { by: company.apa, input: { exceptionId, revision: 1, reason } };
  },
  "exception.reject": async () => {
    const { company, exceptionId } = await halfWay();
    return { by: company.apa, input: { exceptionId, revision: 1, reason } };
  },
  "exception.change": async () => {
    const { company, exceptionId } = await halfWay();
    await requestChanges(make.ctxOf(company.apa), { exceptionId, revision: 1, reason });
    return { by: company.mia, input: { exceptionId, terms: termsFor(company, { control: "Two people sign each use." }) } };
  },
  "exception.withdraw": async () => {
    const { company, exceptionId } = await requested();
    return { by: company.mia, input: { exceptionId, reason } };
  },
  "exception.request_renewal": async () => {
    const { company, exceptionId } = await active();
    const more = { expiresAt: inDays(40).toISOString(), rationale: "The close takes a month longer." };
    return { by: company.mia, input: { exceptionId, ...more } };
  },
  "exception.record_test": async () => {
    const { company, exceptionId } = await active();
    const test = { result: "passed", evidence: "Read the log of the last week: nothing odd.", nextDueAt: inDays(15).toISOString() };
    return { by: company.sec, input: { exceptionId, ...test } };
  },
  "exception.revoke": async () => {
    const { company, exceptionId } = await active();
    return { by: company.sec, input: { exceptionId, reason } };
  },
  "item.request_exception": async () => {
    const company = await makeApprovers();
    const campaignId = await launchReview(company);
    const item = (await mine(company.mia, campaignId)).find(({ entitlementName }) => entitlementName === "read");
    return { by: company.mia, input: { campaignId, itemId: item?.id, exception: termsFor(company) } };
  },
};
