import type { Actor } from "#lib/authz/actor.ts";
import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { reader } from "#lib/db/transact.ts";
import type { ExceptionTerms } from "#lib/exceptions/schema.ts";
import type { ExceptionState } from "#lib/exceptions/types.ts";
import * as make from "./factories.ts";
import { type Company, launchReview, makeCompany } from "./removals.ts";

type User = Extract<Actor, { kind: "user" }>;
const DAY_MS = 86_400_000;
export const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

/** A company whose resources Rob owns and in which Apa and Ben approve exceptions. */
export type Approvers = Company & { apa: User; ben: User };

export async function makeApprovers(): Promise<Approvers> {
  const company = await makeCompany();
  const [apa, ben] = await Promise.all(
    ["Apa", "Ben"].map(async (label) =>
      make.makeUser({ personId: await make.makePerson(company.source, { name: label }), roles: ["exception_approver"], label }),
    ),
  );
  if (!apa || !ben) throw new Error("nobody was made");
  return { ...company, apa, ben };
}

export const termsFor = (company: Company, more: Partial<ExceptionTerms> = {}): ExceptionTerms => ({
  rationale: "The month-end close still needs it.",
  control: "Every use is logged and read by security.",
  controlOwnerId: company.people.sec,
  controlTest: "Security reads the log of the last week.",
  controlDueAt: inDays(10).toISOString(),
  startsAt: null,
  expiresAt: inDays(20).toISOString(),
  ...more,
});

export type Asked = { campaignId: string; itemId: string; exceptionId: string };

/** Mia answers Sam's access with a request for an exception and keeps the rest, and hands it all in. */
export async function asked(company: Company, entitlement: keyof Company["grants"], more: Partial<ExceptionTerms> = {}): Promise<Asked> {
  const campaignId = await launchReview(company);
  return { campaignId, ...(await askIn(company, campaignId, entitlement, more)) };
}

export async function askIn(
  company: Company,
  campaignId: string,
  entitlement: keyof Company["grants"],
  more: Partial<ExceptionTerms> = {},
): Promise<{ itemId: string; exceptionId: string }> {
  const rows = await reader.rows<{ id: string; version: number; grantId: string }>(
    `SELECT id, version, grant_id AS "grantId" FROM items WHERE campaign_id = $1::uuid AND state = 'ASSIGNED' AND reviewer_id = $2::uuid ORDER BY id`,
    [campaignId, company.people.mia],
  );
  for (const { id: itemId, version, grantId } of rows) {
    const isAsked = grantId === company.grants[entitlement];
    await decideItem(make.ctxOf(company.mia), {
      campaignId,
      itemId,
      version,
      answer: isAsked ? "exception_requested" : "keep",
      rationale: isAsked ? null : "Needed.",
      exception: isAsked ? termsFor(company, more) : null,
    });
  }
  const attestation = "I looked at each of these and answer for them.";
  await submitDecisions(make.confirmed(company.mia), { campaignId, instructionsVersion: 1, attestation });
  const itemId = rows.find(({ grantId }) => grantId === company.grants[entitlement])?.id ?? "";
  return { itemId, exceptionId: await openExceptionFor(company, entitlement) };
}

export async function openExceptionFor(company: Company, entitlement: keyof Company["grants"]): Promise<string> {
  const [row] = await reader.rows<{ id: string }>(
    "SELECT id FROM exceptions WHERE identity_id = $1::uuid AND entitlement_id = $2::uuid ORDER BY created_at DESC, id DESC LIMIT 1",
    [company.identityId, company.entitlements[entitlement]],
  );
  return row?.id ?? "";
}

export async function closeAndSignOff({ owner }: Company, campaignId: string): Promise<void> {
  await closeDecisions(make.ctxOf(owner), { campaignId });
  await signOff(make.confirmed(owner), { campaignId, attestation: "I looked at each of these and answer for them." });
}

export type ExceptionFacts = { state: ExceptionState; version: number; revision: number; renewals: number; expiresAt: Date };
export async function exceptionOf(exceptionId: string): Promise<ExceptionFacts> {
  const [row] = await reader.rows<ExceptionFacts>(
    `SELECT state::text AS state, version, revision, renewals, expires_at AS "expiresAt" FROM exceptions WHERE id = $1::uuid`,
    [exceptionId],
  );
  if (!row) throw new Error("no exception");
  return row;
}

/** The lines of its history in their order. */
export async function historyOf(exceptionId: string): Promise<string[]> {
  const rows = await reader.rows<{ kind: string }>(
    "SELECT kind FROM exception_events WHERE exception_id = $1::uuid ORDER BY version, at, id",
    [exceptionId],
  );
  return rows.map(({ kind }) => kind);
}

/** The jobs that an exception has put into the queue, oldest first. */
export async function jobsOf(exceptionId: string): Promise<{ exceptionId: string; eventId: string; to: string }[]> {
  const rows = await reader.rows<{ data: { exceptionId: string; eventId: string; to: string } }>(
    "SELECT data FROM jobs.job WHERE name = 'exception.changed' AND data ->> 'exceptionId' = $1::text ORDER BY created_on, id",
    [exceptionId],
  );
  return rows.map(({ data }) => data);
}
