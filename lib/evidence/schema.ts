import { z } from "zod";

const id = z.uuid();

export const exportEvidenceInput = z.strictObject({
  /** The last one that was signed off, or its id. */
  campaign: z.union([z.literal("latest"), id]),
  /** Size of the log. Left out, everything is sealed and a new checkpoint is signed. */
  checkpoint: z.coerce.number().int().positive("A checkpoint is named by its size, a whole number.").optional(),
});
export const requestExportInput = z.strictObject({ campaignId: id });
export const runExportInput = z.strictObject({ exportId: id });
export const packInput = z.strictObject({ packId: id });
export const evidenceSearchParams = z.object({ campaign: z.union([id, z.literal("")]).catch("") });

export type ExportEvidenceInput = z.input<typeof exportEvidenceInput>;
export type RequestExportInput = z.input<typeof requestExportInput>;
export type RunExportInput = z.input<typeof runExportInput>;
export type PackInput = z.input<typeof packInput>;

/** What a pack could not prove of its campaign, as kept beside it: codes and counts, since the sentences may hold names. */
export const packGaps = z.array(z.strictObject({ code: z.string(), lines: z.array(z.string()), count: z.number().int().nullable() }));
export type PackGap = z.infer<typeof packGaps>[number];
