import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { campaignFileSchema } from "#lib/campaigns/campaign-file.ts";

/** docs/campaign.schema.json is made from the code that reads campaign files; `--mend` writes it. */
const FILE = path.join(import.meta.dirname, "../../docs/campaign.schema.json");
const made = `${JSON.stringify(campaignFileSchema(), null, 2)}\n`;

if (process.argv.includes("--mend")) writeFileSync(FILE, made);
const isCurrent = read() === made;
console.log(
  isCurrent
    ? "the schema of campaign files is current"
    : "docs/campaign.schema.json is not what the code reads: run cli/checks/campaign-schema.ts --mend",
);
process.exitCode = isCurrent ? 0 : 1;

function read(): string {
  try {
    return readFileSync(FILE, "utf8");
  } catch {
    return "";
  }
}
