import "server-only";
import path from "node:path";
import { z } from "zod";
import { attestation, type UploadedFile } from "#lib/connectors/files/upload.ts";
import type { Tx } from "#lib/db/tx.ts";
import { env } from "#lib/env.ts";
import { STREAM_NAMES } from "#lib/inventory/streams.ts";

/** What source_files.provenance holds. */
export const provenance = z.object({
  uploader: z.string(),
  exportedAt: z.string().optional(),
  declared: z.partialRecord(z.enum(STREAM_NAMES), z.number()).optional(),
  attestation: attestation.optional(),
  mappedAs: z.string().optional(),
});
export type StoredProvenance = z.infer<typeof provenance>;

export const filesFolder = (): string => path.join(env().COUNTERSIGN_DATA_DIR, "files");
export const storedPath = (sha256: string): string => path.join(filesFolder(), sha256);

/** The files that a source is made of now, as its connector takes them. */
export async function currentFiles(tx: Tx, sourceId: string): Promise<UploadedFile[]> {
  const rows = await tx.rows<{ name: string; sha256: string; size: string; provenance: unknown; uploadedAt: Date }>(
    `SELECT name, sha256, size::text AS size, provenance, uploaded_at AS "uploadedAt" FROM source_files
     WHERE source_id = $1::uuid AND is_current ORDER BY name COLLATE "C", id`,
    [sourceId],
  );
  return rows.map(({ name, sha256, size, uploadedAt, ...row }) => {
    const told = provenance.parse(row.provenance);
    return { name, sha256, bytes: Number(size), path: storedPath(sha256), uploadedAt: new Date(uploadedAt).toISOString(), ...told };
  });
}
