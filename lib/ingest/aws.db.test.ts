import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { ACCOUNT, ARNS, DETAILS, EXPORTS, hasExports, REPORT } from "#lib/connectors/aws/sample-account.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { liveInventory } from "#lib/testing/ingest.ts";
import { operatorCtx } from "#lib/testing/users.ts";
import { addSource } from "./commands/add-source.ts";
import { changeSource } from "./commands/change-source.ts";
import { runSync } from "./commands/run-sync.ts";
import { startSync } from "./commands/start-sync.ts";
import { testSource } from "./commands/test-source.ts";
import { uploadFile } from "./commands/upload-file.ts";

ownTestDatabase();
afterAll(stopSender);

const ctx = operatorCtx();
let sources = 0;
async function source(config: Record<string, unknown> = { way: "bundle" }): Promise<string> {
  sources += 1;
  return (await addSource(ctx, { name: `AWS ${sources}`, kind: "aws", config })).sourceId;
}
const upload = (sourceId: string, name: string, content: unknown, more: object = {}) =>
  uploadFile(ctx, { sourceId, name, ...more }, Readable.from([typeof content === "string" ? content : JSON.stringify(content)]));
async function sync(sourceId: string) {
  const { runId } = await startSync(ctx, { sourceId, trigger: "upload" }, { isWorkedHere: true });
  return runSync(ctx, { runId });
}
const numbersOf = (runId: string) =>
  reader.rows<{ stream: string; read: number; kept: number; excluded: number; rejected: number; completeness: string }>(
    "SELECT stream, read::int, kept::int, excluded::int, rejected::int, completeness FROM sync_streams WHERE run_id = $1::uuid ORDER BY stream",
    [runId],
  );

describe.skipIf(!hasExports)("an export that nobody here made", () => {
  it("becomes the inventory, every record accounted for; the same again changes nothing", async () => {
    const sourceId = await source();
    const [file] = EXPORTS;
    await upload(sourceId, file?.name ?? "", readFileSync(file?.path ?? "", "utf8"));
    const first = await sync(sourceId);
    expect(first).toMatchObject({ state: "APPLIED", isFullRead: true });
    const numbers = await numbersOf(first.runId);
    expect(numbers).toEqual([
      { stream: "credentials", read: 0, kept: 0, excluded: 0, rejected: 0, completeness: "unavailable" },
      { stream: "entitlements", read: 41, kept: 41, excluded: 0, rejected: 0, completeness: "complete" },
      { stream: "factors", read: 0, kept: 0, excluded: 0, rejected: 0, completeness: "unavailable" },
      { stream: "grants", read: 15, kept: 15, excluded: 0, rejected: 0, completeness: "complete" },
      { stream: "identities", read: 7, kept: 7, excluded: 0, rejected: 0, completeness: "complete" },
      { stream: "resources", read: 6, kept: 6, excluded: 0, rejected: 0, completeness: "complete" },
      { stream: "trusts", read: 3, kept: 3, excluded: 0, rejected: 0, completeness: "complete" },
    ]);
    const before = await liveInventory(sourceId);
    expect(await sync(sourceId)).toMatchObject({ state: "APPLIED", isFullRead: false, changes: {} });
    expect(await liveInventory(sourceId)).toEqual(before);
  });

  it("read once more after a change of the settings, is the same inventory", async () => {
    const sourceId = await source();
    const [file] = EXPORTS;
    await upload(sourceId, file?.name ?? "", readFileSync(file?.path ?? "", "utf8"));
    await sync(sourceId);
    await changeSource(ctx, { sourceId, config: { way: "bundle", pageSize: 5 } });
    const again = await sync(sourceId);
    expect(again).toMatchObject({ state: "APPLIED", isFullRead: true });
    const changes = "changes" in again ? Object.values(again.changes) : [];
    expect(changes.every(({ added, changed, ended }) => added + changed + ended === 0)).toBe(true);
  });
});

