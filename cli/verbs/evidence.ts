import { createReadStream } from "node:fs";
import { z } from "zod";
import { invalid } from "#lib/errors/domain-error.ts";
import { exportEvidence } from "#lib/evidence/commands/export.ts";
import { Download, verb } from "./verb.ts";

const sizeOf = (text: string): number => {
  if (!/^\d{1,15}$/.test(text))
    throw invalid("--checkpoint is the size of a signed tree, a whole number.", { checkpoint: "Give a number." });
  return Number(text);
};

export const evidenceExport = verb({
  name: "evidence export",
  summary: "Makes the evidence pack of a signed-off campaign and writes it to --out FILE",
  options: {
    campaign: { describe: "the campaign's id, or latest: the last one signed off" },
    checkpoint: { describe: "the size of a signed checkpoint; the same campaign and checkpoint give the same bytes" },
  },
  input: z.strictObject({ campaign: z.string().default("latest"), checkpoint: z.string().optional() }),
  run: async (ctx, { campaign, checkpoint }) => {
    const pack = await exportEvidence(ctx, { campaign, ...(checkpoint === undefined ? {} : { checkpoint: sizeOf(checkpoint) }) });
    return new Download(createReadStream(pack.file), {
      campaign: pack.campaignName,
      checkpoint: String(pack.treeSize),
      sha256: pack.sha256,
      bytes: String(pack.bytes),
      key: pack.fingerprint,
    });
  },
  print: () => "",
});
