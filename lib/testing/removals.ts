import { type Actor, systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import type { PreflightCheck, SourceWriter, WriteResult } from "#lib/connectors/contract.ts";
import { reader } from "#lib/db/transact.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { confirmWrites, requestWrites } from "#lib/remediation/commands/writes.ts";
import * as make from "./factories.ts";

type User = Extract<Actor, { kind: "user" }>;
export const job = (): Ctx => make.ctxOf(systemActor("test"));

const ATTESTATION = { attestation: "I looked at each of these and answer for them." };

/**
 * Sam holds four things in a source that can be written to: read and write (of lower risk), admin (critical), and team, which reaches read.
 * Mia, Sam's manager, reviews them all; Rob owns the resources.
 */
export type Company = {
  source: make.TestSource;
  people: Record<"mia" | "sam" | "rob" | "sec" | "pat", string>;
  owner: User;
  mia: User;
  rob: User;
  sec: User;
  second: User;
  pat: User;
  identityId: string;
  entitlements: Record<"read" | "write" | "admin" | "team", string>;
  grants: Record<"read" | "write" | "admin" | "team", string>;
};

export async function makeCompany(options: { kind?: string } = {}): Promise<Company> {
  const source = await make.makeSource(undefined, { kind: options.kind ?? "postgres" });
  const config = { host: "127.0.0.1", port: 1, database: "nowhere", user: "reader", tls: { mode: "disable" } };
  await reader.rows("UPDATE sources SET config = $2::jsonb WHERE id = $1::uuid", [source.id, JSON.stringify(config)]);
  const mia = await make.makePerson(source, { name: "Mia" });
  const sam = await make.makePerson(source, { name: "Sam", managerId: mia });
  const [rob, sec, pat] = await Promise.all(["Rob", "Sec", "Pat"].map((name) => make.makePerson(source, { name })));
  if (!rob || !sec || !pat) throw new Error("nobody was made");
  const owned = { resourceOwnerId: rob };
  const entitlements = {
    read: await make.makeEntitlement(source, { name: "read", ...owned }),
    write: await make.makeEntitlement(source, { name: "write", ...owned }),
    admin: await make.makeEntitlement(source, {
      name: "admin",
      privileged: "yes",
      environment: "prod",
      sensitivity: "restricted",
      ...owned,
    }),
    team: await make.makeEntitlement(source, { name: "team", ...owned }),
  };
  await make.makeReach(entitlements.team, entitlements.read, entitlements.team, 1);
  const identityId = await make.makeIdentity(source, { name: "sam", personId: sam });
  const grants = {
    read: await make.makeGrant(source, identityId, entitlements.read),
    write: await make.makeGrant(source, identityId, entitlements.write),
    admin: await make.makeGrant(source, identityId, entitlements.admin),
    team: await make.makeGrant(source, identityId, entitlements.team),
  };
  return {
    source,
    people: { mia, sam, rob, sec, pat },
    owner: await make.makeUser({ roles: ["campaign_manager"], label: "Owner" }),
    mia: await make.makeUser({ personId: mia, roles: ["reviewer", "security_analyst", "platform_engineer"], label: "Mia" }),
    rob: await make.makeUser({ personId: rob, roles: ["reviewer"], label: "Rob" }),
    sec: await make.makeUser({ personId: sec, roles: ["security_analyst"], label: "Sec" }),
    second: await make.makeUser({ roles: ["administrator"], label: "Second" }),
    pat: await make.makeUser({ personId: pat, roles: ["platform_engineer"], label: "Pat" }),
    identityId,
    entitlements,
    grants,
  };
}

/** By two people, as it is done; nothing is contacted. */
export async function enableWrites({ source, sec, second }: Company): Promise<void> {
  const asked = { sourceId: source.id, config: { user: "writer" }, secret: "writer-secret", reason: "The review is under way." };
  const { requestId } = await requestWrites(make.confirmed(sec), asked);
  await confirmWrites(make.confirmed(second), { requestId });
}

type Answers = Partial<Record<string, "keep" | "revoke">>;

export async function launchReview(company: Company): Promise<string> {
  const dueAt = new Date(Date.now() + 14 * 86_400_000).toISOString();
  const { owner, source } = company;
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: `Review of ${source.name}`,
    scope: { sourceIds: [source.id] },
    dueAt,
    instructions: "Keep what is needed.",
    fallbackPersonId: company.people.rob,
  });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await launchCampaign(make.ctxOf(owner), { campaignId });
  return campaignId;
}

