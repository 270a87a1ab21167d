import { describe } from "vitest";
import { connectorContract } from "../contract-suite.ts";
import { temporaryFiles, uploadOf } from "../files/sample-files.ts";
import { createAwsConnector } from "./connector.ts";
import { DETAILS, DEVICES, EXPORTS, hasExports, REPORT, SUMMARY } from "./sample-account.ts";
import { awsConfig } from "./schema.ts";

const files = temporaryFiles();
const bundle = [
  files.write("details.json", JSON.stringify(DETAILS)),
  files.write("report.csv", REPORT),
  files.write("devices.json", JSON.stringify(DEVICES)),
  files.write("summary.json", JSON.stringify(SUMMARY)),
].map((file) => uploadOf(file));
const of = (uploads: readonly object[], more: object = {}) => createAwsConnector(awsConfig({ way: "bundle", ...more, files: uploads }, {}));

connectorContract("an AWS bundle", async () => of(bundle), {
  secrets: [files.folder],
  makeBroken: async () => of([{ ...bundle[0], sha256: "0".repeat(64) }]),
});
connectorContract("an AWS bundle in pages of one", async () => of(bundle, { pageSize: 1 }));
connectorContract("an AWS bundle without a report", async () => of(bundle.slice(0, 1), { pageSize: 2 }));

describe.skipIf(!hasExports)("exports that nobody here made", () => {
  for (const file of EXPORTS) connectorContract(file.name, async () => of([uploadOf(file)], { pageSize: 7 }));
});
