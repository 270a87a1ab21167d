import "server-only";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { StoredCheckpoint } from "#lib/audit/log.sql.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { transactCopy } from "#lib/db/transact.ts";
import { env } from "#lib/env.ts";
import manifest from "../../package.json" with { type: "json" };
import { writeCampaignFiles } from "./campaign-pack.sql.ts";
import type { Progress } from "./copy.sql.ts";
import { buildPack } from "./pack.ts";
import type { PackGap } from "./schema.ts";

/** What stands in every pack that this program makes: another version may make other bytes of the same campaign and checkpoint. */
export const PRODUCT_VERSION: string = manifest.version;

const BUILDING = ".building-";
const ABANDONED_MS = 24 * 3_600_000;

export const packsFolder = (): string => join(env().COUNTERSIGN_DATA_DIR, "packs");
/** Packs are kept by what they are. */
export const packFile = (sha256: string): string => join(packsFolder(), `${sha256}.zip`);

export type MadePack = {
  file: string;
  sha256: string;
  bytes: number;
  root: string;
  fingerprint: string;
  keyId: string;
  items: number;
  gaps: PackGap[];
};

/** The pack of (campaign, checkpoint) as a verified file named by its digest. Changes nothing in the database; the same call makes the same bytes. */
export async function makePack(
  ctx: Ctx,
  input: { campaignId: string; checkpoint: StoredCheckpoint; progress?: Progress },
): Promise<MadePack> {
  const { campaignId, checkpoint, progress } = input;
  const folder = join(packsFolder(), `${BUILDING}${randomUUID()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeAbandoned();
  try {
    const directory = join(folder, "files");
    const { tx: _none, ...outside } = ctx;
    const { fields, signer, checkpointKey, facts, files, gaps } = await transactCopy(outside, async (tx) => {
      await tx.rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      return writeCampaignFiles(tx, {
        campaignId,
        checkpoint,
        directory,
        product: { version: PRODUCT_VERSION },
        isDemo: env().COUNTERSIGN_DEMO,
        ...(progress ? { progress } : {}),
      });
    });
    const outFile = join(folder, "pack.zip");
    progress?.("packing and verifying", 0);
    const built = await buildPack({ directory, outFile, kind: "campaign", fields, signer, checkpointKey, facts: files });
    await rename(outFile, packFile(built.sha256));
    return {
      file: packFile(built.sha256),
      sha256: built.sha256,
      bytes: built.size,
      root: built.root,
      fingerprint: built.fingerprint,
      keyId: checkpoint.keyId,
      items: facts.totals.items,
      gaps,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a killed process left behind. A day is longer than any export runs. */
async function removeAbandoned(): Promise<void> {
  const found = (await readdir(packsFolder())).filter((name) => name.startsWith(BUILDING));
  for (const name of found) {
    const path = join(packsFolder(), name);
    const age =
      Date.now() -
      (await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => Date.now(),
      ));
    if (age > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}
