import { createReadStream } from "node:fs";
import { exportEvidence } from "#lib/evidence/commands/export.ts";
import { exportEvidenceInput } from "#lib/evidence/schema.ts";
import { Download, verb } from "./verb.ts";

const TOLD_EVERY = 100_000;

export const evidenceExport = verb({
  name: "evidence export",
  summary: "Writes a campaign's evidence pack to --out FILE",
  options: {
    campaign: { describe: 'the campaign\'s id, or "latest" for the last one signed off' },
    checkpoint: { describe: "size of the log to export from; left out, a new checkpoint is signed" },
  },
  input: exportEvidenceInput.extend({ campaign: exportEvidenceInput.shape.campaign.default("latest") }),
  run: async (ctx, input, { progress }) => {
    const told = new Map<string, number>();
    const pack = await exportEvidence(ctx, input, {
      progress: (file, rows) => {
        if (rows < (told.get(file) ?? 0) + TOLD_EVERY) return;
        told.set(file, rows);
        progress(`${file}: ${rows} rows`);
      },
    });
    return new Download(createReadStream(pack.file, { highWaterMark: 1 << 20 }), {
      campaign: pack.campaignName,
      campaignId: pack.campaignId,
      checkpoint: String(pack.treeSize),
      sha256: pack.sha256,
      bytes: String(pack.bytes),
      key: pack.fingerprint,
    });
  },
  print: () => "",
});
