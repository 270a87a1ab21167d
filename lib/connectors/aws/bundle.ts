import { z } from "zod";
import { SourceError } from "../contract.ts";
import { openFile, textChunks } from "../files/bytes.ts";
import { FileError } from "../files/errors.ts";
import { brokenAt, duplicateKey } from "../files/json-keys.ts";
import { LIMITS } from "../files/limits.ts";
import { checkDigest, type UploadedFile } from "../files/upload.ts";
import { type Account, type AccountSummary, accountFrom } from "./account.ts";
import { type AuthorizationDetails, accountOf, parseDetails } from "./authorization-details.ts";
import { parseReport, type ReportRow } from "./credential-report.ts";
import { devicesOf, mfaDeviceList } from "./mfa-devices.ts";
import type { AwsBundle } from "./schema.ts";

/** An account at AWS's own limits exports a tenth of this. The whole of a bundle is in memory while it is read. */
const BUNDLE_BYTES = 128 * 1024 ** 2;

type Part =
  | { kind: "details"; details: AuthorizationDetails }
  | { kind: "report"; rows: ReportRow[] }
  | { kind: "devices"; devices: z.infer<typeof mfaDeviceList> }
  | { kind: "summary"; summary: AccountSummary };
type Read = { file: UploadedFile; part: Part };

const of = <Kind extends Part["kind"]>(read: readonly Read[], kind: Kind) =>
  read.flatMap(({ file, part }) => (part.kind === kind ? [{ file, part: part as Extract<Part, { kind: Kind }> }] : []));

/** The accounts that the uploaded files tell of. Each file says itself what it is; what it is called does not matter. */
export async function readBundle(config: AwsBundle, signal: AbortSignal): Promise<Account[]> {
  if (config.files.length === 0) throw new SourceError("The source has no file yet. Upload what the AWS CLI exported.");
  const total = config.files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > BUNDLE_BYTES)
    throw new SourceError(`The files have more than ${BUNDLE_BYTES} bytes together. Make a source for each account.`);
  const read: Read[] = [];
  for (const file of config.files) {
    await checkDigest(file, signal);
    read.push({ file, part: partOf(await textOf(file, signal), file) });
  }
  const details = of(read, "details");
  if (details.length === 0)
    throw new SourceError(
      "None of the files is an export of GetAccountAuthorizationDetails. The commands that make one stand where files are uploaded.",
    );
  const reports = reportsOf(of(read, "report"));
  const accounts = details.map(({ file, part }) => {
    const place = { where: file.name, observedAt: observedAt(config.files) };
    const only = details.length === 1;
    const whose = (name: string) => (only ? (part.details.UserDetailList.find(({ UserName }) => UserName === name)?.Arn ?? null) : null);
    const lists = of(read, "devices").flatMap((each) => devicesOf(each.part.devices, whose));
    const account = accountFrom(part.details, {}, config, place);
    const devices = of(read, "devices").length > 0 ? lists.filter(({ user }) => accountOf(user) === account.id) : null;
    const summary = only ? (of(read, "summary")[0]?.part.summary ?? null) : null;
    return { ...account, report: reports.get(account.id) ?? null, devices, summary };
  });
  refuseStray(accounts, reports);
  return accounts.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** The whole speaks of its oldest part: a removal proved by it happened before that. */
const observedAt = (files: readonly UploadedFile[]): string =>
  new Date(Math.min(...files.map(({ exportedAt, uploadedAt }) => Date.parse(exportedAt ?? uploadedAt)))).toISOString();

