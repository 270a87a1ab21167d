import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { createUser } from "#lib/auth/commands/users.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Role } from "#lib/authz/permissions.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { previewFile } from "#lib/connectors/files/preview.ts";
import { demoCorpSettings } from "#lib/connectors/postgres/demo-corp.ts";
import { demoCorpMail, demoCorpPeopleCsv } from "#lib/connectors/postgres/demo-corp-people.ts";
import { reader } from "#lib/db/transact.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { runSync } from "#lib/ingest/commands/run-sync.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { uploadFile } from "#lib/ingest/commands/upload-file.ts";

export type DemoSignIn = { name: string; mail: string; password: string; role: string };

/** One password for all: this is a demo on one's own machine, and the sign-in page says so. */
const PASSWORD = "look-around-2026";
const DAY_MS = 86_400_000;

/** Who signs in to the demo: people of the demo's company, so that what they review is their own team's access. */
const USERS: readonly { name: string; login: string; roles: readonly Role[]; role: string }[] = [
  { name: "Mara Lindt", login: "mara_lindt", roles: ["reviewer"], role: "manager of Payments: certifies the team's access" },
  { name: "Henrik Solberg", login: "henrik_solberg", roles: ["reviewer"], role: "manager of Data" },
  { name: "Ingrid Vass", login: "ingrid_vass", roles: ["reviewer", "platform_engineer"], role: "manager of Platform, connects sources" },
  { name: "Astrid Nyberg", login: "astrid_nyberg", roles: ["reviewer", "campaign_manager"], role: "head of engineering, runs campaigns" },
  { name: "Wei Zhang", login: "wei_zhang", roles: ["security_analyst", "reviewer"], role: "security; decides where nobody else can" },
  { name: "Jonas Okafor", login: "jonas_okafor", roles: ["reviewer"], role: "owner of a service identity" },
  { name: "Leila Haddad", login: "leila_haddad", roles: ["reviewer"], role: "owner of a pipeline identity" },
  { name: "Pavel Novak", login: "pavel_novak", roles: ["administrator"], role: "administrator" },
  { name: "Fiona Gallagher", login: "fiona_gallagher", roles: ["administrator", "security_analyst"], role: "second administrator" },
  { name: "Camille Dubois", login: "camille_dubois", roles: ["auditor"], role: "auditor" },
];

/** Decides where the chain finds nobody: not the head of the company, whose own access has to be certified too. */
const FALLBACK = "wei_zhang";

const INSTRUCTIONS = `Keep what the person or service needs for its work today. Revoke what it does not need, and say why.
Abstain where you cannot judge: the item then goes to somebody who can. What you may do yourself is never yours to certify.`;

/**
 * Makes the demo where it is not there yet: sources that are really read, users, and a campaign over both. Each step looks first, so that a
 * set-up that was interrupted goes on where it stopped. Answers with the sign-ins, or null where there was nothing to do.
 */
export async function seedDemo(ctx: Ctx, progress: (line: string) => void): Promise<DemoSignIn[] | null> {
  if (await exists("SELECT FROM campaigns WHERE launched_at IS NOT NULL LIMIT 1")) return null;
  progress("Making the demo: people, a source that is really read, a campaign");
  const people = await ensureSource(ctx, "People", addPeopleSource);
  const database = await ensureSource(ctx, "Demo corp database", addDatabaseSource);
  await ensureSync(ctx, people);
  await ensureSync(ctx, database);
  const campaignId = await ensureCampaign(ctx, database, await ensureUsers(ctx));
  const [{ state } = { state: "unknown" }] = await reader.rows<{ state: string }>("SELECT state::text FROM campaigns WHERE id = $1::uuid", [
    campaignId,
  ]);
  if (state === "DRAFT" || state === "BLOCKED") await stageCampaign(ctx, { campaignId });
  await launchCampaign(ctx, { campaignId });
  return USERS.map(({ name, login, role }) => ({ name, mail: demoCorpMail(login), password: PASSWORD, role }));
}

const exists = async (sql: string, values: readonly unknown[] = []): Promise<boolean> => (await reader.rows(sql, values)).length > 0;

