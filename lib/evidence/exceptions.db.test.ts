import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { approveException } from "#lib/exceptions/commands/approve.ts";
import { recordTest } from "#lib/exceptions/commands/record-test.ts";
import { requestRenewal } from "#lib/exceptions/commands/renew.ts";
import { revokeException } from "#lib/exceptions/commands/revoke.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { type Approvers, type Asked, asked, closeAndSignOff, inDays, makeApprovers, termsFor } from "#lib/testing/exceptions.ts";
import * as make from "#lib/testing/factories.ts";
import { entriesOf } from "#lib/testing/toy-pack.ts";
import { type ExportedPack, exportEvidence } from "./commands/export.ts";
import { verifyPack } from "./verifier/verify.js";

ownTestDatabase();

let company: Approvers;
let made: Asked;
let pack: ExportedPack;
let bytes: Buffer;

const FORMULA = `=HYPERLINK("http://evil.example","renew")`;
const filesOf = (zip: Buffer) => new Map([...entriesOf(zip).contents].map(([name, content]) => [name, content.toString("utf8")]));
const rows = (zip: Buffer, name: string): Record<string, unknown>[] => JSON.parse(filesOf(zip).get(`${name}.json`) ?? "null");

beforeAll(async () => {
  company = await makeApprovers();
  made = await asked(company, "admin", { rationale: FORMULA });
  const { exceptionId } = made;
  for (const user of [company.rob, company.apa]) await approveException(make.confirmed(user), { exceptionId, revision: 1 });
  await recordTest(make.ctxOf(company.sec), {
    exceptionId,
    result: "passed",
    evidence: "Read the log of the week: nothing odd.",
    nextDueAt: inDays(15).toISOString(),
  });
  await closeAndSignOff(company, made.campaignId);
  pack = await exportEvidence(make.confirmed(company.owner), { campaign: made.campaignId });
  bytes = readFileSync(pack.file);
});

it("holds each exception over an item, who asked and approved, its control with the last test, and the items that it covers", async () => {
  const { verdict, problems } = await verifyPack(bytes, { key: pack.fingerprint });
  expect([verdict, problems]).toEqual(["verified", []]);
  expect(rows(bytes, "exceptions")).toEqual([
    expect.objectContaining({
      id: made.exceptionId,
      item_ids: [made.itemId],
      asked_from_item_id: made.itemId,
      state: "ACTIVE",
      requester: "Mia",
      approved_by: ["Rob as resource_owner", "Apa as exception_approver"],
      rationale: FORMULA,
      control: termsFor(company).control,
      control_owner: "Sec",
      control_result: "passed",
      renewals: "0",
      lapse: null,
      reopened_items: "0",
    }),
  ]);
  const history = rows(bytes, "exception-events").map(({ kind, actor }) => [kind, actor]);
  expect(history).toEqual([
    ["SUBMITTED", "Mia"],
    ["IN_APPROVAL", "Mia"],
    ["APPROVAL", "Rob"],
    ["APPROVAL", "Apa"],
    ["APPROVED", "Apa"],
    ["ACTIVE", "Apa"],
    ["CONTROL_TESTED", "Sec"],
  ]);
  expect(rows(bytes, "items").find(({ id }) => id === made.itemId)).toMatchObject({ outcome: "exception_requested", by_silence: false });
  expect(filesOf(bytes).get("exceptions.csv")).toContain(`"'=HYPERLINK(`);
  expect(filesOf(bytes).get("report.html")).toContain("Rob as resource owner, Apa as exception approver");
});

it("is the same bytes for the same checkpoint, whatever became of the exception, and tells of a lapse from the next checkpoint on", async () => {
  const { exceptionId, campaignId } = made;
  await requestRenewal(make.ctxOf(company.mia), { exceptionId, expiresAt: inDays(25).toISOString(), rationale: "The close goes on." });
  await revokeException(make.ctxOf(company.rob), { exceptionId, reason: "The risk has grown." });
  const again = await exportEvidence(make.confirmed(company.owner), { campaign: campaignId, checkpoint: pack.treeSize });
  expect(readFileSync(again.file).equals(bytes)).toBe(true);
  const later = readFileSync((await exportEvidence(make.confirmed(company.owner), { campaign: campaignId })).file);
  expect(rows(later, "exceptions")).toMatchObject([{ state: "REVOKED", lapse: "revoked" }]);
  const codes = rows(later, "gaps").map(({ code }) => code);
  expect(codes).toContain("exception_lapsed");
  expect(rows(bytes, "gaps").map(({ code }) => code)).not.toContain("exception_lapsed");
  const lines = rows(later, "checklist").filter(({ id }) => id === "F1" || id === "F2");
  expect(lines.map(({ verdict }) => verdict)).toEqual(["in part", "in part"]);
});
