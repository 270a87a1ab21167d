import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { assignUploads } from "#lib/connectors/files/assign.ts";
import { type FileMapping, fileFormat, fileMapping } from "#lib/connectors/files/mapping.ts";
import { type FilePreview, previewFile } from "#lib/connectors/files/preview.ts";

export const previewSampleInput = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\p{Cc}\p{Cf}/\\]+$/u, "A file name holds no slash and no control character."),
  sourceId: z.uuid().optional(),
  /** As it is edited; left out, the saved one that fits, or else a proposal. */
  mapping: fileMapping.optional(),
  format: fileFormat.optional(),
});
export type PreviewSampleInput = z.infer<typeof previewSampleInput>;

export type SamplePreview = { preview: FilePreview; mappedAs: string | null };

/** What an import of a file with this beginning would yield. Nothing is kept: the sample lies in a temporary file for as long as it is read. */
export async function previewSample(
  sample: Uint8Array,
  { name, mapping, format }: PreviewSampleInput,
  saved: readonly FileMapping[],
): Promise<SamplePreview> {
  const file = { name, path: path.join(tmpdir(), `countersign-sample-${randomUUID()}`) };
  try {
    await writeFile(file.path, sample, { mode: 0o600 });
    const preview = await previewFile(file, { mapping, format });
    const mappedAs = assignUploads(saved, [{ name, columns: preview.columns.map((column) => column.name) }]).assigned.get(name) ?? null;
    const known = mapping || format ? undefined : saved.find((each) => each.name === mappedAs);
    return { mappedAs, preview: known ? await previewFile(file, { mapping: known }) : preview };
  } finally {
    await rm(file.path, { force: true });
  }
}
