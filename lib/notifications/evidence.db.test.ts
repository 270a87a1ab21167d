import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { tellReviewers } from "#lib/campaigns/commands/tell.ts";
import { reader } from "#lib/db/transact.ts";
import { exportEvidence } from "#lib/evidence/commands/export.ts";
import { verifyPack } from "#lib/evidence/verifier/verify.js";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { answer, type Company, launchReview, makeCompany, signOffReview } from "#lib/testing/removals.ts";
import { entriesOf } from "#lib/testing/toy-pack.ts";
import { collectMails } from "./commands/collect.ts";
import { sendDue } from "./commands/send.ts";
import type { Outcome } from "./outcome.ts";

ownTestDatabase();
afterAll(stopSender);

const OFFICE = { isOn: true, host: "example.test", zone: "UTC" };
const job = (minutes: number): Ctx => make.ctxOf(systemActor("test"), new Date(Date.now() + minutes * 60_000));
const rows = (zip: Buffer, name: string): Record<string, unknown>[] =>
  JSON.parse(entriesOf(zip).contents.get(`${name}.json`)?.toString("utf8") ?? "null");
const gapsOf = (zip: Buffer) => rows(zip, "gaps").map(({ code }) => code);
const carry = (outcome: Outcome) => {
  const at = new Date(Date.now() + 10 * 60_000);
  return sendDue(job(10), { channel: "mail", lanes: 1, carry: async () => outcome }, { clock: () => at });
};

async function told(): Promise<Company & { campaignId: string }> {
  const company = await makeCompany();
  await reader.rows("UPDATE people SET mail = 'mia@example.test' WHERE id = $1::uuid", [company.people.mia]);
  const campaignId = await launchReview(company);
  await tellReviewers(job(0));
  return { ...company, campaignId };
}

it("a pack holds who was told what and when, and what the mail server said, as of its checkpoint", async () => {
  const company = await told();
  const { campaignId, owner, people } = company;
  await collectMails(job(3), OFFICE);
  await answer(company, campaignId, {});
  await signOffReview(company, campaignId);
  const waiting = await exportEvidence(make.confirmed(owner), { campaign: campaignId });
  const before = readFileSync(waiting.file);
  expect(rows(before, "notifications")).toMatchObject([
    { kind: "items_waiting", person_id: people.mia, recipient: "Mia", mail: "waiting" },
  ]);
  expect(gapsOf(before)).toContain("mail_waiting");

  await carry({ kind: "accepted", response: "250 2.0.0 queued as 4711" });
  const pack = await exportEvidence(make.confirmed(owner), { campaign: campaignId });
  const bytes = readFileSync(pack.file);
  const { verdict, problems } = await verifyPack(bytes, { key: pack.fingerprint });
  expect([verdict, problems]).toEqual(["verified", []]);
  expect(rows(bytes, "notifications")).toEqual([
    expect.objectContaining({
      kind: "items_waiting",
      mail: "accepted",
      message_id: expect.stringMatching(/@example\.test>$/),
      attempts: 1,
      server_said: "250 2.0.0 queued as 4711",
      told_at: expect.stringMatching(/^20.*Z|\+00:00$/),
    }),
  ]);
  expect(gapsOf(bytes).filter((code) => /mail_|nobody_told/.test(String(code)))).toEqual([]);
  const again = await exportEvidence(make.confirmed(owner), { campaign: campaignId, checkpoint: waiting.treeSize });
  expect(readFileSync(again.file).equals(before)).toBe(true);
});

it("prints as a gap that mail was off, that nothing arrived, or that nobody was told anything", async () => {
  const off = await told();
  await collectMails(job(3), { ...OFFICE, isOn: false });
  const refused = await told();
  await collectMails(job(3), OFFICE);
  await carry({ kind: "refused", response: "550 no such user" });
  const silent = await makeCompany();
  const silentId = await launchReview(silent);
  const packs: string[][] = [];
  for (const [company, campaignId] of [
    [off, off.campaignId],
    [refused, refused.campaignId],
    [silent, silentId],
  ] as const) {
    await answer(company, campaignId, {});
    await signOffReview(company, campaignId);
    const { file } = await exportEvidence(make.confirmed(company.owner), { campaign: campaignId });
    packs.push(
      gapsOf(readFileSync(file))
        .map(String)
        .filter((code) => /mail_|nobody_told/.test(code)),
    );
  }
  expect(packs).toEqual([["mail_off"], ["mail_undelivered"], ["nobody_told"]]);
});