async function ensureSource(ctx: Ctx, name: string, add: (ctx: Ctx, name: string) => Promise<string>): Promise<string> {
  const [known] = await reader.rows<{ id: string }>("SELECT id FROM sources WHERE name = $1::text", [name]);
  return known?.id ?? add(ctx, name);
}

async function addPeopleSource(ctx: Ctx, name: string): Promise<string> {
  const csv = Buffer.from(demoCorpPeopleCsv());
  const folder = mkdtempSync(path.join(tmpdir(), "countersign-demo-"));
  const file = path.join(folder, "people.csv");
  writeFileSync(file, csv);
  const { mapping } = await previewFile({ name: "people.csv", path: file });
  rmSync(folder, { recursive: true });
  const { sourceId } = await addSource(ctx, {
    name,
    kind: "files",
    config: { mapping: { version: 1, files: [mapping] } },
    isPeopleSource: true,
  });
  await uploadFile(ctx, { sourceId, name: "people.csv", sha256: createHash("sha256").update(csv).digest("hex") }, Readable.from([csv]));
  return sourceId;
}

async function addDatabaseSource(ctx: Ctx, name: string): Promise<string> {
  const url = new URL(process.env.DEMO_CORP_URL ?? "postgres://");
  const settings = demoCorpSettings({ host: url.hostname, port: Number(url.port) });
  const { sourceId } = await addSource(ctx, {
    name,
    kind: "postgres",
    config: settings,
    secret: { password: decodeURIComponent(url.password) },
  });
  return sourceId;
}

async function ensureSync(ctx: Ctx, sourceId: string): Promise<void> {
  if (await exists("SELECT FROM sync_runs WHERE source_id = $1::uuid AND state = 'APPLIED'", [sourceId])) return;
  const [running] = await reader.rows<{ id: string }>("SELECT id FROM sync_runs WHERE source_id = $1::uuid AND state = 'RUNNING'", [
    sourceId,
  ]);
  const runId = running?.id ?? (await startSync(ctx, { sourceId, trigger: "by_hand" })).runId;
  await runSync(ctx, { runId });
}

type Chosen = { ownerUserId: string; fallbackPersonId: string };

async function ensureCampaign(ctx: Ctx, sourceId: string, chosen: Chosen): Promise<string> {
  const [known] = await reader.rows<{ id: string }>("SELECT id FROM campaigns ORDER BY created_at LIMIT 1");
  if (known) return known.id;
  const { campaignId } = await createCampaign(ctx, {
    name: "Q4 access review",
    scope: { sourceIds: [sourceId] },
    dueAt: `${new Date(ctx.now.getTime() + 19 * DAY_MS).toISOString().slice(0, 10)}T16:00:00Z`,
    zone: "Europe/Vienna",
    instructions: INSTRUCTIONS,
    ...chosen,
  });
  return campaignId;
}

/** Creates who is missing, each linked to the person of that mail address in the people source. Answers with the campaign's owner and its fallback. */
async function ensureUsers(ctx: Ctx): Promise<Chosen> {
  const chosen: Partial<Chosen> = {};
  for (const { name, login, roles } of USERS) {
    const mail = demoCorpMail(login);
    const [person] = await reader.rows<{ id: string }>("SELECT id FROM people WHERE mail = $1::text", [mail]);
    if (!person) throw new Error(`The demo's people source does not hold ${mail}.`);
    const [known] = await reader.rows<{ id: string }>("SELECT id FROM app_users WHERE issuer = 'local' AND subject = $1::text", [mail]);
    const userId =
      known?.id ?? (await createUser(ctx, { mail, displayName: name, roles: [...roles], password: PASSWORD, personId: person.id })).userId;
    if (roles.includes("campaign_manager")) chosen.ownerUserId = userId;
    if (login === FALLBACK) chosen.fallbackPersonId = person.id;
  }
  const { ownerUserId, fallbackPersonId } = chosen;
  if (!ownerUserId || !fallbackPersonId) throw new Error("The demo's campaign has no owner or no fallback.");
  return { ownerUserId, fallbackPersonId };
}
