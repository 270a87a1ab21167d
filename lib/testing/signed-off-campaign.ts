import { recordAudit } from "#lib/audit/record.ts";
import type { Actor } from "#lib/authz/actor.ts";
import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { decideItem, withdrawAnswer } from "#lib/campaigns/commands/decide.ts";
import { decideItems } from "#lib/campaigns/commands/decide-many.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { reassignItems } from "#lib/campaigns/commands/reassign.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import * as make from "./factories.ts";
import { job } from "./removals.ts";

/* A whole campaign made by the product's commands, in which every text that comes from outside is hostile. */

export const FORMULA = `=HYPERLINK("http://evil.example","pay")`;
export const SCRIPT = `<script>alert(1)</script>`;
export const BREAKOUT = `"><img src=x onerror=alert(1)>`;
/** Starts that spreadsheets run, and what breaks lines, cells or the direction of text. */
export const HOSTILE = {
  source: `=SUM(A1:A9) ${SCRIPT}`,
  person: `+${BREAKOUT}`,
  reviewer: `@Mia\u202eevil ${SCRIPT}`,
  identity: `-2+3 "sam", ${SCRIPT}`,
  entitlement: `\uff1dcmd|' /C calc'!A0 ${BREAKOUT}`,
  campaign: `=Q4 review ${SCRIPT}`,
  reason: `=1+1\r\n"second line",${SCRIPT}`,
  attestation: `@I looked at each of these ${BREAKOUT}`,
  instructions: `=Keep what is needed.\n${SCRIPT}`,
  user: `+Owner ${SCRIPT}`,
} as const;

const MONTHS_AGO = new Date("2026-03-01T08:00:00.000Z");

type User = Extract<Actor, { kind: "user" }>;
export type SignedOff = {
  campaignId: string;
  source: make.TestSource;
  owner: User;
  mia: User;
  pat: User;
  grants: { admin: string; write: string };
  people: { mia: string; boss: string };
  robot: string;
};

export async function makeCredential(source: make.TestSource, identityId: string, externalId: string, runId = source.runId): Promise<void> {
  await reader.rows(
    `INSERT INTO credentials (source_id, external_id, identity, identity_id, kind, created_kind, created_at, rotation, stored_in, first_run_id, changed_run_id, first_seen_at)
     VALUES ($1::uuid, $2::text, 'robot', $3::uuid, 'key', 'value', '2024-05-01T00:00:00Z', 'none', '=vault', $4::uuid, $4::uuid, now())`,
    [source.id, externalId, identityId, runId],
  );
}

/** A run that the log knows, as the ingest writes it. */
export async function loggedRun(source: make.TestSource, options: Parameters<typeof make.makeRun>[1] = {}): Promise<string> {
  const runId = await make.makeRun(source.id, options);
  await transactPg(job(), (tx, ctx) =>
    recordAudit(tx, ctx, {
      type: "sync_run.applied",
      subject: { kind: "sync_run", id: runId, label: source.name },
      data: { sourceId: source.id, changes: {}, digest: "0".repeat(64), isComplete: true, overridden: false },
    }),
  );
  return runId;
}

/**
 * Mia revokes sam's admin and write (after a keep that she takes back), keeps five alike in one go, abstains on zed's; boss never answers;
 * what Rob would review goes to Fay, who keeps it. Removals are planned, nothing else happened yet.
 */
