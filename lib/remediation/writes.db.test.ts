import { afterAll, expect, it } from "vitest";
import { remediationScope } from "#lib/authz/scope.ts";
import { openSecret, secretOf } from "#lib/connectors/secrets.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { type Company, makeCompany, reviewed, stepsOf, taskOf } from "#lib/testing/removals.ts";
import { confirmWrites, disableWrites, requestWrites } from "./commands/writes.ts";
import { listWriteRequests, writesOf } from "./queries.ts";
import { writerSecretOf } from "./writer.ts";

ownTestDatabase();
afterAll(stopSender);

const SECRET = "a secret that nobody may see";
const ask = (company: Company, more: object = {}) =>
  requestWrites(make.confirmed(company.sec), {
    sourceId: company.source.id,
    config: { user: "writer", host: "primary.example", port: 6432 },
    secret: SECRET,
    reason: "The review is under way.",
    ...more,
  });
const sourceRow = async ({ source }: Company) =>
  (
    await reader.rows<{ enabled: Date | null; config: unknown; secret: Buffer | null }>(
      "SELECT writes_enabled_at AS enabled, writes_config AS config, writes_secret AS secret FROM sources WHERE id = $1::uuid",
      [source.id],
    )
  )[0];
/** Every text column of every table, searched. */
async function isStored(text: string): Promise<string[]> {
  const tables = await reader.rows<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'SELECT')",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await reader.rows(`SELECT 1 FROM "${name}" t WHERE position($1::text IN t::text) > 0 LIMIT 1`, [text]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

it("takes two people to switch writing on, and the secret is never stored as it is", async () => {
  const company = await makeCompany();
  const { requestId } = await ask(company);
  expect((await sourceRow(company))?.enabled).toBeNull();
  const scope = remediationScope(company.sec);
  expect(await listWriteRequests(scope, company.source.id)).toMatchObject([
    { id: requestId, requestedByName: "Sec", config: { user: "writer", host: "primary.example", port: 6432 } },
  ]);
  expect(JSON.stringify(await listWriteRequests(scope, company.source.id))).not.toContain('secret":');
  await expect(confirmWrites(make.confirmed(company.sec), { requestId })).rejects.toMatchObject({ details: { refusal: "same_user" } });
  const alias = await make.makeUser({ personId: company.people.sec, roles: ["administrator"] });
  await expect(confirmWrites(make.confirmed(alias), { requestId })).rejects.toMatchObject({ details: { refusal: "same_person" } });
  expect((await make.auditOf("command.refused")).filter(({ data }) => data.command === "source.confirm_writes")).toHaveLength(2);
  await expect(confirmWrites(make.ctxOf(company.second), { requestId })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
  await confirmWrites(make.confirmed(company.second), { requestId });
  await expect(confirmWrites(make.confirmed(company.second), { requestId })).rejects.toMatchObject({ details: { refusal: "not_pending" } });

  const row = await sourceRow(company);
  expect(row).toMatchObject({ enabled: expect.any(Date), config: { user: "writer", host: "primary.example", port: 6432 } });
  if (!row?.secret) throw new Error("no secret");
  expect(openSecret(writerSecretOf(company.source.id), row.secret)).toEqual({ password: SECRET });
  const envelope = row.secret;
  expect(() => openSecret(secretOf(company.source.id), envelope)).toThrow(); // not the reader's
  expect(() => openSecret(writerSecretOf(company.people.mia), envelope)).toThrow(); // not another source's
  expect(await isStored(SECRET)).toEqual([]);
  const [asked] = await reader.rows<{ input: object }>("SELECT input FROM second_person_requests WHERE id = $1::uuid", [requestId]);
  expect(Object.keys(asked?.input ?? {})).toEqual(["config"]);
  expect(await writesOf(scope, company.source.id)).toEqual({ enabledAt: expect.any(String), supported: true });
  expect(await listWriteRequests(scope, company.source.id)).toEqual([]);
});

it("refuses what the writer would refuse, with the field, and kinds that nothing can write to", async () => {
  const company = await makeCompany();
  await expect(ask(company, { config: { user: "reader" } })).rejects.toMatchObject({
    fields: { "config.user": expect.stringMatching(/never writes/) },
  });
  await expect(ask(company, { config: {} })).rejects.toMatchObject({ code: "INVALID", fields: { "config.user": expect.any(String) } });
  await expect(ask(company, { config: { user: "writer", port: 0 } })).rejects.toMatchObject({
    fields: { "config.port": expect.any(String) },
  });
  await expect(ask(company, { config: { user: "writer", password: "x" } })).rejects.toMatchObject({ code: "INVALID" });
  await expect(ask(await makeCompany({ kind: "files" }))).rejects.toMatchObject({ code: "PRECONDITION" });
});

it("gives work that was manual only for want of writes back to the plan, and takes it away again", async () => {
  const company = await makeCompany();
  const campaignId = await reviewed(company, { admin: "revoke", write: "revoke" });
  expect((await taskOf(campaignId, "write")).state).toBe("MANUAL_REQUIRED");
  const { requestId } = await ask(company);
  await confirmWrites(make.confirmed(company.second), { requestId });
  expect((await taskOf(campaignId, "write")).state).toBe("APPROVED");
  expect((await taskOf(campaignId, "admin")).state).toBe("PLANNED"); // and waits for its approval
  await disableWrites(make.ctxOf(company.sec), { sourceId: company.source.id, reason: "Not now." });
  expect((await taskOf(campaignId, "admin")).state).toBe("MANUAL_REQUIRED");
  expect(await stepsOf((await taskOf(campaignId, "write")).id)).toEqual([
    "PLANNED",
    "MANUAL_REQUIRED",
    "PLANNED",
    "APPROVED",
    "MANUAL_REQUIRED",
  ]);
  expect(await sourceRow(company)).toEqual({ enabled: null, config: null, secret: null });
  await expect(disableWrites(make.ctxOf(company.sec), { sourceId: company.source.id, reason: "Again." })).rejects.toMatchObject({
    code: "PRECONDITION",
  });
});

it("one person takes a pending request back, with its secret", async () => {
  const company = await makeCompany();
  const { requestId } = await ask(company);
  await expect(ask(company)).rejects.toMatchObject({ code: "PRECONDITION" });
  await disableWrites(make.ctxOf(company.second), { sourceId: company.source.id, reason: "Wrong account." });
  await expect(confirmWrites(make.confirmed(company.second), { requestId })).rejects.toMatchObject({ details: { refusal: "not_pending" } });
  const [asked] = await reader.rows<{ input: object }>("SELECT input FROM second_person_requests WHERE id = $1::uuid", [requestId]);
  expect(asked?.input).not.toHaveProperty("secret");
  expect((await ask(company)).requestId).not.toBe(requestId);
});