describe("a bundle", () => {
  const changed = (document: object) => {
    const [admin, operators, ...others] = DETAILS.Policies;
    const versions = operators?.PolicyVersionList.map((version) =>
      version.IsDefaultVersion ? { ...version, Document: document } : version,
    );
    return { ...DETAILS, Policies: [admin, { ...operators, PolicyVersionList: versions }, ...others] };
  };
  const versionsOf = (sourceId: string) =>
    reader.rows<{ meaning: string; digest: string }>(
      `SELECT v.meaning, v.digest FROM entitlement_versions v JOIN entitlements e ON e.id = v.entitlement_id
       WHERE e.source_id = $1::uuid AND e.external_id = $2::text ORDER BY v.seen_at`,
      [sourceId, `policy:${ACCOUNT}:${ARNS.operators}`],
    );

  it("whose policy says something else is a change of meaning, though its name did not change", async () => {
    const sourceId = await source();
    await upload(sourceId, "details.json", DETAILS);
    await upload(sourceId, "report.csv", REPORT);
    expect(await sync(sourceId)).toMatchObject({ state: "APPLIED", changes: { credentials: { added: 5 }, factors: { added: 2 } } });
    await upload(
      sourceId,
      "details.json",
      changed({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "iam:*", Resource: "*" }] }),
    );
    expect(await sync(sourceId)).toMatchObject({
      state: "APPLIED",
      changes: { entitlements: { added: 0, changed: 1, ended: 0 }, grants: { changed: 0 } },
    });
    const versions = await versionsOf(sourceId);
    expect(versions).toHaveLength(2);
    expect(new Set(versions.map(({ digest }) => digest)).size).toBe(2);
  });

  it("whose policy is only written in another order is no change", async () => {
    const sourceId = await source();
    await upload(sourceId, "details.json", DETAILS);
    await sync(sourceId);
    const reordered = {
      Statement: [{ Resource: "*", Action: ["ec2:Describe*", "ec2:StartInstances"], Effect: "Allow" }],
      Version: "2012-10-17",
    };
    await upload(sourceId, "details.json", changed(reordered));
    expect(await sync(sourceId)).toMatchObject({ state: "APPLIED", changes: { entitlements: { changed: 0 } } });
  });

  it("with a broken report fails whole: nobody's keys end by it", async () => {
    const sourceId = await source();
    await upload(sourceId, "details.json", DETAILS);
    await upload(sourceId, "report.csv", REPORT);
    await sync(sourceId);
    await upload(sourceId, "report.csv", "user,arn,mfa_active\n");
    expect(await sync(sourceId)).toMatchObject({ state: "FAILED", reasons: [expect.stringContaining("has no column")] });
    expect((await liveInventory(sourceId)).credentials).toHaveLength(5);
  });

  it("takes a newer export for the older of the same account, whatever the two are called", async () => {
    const sourceId = await source();
    await upload(sourceId, "monday.json", DETAILS);
    await sync(sourceId);
    await upload(sourceId, "tuesday.json", { ...DETAILS, GroupDetailList: [] });
    expect((await testSource(ctx, { sourceId })).declared?.product).toMatch(/^AWS IAM, an offline bundle: tuesday\.json, [^;]*$/);
  });

  it("states who made it and how, or counts as unattested", async () => {
    const sourceId = await source();
    const attestation = {
      tool: "aws-cli",
      version: "2.30.1",
      command: "aws iam get-account-authorization-details",
      identity: "arn:aws:iam::123456789012:user/auditor",
    };
    await upload(sourceId, "details.json", DETAILS, { attestation, exportedAt: "2026-11-20T08:00:00Z" });
    expect((await testSource(ctx, { sourceId })).declared).toMatchObject({
      account: "arn:aws:iam::123456789012:user/auditor, uploaded by test operator",
      observedAt: "2026-11-20T08:00:00.000Z",
    });
  });

  it("holds no path of its own making: where its files lie is never a setting", async () => {
    const files = [
      { name: "passwd", path: "/etc/passwd", sha256: "0".repeat(64), bytes: 1, uploadedAt: "2026-11-20T08:00:00Z", uploader: "x" },
    ];
    await expect(source({ way: "bundle", files })).rejects.toMatchObject({ code: "INVALID" });
  });
});

describe("a source that is asked", () => {
  const secret = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
  const config = { way: "live", region: "eu-central-1" };

  it("takes no uploads", async () => {
    const { sourceId } = await addSource(ctx, { name: "AWS live", kind: "aws", config, secret });
    await expect(upload(sourceId, "details.json", DETAILS)).rejects.toMatchObject({ code: "PRECONDITION" });
  });

  it("shows its kept key to no other endpoint than the one it was entered for", async () => {
    const { sourceId } = await addSource(ctx, { name: "AWS elsewhere", kind: "aws", config, secret });
    const elsewhere = { ...config, endpoint: "https://elsewhere.example.com" };
    await expect(changeSource(ctx, { sourceId, config: elsewhere })).rejects.toMatchObject({ code: "INVALID" });
    await expect(changeSource(ctx, { sourceId, config: elsewhere, secret })).resolves.toMatchObject({ fields: ["config", "secret"] });
  });

  it("is not added without a key", async () => {
    await expect(addSource(ctx, { name: "AWS keyless", kind: "aws", config })).rejects.toMatchObject({ code: "INVALID" });
  });
});