export async function signedOffCampaign(): Promise<SignedOff> {
  const source = await make.makeSource(HOSTILE.source, { kind: "files" });
  await reader.rows(
    `INSERT INTO source_files (source_id, name, sha256, size, provenance) VALUES ($1::uuid, '=export.csv', repeat('a', 64), 12, '{"uploader": "=cmd"}')`,
    [source.id],
  );
  const person = (name: string, managerId: string | null = null) => make.makePerson(source, { name, managerId });
  const boss = await person("Boss");
  const mia = await person(HOSTILE.reviewer, boss);
  const [sam, zed, rob, fay] = [await person(HOSTILE.person, mia), await person("Zed", mia), await person("Rob"), await person("Fay")];
  const owned = { resourceOwnerId: rob };
  const admin = await make.makeEntitlement(source, {
    name: HOSTILE.entitlement,
    privileged: "yes",
    environment: "prod",
    sensitivity: "restricted",
    ...owned,
  });
  const write = await make.makeEntitlement(source, { name: "write", ...owned });
  const read = await make.makeEntitlement(source, { name: "read", ...owned });
  const team = await make.makeEntitlement(source, { name: "team", ...owned });
  await make.makeReach(admin, read, admin, 1);
  const samId = await make.makeIdentity(source, { name: HOSTILE.identity, personId: sam });
  const grants = {
    admin: await make.makeGrant(source, samId, admin, { grantedBy: FORMULA }),
    write: await make.makeGrant(source, samId, write),
  };
  await make.makeGrant(source, await make.makeIdentity(source, { name: "zed", personId: zed }), read);
  await make.makeGrant(source, await make.makeIdentity(source, { name: "mia", personId: mia }), read);
  const robot = await make.makeIdentity(source, { name: "robot", class: "service" });
  await make.makeGrant(source, robot, write);
  await makeCredential(source, robot, "key-1");
  await reader.rows("UPDATE identities SET owner = '=Rob', backup_owner = '@Fay', purpose = $2::text WHERE id = $1::uuid", [
    robot,
    FORMULA,
  ]);
  await reader.rows(
    `INSERT INTO trusts (source_id, external_id, identity, identity_id, issuer, subject_pattern, first_run_id, changed_run_id, first_seen_at)
     VALUES ($1::uuid, 'trust-1', 'robot', $2::uuid, $3::text, 'repo:pay/*', $4::uuid, $4::uuid, now())`,
    [source.id, robot, SCRIPT, source.runId],
  );
  for (const name of ["a", "b", "c", "d", "e"])
    await make.makeGrant(source, await make.makeIdentity(source, { name, personId: await person(`Person ${name}`, mia) }), team);

  const owner = await make.makeUser({ roles: ["campaign_manager"], label: HOSTILE.user });
  const miaUser = await make.makeUser({ personId: mia, roles: ["reviewer"], label: "Mia" });
  const fayUser = await make.makeUser({ personId: fay, roles: ["reviewer"], label: "Fay" });
  const pat = await make.makeUser({ personId: await person("Pat"), roles: ["platform_engineer"], label: "Pat" });
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: HOSTILE.campaign,
    scope: { sourceIds: [source.id] },
    dueAt: new Date(Date.now() + 3_000).toISOString(),
    instructions: HOSTILE.instructions,
    fallbackPersonId: fay,
  });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await launchCampaign(make.ctxOf(owner), { campaignId });

  const itemsOf = async (personId: string, entitlement: string) =>
    reader.rows<{ itemId: string; version: number; identity: string }>(
      `SELECT id AS "itemId", version, identity_name AS identity FROM items
       WHERE campaign_id = $1::uuid AND reviewer_id = $2::uuid AND entitlement_name = $3::text AND state IN ('ASSIGNED', 'DRAFTED') ORDER BY id`,
      [campaignId, personId, entitlement],
    );
  const one = async (personId: string, entitlement: string) => {
    const [item] = await itemsOf(personId, entitlement);
    if (!item) throw new Error(`No item of ${entitlement}`);
    return { campaignId, itemId: item.itemId, version: item.version };
  };
  const say = (answer: "keep" | "revoke" | "abstain") => ({ answer, rationale: HOSTILE.reason, seconds: 12, evidenceViewed: true });
  await decideItem(make.ctxOf(miaUser), { ...(await one(mia, HOSTILE.entitlement)), ...say("keep") });
  await withdrawAnswer(make.ctxOf(miaUser), await one(mia, HOSTILE.entitlement));
  await decideItem(make.ctxOf(miaUser), { ...(await one(mia, HOSTILE.entitlement)), ...say("revoke") });
  await decideItem(make.ctxOf(miaUser), { ...(await one(mia, "write")), ...say("revoke") });
  await decideItem(make.ctxOf(miaUser), { ...(await one(mia, "read")), ...say("abstain") });
  const alike = (await itemsOf(mia, "team")).map(({ itemId, version }) => ({ itemId, version }));
  // The command's clock is not the database's: a demo is told as if it had happened earlier.
  await decideItems(make.ctxOf(miaUser, MONTHS_AGO), { campaignId, items: alike, ...say("keep") });
  const handIn = { campaignId, instructionsVersion: 1, attestation: HOSTILE.attestation };
  await submitDecisions(make.confirmed(miaUser, MONTHS_AGO), handIn);
  const robots = await one(rob, "write");
  await reassignItems(make.ctxOf(owner), { campaignId, itemIds: [robots.itemId], toPersonId: fay, reason: HOSTILE.reason });
  await decideItem(make.ctxOf(fayUser), { ...(await one(fay, "write")), ...say("keep") });
  await submitDecisions(make.confirmed(fayUser), handIn);
  const later = new Date(Date.now() + 60_000);
  await closeDecisions(make.ctxOf(owner, later), { campaignId });
  await signOff(make.confirmed(owner, later), { campaignId, attestation: HOSTILE.attestation });
  await planRemediations(job(), { campaignId });
  return { campaignId, source, owner, mia: miaUser, pat, grants, people: { mia, boss }, robot };
}
