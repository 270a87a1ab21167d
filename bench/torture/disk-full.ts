import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import pg from "pg";
import { toDomainError } from "#lib/errors/http.ts";
import { requestExport, runExport } from "#lib/evidence/commands/export.ts";
import { packsFolder } from "#lib/evidence/make-pack.sql.ts";
import { verifyPack } from "#lib/evidence/verifier/verify.js";
import { runSync } from "#lib/ingest/commands/run-sync.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { uploadFile } from "#lib/ingest/commands/upload-file.ts";
import { filesFolder } from "#lib/ingest/source-files.sql.ts";
import { confirmed, makeUser } from "#lib/testing/factories.ts";
import { job } from "#lib/testing/removals.ts";
import { signedOffCampaign } from "#lib/testing/signed-off-campaign.ts";
import { addFilesSource, operator, upload, writeData } from "../source.ts";
import type { Experiment } from "./experiment.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";
import { openStand, type Stand } from "./stand.ts";

const GRANTS = { short: 20_000, long: 300_000 } as const;
/** Enough for the server to live on, not for an import. */
const LEFT_MIB = 4;
/** The log of the server has to fit the small disk too. */
const SETTINGS = { max_wal_size: "64MB", min_wal_size: "32MB", shared_buffers: "32MB" };
const SKIPPED = { figures: {}, broken: [], skipped: "only root may mount a disk of its own (tmpfs)" };

/** The disk under the database, under uploads and under packs runs full: each fails in words, leaves nothing half, and goes on once there is space. */
export const diskFull: Experiment = {
  name: "disk-full",
  promises: "P1 P8",
  what: "a full disk (tmpfs) during import, upload and export, then space again",
  run: async ({ form, progress }) => {
    const folder = mkdtempSync(path.join(tmpdir(), "countersign-torture-"));
    const disks: SmallDisk[] = [];
    const mounted = (where: string, size: string) => {
      const disk = mountSmallDisk(where, size);
      if (disk) disks.push(disk);
      return disk;
    };
    try {
      const disk = mounted(path.join(folder, "disk"), "2g");
      if (!disk) return SKIPPED;
      const stand = await openStand({ progress, folder, pgFolder: path.join(disk.folder, "pg"), settings: SETTINGS });
      try {
        const imported = await duringImport(stand, disk, GRANTS[form]);
        progress("import: done");
        const packs = mounted(packsFolder(), "64k");
        const exported = packs ? await duringExport(packs) : [];
        progress("export: done");
        const files = mounted(filesFolder(), "64k");
        const uploaded = files ? await duringUpload(files) : [];
        return { figures: { "grants after": imported.grants }, broken: [...imported.broken, ...exported, ...uploaded] };
      } finally {
        await stand.end();
      }
    } finally {
      for (const disk of disks.reverse()) disk.unmount();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const codeOf = (error: unknown): string => toDomainError(error, () => {}).code;
const failed = (work: Promise<unknown>): Promise<string> => work.then(() => "nothing failed", codeOf);

async function duringImport(stand: Stand, disk: SmallDisk, rows: number) {
  const broken: string[] = [];
  writeData(`${stand.folder}/data`, rows, "whole");
  const sourceId = await addFilesSource("Directory");
  await upload(sourceId, `${stand.folder}/data`);
  const { runId } = await startSync(operator(), { sourceId });
  await stand.admin.query("CHECKPOINT");
  disk.fill(LEFT_MIB);
  const code = await failed(runSync(operator(), { runId }));
  if (code !== "UNAVAILABLE") broken.push(`an import on a full disk ended with ${code}`);
  disk.empty();
  // It may have had to stop: without a place for its own log a server does not go on.
  await stand.restartCluster();
  const admin = new pg.Client({ connectionString: stand.cluster().url("countersign_torture") });
  await admin.connect();
  const count = async () => (await admin.query<{ grants: number }>("SELECT count(*)::int AS grants FROM grants")).rows[0]?.grants ?? -1;
  const { rows: states } = await admin.query<{ state: string }>("SELECT state::text AS state FROM sync_runs WHERE id = $1", [runId]);
  if (states[0]?.state !== "RUNNING") broken.push(`the run is ${states[0]?.state}, so that nobody takes it up again`);
  if ((await count()) !== 0) broken.push("some of the import was applied");
  const outcome = await runSync(operator(), { runId });
  if (outcome.state !== "APPLIED") broken.push(`with space again the run ended as ${outcome.state}`);
  const grants = await count();
  if (grants !== rows) broken.push(`${grants} grants instead of ${rows}`);
  await admin.end();
  return { grants, broken };
}

async function duringExport(disk: SmallDisk): Promise<string[]> {
  const broken: string[] = [];
  const { campaignId } = await signedOffCampaign();
  const auditor = confirmed(await makeUser({ roles: ["auditor"] }));
  const { exportId } = await requestExport(auditor, { campaignId });
  const code = await failed(runExport(job(), { exportId }));
  if (code !== "UNAVAILABLE") broken.push(`an export on a full disk ended with ${code}`);
  const left = readdirSync(disk.folder);
  if (left.length > 0) broken.push(`an export on a full disk left ${left}`);
  disk.resize("64m");
  await runExport(job(), { exportId });
  const [pack] = readdirSync(disk.folder);
  const { verdict } = await verifyPack(path.join(disk.folder, pack ?? ""));
  if (verdict !== "verified") broken.push(`the pack made with space again is ${verdict}`);
  return broken;
}

async function duringUpload(disk: SmallDisk): Promise<string[]> {
  const broken: string[] = [];
  const sourceId = await addFilesSource("Uploads");
  const send = () => uploadFile(operator(), { sourceId, name: "people.csv" }, Readable.from([Buffer.alloc(2 ** 20, "x")]));
  const code = await failed(send());
  if (code !== "UNAVAILABLE") broken.push(`an upload on a full disk ended with ${code}`);
  const left = readdirSync(disk.folder);
  if (left.length > 0) broken.push(`an upload on a full disk left ${left}`);
  disk.resize("64m");
  const { bytes } = await send();
  if (bytes !== 2 ** 20) broken.push("the upload with space again is not whole");
  return broken;
}