/** Mia answers what is open, as told by entitlement and else with keep, and hands it in. */
export async function answer(company: Company, campaignId: string, answers: Answers): Promise<void> {
  const rows = await reader.rows<{ id: string; version: number; entitlement: string }>(
    `SELECT id, version, entitlement_name AS entitlement FROM items WHERE campaign_id = $1::uuid AND state = 'ASSIGNED' AND reviewer_id = $2::uuid ORDER BY id`,
    [campaignId, company.people.mia],
  );
  for (const { id: itemId, version, entitlement } of rows)
    await decideItem(make.ctxOf(company.mia), {
      campaignId,
      itemId,
      answer: answers[entitlement] ?? "keep",
      rationale: "Not needed.",
      version,
    });
  await submitDecisions(make.confirmed(company.mia), { campaignId, instructionsVersion: 1, ...ATTESTATION });
}

export async function signOffReview({ owner }: Company, campaignId: string): Promise<void> {
  await closeDecisions(make.ctxOf(owner), { campaignId });
  await signOff(make.confirmed(owner), { campaignId, ...ATTESTATION });
}

/** From nothing to a signed-off campaign whose removals are planned. */
export async function reviewed(company: Company, answers: Answers): Promise<string> {
  const campaignId = await launchReview(company);
  await answer(company, campaignId, answers);
  await signOffReview(company, campaignId);
  await planRemediations(job(), { campaignId });
  return campaignId;
}

export type TaskRow = {
  id: string;
  state: string;
  version: number;
  appliedAt: Date | null;
  firstRun: string | null;
  secondRun: string | null;
  watchUntil: Date | null;
  regrownItemId: string | null;
  regrownCampaignId: string | null;
};

const TASK = `r.id, r.state::text AS state, r.version, r.applied_at AS "appliedAt", r.first_absent_run_id AS "firstRun", r.second_absent_run_id AS "secondRun",
  r.watch_until AS "watchUntil", r.regrown_item_id AS "regrownItemId", r.regrown_campaign_id AS "regrownCampaignId"`;

/** The newest task of a campaign about an entitlement of this name. */
export async function taskOf(campaignId: string, entitlement: string): Promise<TaskRow> {
  const [row] = await reader.rows<TaskRow>(
    `SELECT ${TASK} FROM remediations r JOIN items i ON i.campaign_id = r.campaign_id AND i.id = r.item_id
     WHERE r.campaign_id = $1::uuid AND i.entitlement_name = $2::text ORDER BY r.created_at DESC, r.id DESC LIMIT 1`,
    [campaignId, entitlement],
  );
  if (!row) throw new Error(`No task about ${entitlement}`);
  return row;
}

/** The steps of a task in their order. */
export async function stepsOf(remediationId: string): Promise<string[]> {
  const rows = await reader.rows<{ kind: string }>(
    `SELECT kind FROM remediation_events WHERE remediation_id = $1::uuid AND kind = upper(kind) ORDER BY (detail ->> 'version')::int, at`,
    [remediationId],
  );
  return rows.map(({ kind }) => kind);
}

export const campaignState = async (campaignId: string): Promise<string | undefined> =>
  (await reader.rows<{ state: string }>("SELECT state::text AS state FROM campaigns WHERE id = $1::uuid", [campaignId]))[0]?.state;

export type Scripted = { open: () => SourceWriter; calls: string[] };

/** A writer that answers as told and keeps what it was asked. A function is asked for each call and may throw or wait. */
export function scriptedWriter(
  result: WriteResult | (() => WriteResult | Promise<WriteResult>),
  checks: readonly PreflightCheck[] = [],
): Scripted {
  const calls: string[] = [];
  const writer: SourceWriter = {
    preflightRevoke: async () => checks,
    revokeGrant: async ({ holder, entitlement }, { dryRun, idempotencyKey }) => {
      if (dryRun) return { kind: "applied", statements: [`REVOKE ${entitlement} FROM ${holder}`], undo: [], detail: "Dry run." };
      calls.push(`${entitlement} from ${holder} for ${idempotencyKey}`);
      return typeof result === "function" ? result() : result;
    },
    restoreGrant: async ({ holder, entitlement }, { undo }) => {
      calls.push(`restore ${entitlement} of ${holder}`);
      return { kind: "restored", statements: undo, detail: "Read back: there." };
    },
    close: async () => {},
  };
  return { open: () => writer, calls };
}

export const APPLIED: WriteResult = {
  kind: "applied",
  statements: ["REVOKE read FROM sam"],
  undo: ["GRANT read TO sam"],
  detail: "Read back: gone.",
};

/** A complete run that really read the source, begun a second after the last one, and what is live after it. */
export async function laterRun(
  source: make.TestSource,
  options: { endGrants?: readonly string[]; isComplete?: boolean; isFullRead?: boolean; startedAt?: Date; state?: string } = {},
): Promise<string> {
  const { endGrants = [], ...run } = options;
  const [last] = await reader.rows<{ at: Date }>(
    "SELECT greatest(max(started_at), clock_timestamp()) + interval '1 second' AS at FROM sync_runs WHERE source_id = $1::uuid",
    [source.id],
  );
  const runId = await make.makeRun(source.id, { startedAt: last?.at ?? new Date(), ...run });
  for (const grantId of endGrants) await make.endGrant(grantId, runId);
  return runId;
}