function reportsOf(
  reports: readonly { file: UploadedFile; part: Extract<Part, { kind: "report" }> }[],
): Map<string, Map<string, ReportRow>> {
  const byAccount = new Map<string, Map<string, ReportRow>>();
  for (const { file, part } of reports) {
    const ids = [...new Set(part.rows.map(({ arn }) => accountOf(arn)))];
    const [id] = ids;
    if (id === undefined || ids.length > 1)
      throw new SourceError(`${file.name}: a credential report is of one account, and this is of ${ids.length}.`);
    if (byAccount.has(id))
      throw new SourceError(`${file.name}: there is a credential report of account ${id} already. Keep one of the two.`);
    byAccount.set(id, new Map(part.rows.map((row) => [row.arn, row])));
  }
  return byAccount;
}

function refuseStray(accounts: readonly Account[], reports: ReadonlyMap<string, unknown>): void {
  const ids = accounts.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice)
    throw new SourceError(`Two of the files are exports of account ${twice}. Keep the newer one; upload it under the name of the older.`);
  const stray = [...reports.keys()].find((id) => !ids.includes(id));
  if (stray) throw new SourceError(`There is a credential report of account ${stray}, and no export of its users, groups and roles.`);
}

async function textOf(file: UploadedFile, signal: AbortSignal): Promise<string> {
  const options = { signal, limits: { ...LIMITS, bytes: BUNDLE_BYTES } };
  const parts: string[] = [];
  for await (const { text, broken } of textChunks(file, await openFile(file, options), 0, options)) {
    parts.push(text);
    if (broken) throw new FileError(broken.code, file.name, { byte: broken.byte }, broken.sentence);
  }
  return parts.join("");
}

const wrappedReport = z.object({ Content: z.string(), ReportFormat: z.string() });
const summaryMap = z.object({ SummaryMap: z.object({ Users: z.int(), Groups: z.int(), Roles: z.int() }) });
const page = z.object({ IsTruncated: z.boolean().optional(), NextToken: z.string().optional(), Marker: z.string().optional() });

function partOf(text: string, file: UploadedFile): Part {
  const { name } = file;
  if (/^\s*user,arn,/.test(text)) return { kind: "report", rows: parseReport(text, name) };
  if (!/^\s*\{/.test(text))
    throw new SourceError(`${name}: neither JSON of the AWS CLI nor a credential report. Export it again.`, { where: name });
  const json = parsedJson(text, name);
  const { IsTruncated, NextToken, Marker } = page.catch({}).parse(json);
  if (IsTruncated || NextToken || Marker)
    throw new SourceError(`${name}: this is one page of several. Export without --no-paginate, --max-items and --page-size.`, {
      where: name,
    });
  if (has(json, "UserDetailList") || has(json, "RoleDetailList")) return { kind: "details", details: parseDetails(json, name) };
  const report = wrappedReport.safeParse(json);
  if (report.success) return { kind: "report", rows: parseReport(Buffer.from(report.data.Content, "base64").toString("utf8"), name) };
  const summary = summaryMap.safeParse(json);
  if (summary.success) {
    const { Users: users, Groups: groups, Roles: roles } = summary.data.SummaryMap;
    return { kind: "summary", summary: { users, groups, roles } };
  }
  const devices = mfaDeviceList.safeParse(json);
  if (devices.success && (devices.data.VirtualMFADevices || devices.data.MFADevices)) return { kind: "devices", devices: devices.data };
  throw new SourceError(`${name}: JSON, but none of the exports that are read. See the commands where files are uploaded.`, {
    where: name,
  });
}

const has = (value: unknown, name: string): boolean => typeof value === "object" && value !== null && name in value;

function parsedJson(text: string, name: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const told = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    const at = told === undefined ? brokenAt(text) : Number(told);
    const isCut = at >= text.trimEnd().length;
    throw new FileError(
      "bad_json",
      name,
      placeAt(text, at),
      isCut ? "the JSON ends before it is complete. Export it again." : "the JSON is broken here. Export it again.",
    );
  }
  const twice = duplicateKey(text);
  if (twice)
    throw new FileError("duplicate_key", name, placeAt(text, twice.at), "a name stands twice in one object. Which of the two counts?");
  return value;
}

function placeAt(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}
