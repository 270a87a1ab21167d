import "server-only";
import { access, rm } from "node:fs/promises";
import { findCheckpoint } from "#lib/audit/log.sql.ts";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { notFound, precondition } from "#lib/errors/domain-error.ts";
import { makePack, PRODUCT_VERSION, packFile } from "../make-pack.sql.ts";
import { type PackInput, packInput } from "../schema.ts";

export type TakenPack = { file: string; name: string; sha256: string; bytes: number };

/** Who takes evidence is recorded before they get it. A pack whose file is gone (another machine, a cleaned disk) is made again and must be the same. */
export async function downloadPack(ctx: Ctx, input: PackInput): Promise<TakenPack> {
  authorize(ctx.actor, "evidence.read");
  const { packId } = packInput.parse(input);
  const [pack] = await reader.rows<{ campaignId: string; campaignName: string; treeSize: string; sha256: string; bytes: string }>(
    `SELECT p.campaign_id AS "campaignId", c.name AS "campaignName", p.tree_size::text AS "treeSize", p.sha256, p.size::text AS bytes
     FROM evidence_packs p JOIN campaigns c ON c.id = p.campaign_id WHERE p.id = $1::uuid`,
    [packId],
  );
  if (!pack) throw notFound("Pack", packId);
  const { campaignId, sha256 } = pack;
  if (!(await exists(packFile(sha256)))) await makeAgain(ctx, pack);
  await transactPg(ctx, async (tx) => {
    await tx.rows("INSERT INTO evidence_access (pack_id, user_id, kind) VALUES ($1::uuid, $2::uuid, 'downloaded')", [
      packId,
      userIdOf(ctx.actor),
    ]);
    await recordAudit(tx, ctx, {
      type: "evidence.downloaded",
      subject: { kind: "evidence_pack", id: packId, label: pack.campaignName },
      data: { campaignId, packId, sha256 },
    });
  });
  return { file: packFile(sha256), name: `evidence-${campaignId}-${pack.treeSize}.zip`, sha256, bytes: Number(pack.bytes) };
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function makeAgain(ctx: Ctx, pack: { campaignId: string; treeSize: string; sha256: string }): Promise<void> {
  const checkpoint = await findCheckpoint(reader, Number(pack.treeSize));
  if (!checkpoint) throw notFound("Checkpoint of size", pack.treeSize);
  const made = await makePack(ctx, { campaignId: pack.campaignId, checkpoint });
  if (made.sha256 === pack.sha256) return;
  const known = await reader.rows("SELECT 1 FROM evidence_packs WHERE sha256 = $1::text LIMIT 1", [made.sha256]);
  if (known.length === 0) await rm(made.file, { force: true });
  throw precondition(
    `The file of this pack is gone, and version ${PRODUCT_VERSION} makes other bytes of the same campaign and checkpoint (sha256:${made.sha256}). Take it from where it was kept, or export anew.`,
  );
}
