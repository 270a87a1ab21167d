import { createHash } from "node:crypto";
import { z } from "zod";
import { STREAM_NAMES } from "#lib/inventory/streams.ts";
import { byteChunks, type StoredFile } from "./bytes.ts";
import { FileError } from "./errors.ts";
import { filesMapping } from "./mapping.ts";

const instant = z.iso.datetime({ offset: true });
const sentence = z.string().trim().min(1).max(2_000);

/** What the uploader may say of how a file was made. Without all four it is unattested. */
export const attestation = z.strictObject({ tool: sentence, version: sentence, command: sentence, identity: sentence });

/** One uploaded file as it lies in the data folder. The path stays on the server. */
export const uploadedFile = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[^\p{Cc}\p{Cf}/\\]+$/u, "A file name holds no slash and no control character."),
    path: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int().min(0),
    uploadedAt: instant,
    uploader: sentence,
    /** When the source wrote it, as the uploader says; without it the upload counts, which is later and so proves less. */
    exportedAt: instant.optional(),
    /** How many records of a stream the file should yield, where the uploader knows. */
    declared: z.partialRecord(z.enum(STREAM_NAMES), z.int().min(0)).optional(),
    attestation: attestation.optional(),
    /** Which file of the mapping this is; its own name where it is left out. Several uploads may be one such file in pieces. */
    mappedAs: z.string().min(1).max(255).optional(),
  })
  .refine(({ exportedAt, uploadedAt }) => exportedAt === undefined || Date.parse(exportedAt) <= Date.parse(uploadedAt), {
    path: ["exportedAt"],
    message: "A file cannot have been exported after it was uploaded.",
  });
export type UploadedFile = z.infer<typeof uploadedFile>;

export const filesConfig = z.strictObject({ files: z.array(uploadedFile).min(1).max(200), mapping: filesMapping });
export type FilesConfig = z.infer<typeof filesConfig>;

export type Provenance = {
  name: string;
  sha256: string;
  bytes: number;
  uploader: string;
  uploadedAt: string;
  exportedAt: string | null;
} & ({ kind: "attested"; tool: string; version: string; command: string; identity: string } | { kind: "unattested" });

/** Where an uploaded file comes from, for the manifest. */
export function provenanceOf(file: UploadedFile): Provenance {
  const { name, sha256, bytes, uploader, uploadedAt, exportedAt } = file;
  const known = { name, sha256, bytes, uploader, uploadedAt, exportedAt: exportedAt ?? null };
  return file.attestation ? { ...known, kind: "attested", ...file.attestation } : { ...known, kind: "unattested" };
}

/** Refuses a stored file that is not, to the byte, the one that was uploaded. */
export async function checkDigest(file: StoredFile & Pick<UploadedFile, "sha256" | "bytes">, signal: AbortSignal): Promise<void> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of byteChunks(file, { compression: "none", size: file.bytes }, 0, { signal })) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  if (bytes === file.bytes && hash.digest("hex") === file.sha256) return;
  throw new FileError(
    "changed",
    file.name,
    {},
    "the stored file is no longer the one that was uploaded (size or SHA-256 differ). Upload it again.",
  );
}
