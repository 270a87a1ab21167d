import { setTimeout as pause } from "node:timers/promises";
import {
  GenerateCredentialReportCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListVirtualMFADevicesCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { SourceError } from "../contract.ts";
import { type Account, type AccountSummary, accountFrom } from "./account.ts";
import { type AuthorizationDetails, parseDetails } from "./authorization-details.ts";
import { type Called, callOrNothing, explained } from "./calls.ts";
import type { Reading } from "./connector.ts";
import { parseReport, type ReportRow } from "./credential-report.ts";
import { keyIdPlace } from "./credentials.ts";
import { devicesOf, type MfaDevice, mfaDeviceList } from "./mfa-devices.ts";
import { RequestCarrier } from "./requests.ts";
import type { AwsLive, AwsSecrets } from "./schema.ts";
import { CALLS, refusedScopes, scopesOf } from "./scopes.ts";

const MAX_PAGES = 5_000;

/** Asks AWS itself. The mandatory call fails the run when it is refused; each optional one costs its columns. */
export async function readLive(config: AwsLive, signal: AbortSignal): Promise<Reading> {
  const until = AbortSignal.timeout(config.deadlineSeconds * 1_000);
  const stop = AbortSignal.any([signal, until]);
  const where = config.endpoint ?? `AWS IAM (${config.region})`;
  try {
    const observedAt = new Date().toISOString();
    const client = await clientFor(config, stop);
    const { value: details } = await callOrNothing(() => readDetails(client, where));
    if (!details) return refused(config, where);
    const report = await callOrNothing(() => readReport(client, where, stop));
    const summary = await callOrNothing(() => readSummary(client));
    const devices = await callOrNothing(() => readDevices(client, report.value));
    const keyIds = await callOrNothing(() => readKeyIds(client, details, report.value));
    const evidence = { report: report.value, summary: summary.value, devices: devices.value, keyIds: keyIds.value ?? new Map() };
    const account = accountFrom(details, evidence, config, { where, observedAt });
    return { accounts: [account], facts: factsOf(config, account, where, keyIds) };
  } catch (error) {
    signal.throwIfAborted();
    if (until.aborted)
      throw new SourceError(`AWS took longer than the ${config.deadlineSeconds} seconds of this source. Nothing was applied.`, { where });
    throw explained(error, where);
  }
}

/** Held, not failed: somebody has to allow it, and until then what is known stays as it is. */
function refused(config: AwsLive, where: string): Reading {
  const facts = { product: PRODUCT, account: readerOf(config), endpoint: where, scopes: refusedScopes() };
  return { accounts: [], refusal: "The reader may not call iam:GetAccountAuthorizationDetails.", facts };
}

const PRODUCT = "AWS IAM API 2010-05-08";
/** The key's id is no secret, but half of one: its end tells it apart. */
const readerOf = ({ role, secrets }: AwsLive): string => (role ? role.arn : `access key …${secrets.accessKeyId.slice(-4)}`);

function factsOf(config: AwsLive, account: Account, where: string, keyIds: Called<unknown>): Reading["facts"] {
  const { name, purpose, remedy, costs } = CALLS.keys;
  const isHeld = keyIds.value !== null;
  const key = { name, purpose: isHeld ? purpose : `${purpose} ${remedy}`, isMandatory: false, isHeld, costs };
  return {
    product: PRODUCT,
    account: readerOf(config),
    endpoint: `${where}, account ${account.id}`,
    scopes: scopesOf([account], [key]),
  };
}

type Keys = AwsSecrets;

/** Nothing is taken from the machine's own environment: neither keys, nor a region, nor what a profile says. */
const options = (config: AwsLive, keys: Keys, signal: AbortSignal) => ({
  region: config.region,
  ...(config.endpoint ? { endpoint: config.endpoint } : {}),
  credentials: {
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey,
    ...(keys.sessionToken ? { sessionToken: keys.sessionToken } : {}),
  },
  requestHandler: new RequestCarrier(config, signal),
  maxAttempts: 4,
  retryMode: "standard",
  defaultsMode: "standard" as const,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
});

async function clientFor(config: AwsLive, signal: AbortSignal): Promise<IAMClient> {
  return new IAMClient(options(config, config.role ? await borrowed(config, config.role, signal) : config.secrets, signal));
}

async function borrowed(config: AwsLive, { arn, externalId }: NonNullable<AwsLive["role"]>, signal: AbortSignal): Promise<Keys> {
  const client = new STSClient(options(config, config.secrets, signal));
  const { Credentials: given } = await client.send(
    new AssumeRoleCommand({ RoleArn: arn, ExternalId: externalId, RoleSessionName: "countersign", DurationSeconds: 3_600 }),
  );
  if (!given?.AccessKeyId || !given.SecretAccessKey) throw new SourceError(`AWS gave no credentials for ${arn}.`, { where: arn });
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    ...(given.SessionToken ? { sessionToken: given.SessionToken } : {}),
  };
}

type Marked = { IsTruncated?: boolean | undefined; Marker?: string | undefined };

/** Every page of a list. A marker that comes again would never end, and one without a marker has no next page. */
async function* pagesOf<Answer extends Marked>(ask: (marker: string | undefined) => Promise<Answer>): AsyncGenerator<Answer> {
  const seen = new Set<string>();
  let marker: string | undefined;
  for (let page = 1; ; page += 1) {
    const answer = await ask(marker);
    yield answer;
    if (!answer.IsTruncated) return;
    marker = answer.Marker;
    if (!marker || seen.has(marker) || page >= MAX_PAGES)
      throw new SourceError(`AWS says that page ${page} is not the last, and gives no new marker to go on from. Nothing was applied.`);
    seen.add(marker);
  }
}

async function readDetails(client: IAMClient, where: string): Promise<AuthorizationDetails> {
  const all: AuthorizationDetails = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] };
  let number = 0;
  for await (const page of pagesOf((Marker) => client.send(new GetAccountAuthorizationDetailsCommand({ Marker, MaxItems: 1_000 })))) {
    number += 1;
    const lists = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [], ...defined(page) };
    const read = parseDetails(lists, `${where}, page ${number}`);
    all.UserDetailList.push(...read.UserDetailList);
    all.GroupDetailList.push(...read.GroupDetailList);
    all.RoleDetailList.push(...read.RoleDetailList);
    all.Policies.push(...read.Policies);
  }
  return all;
}

/** The SDK leaves out lists that are empty. */
const defined = (page: object): object => Object.fromEntries(Object.entries(page).filter(([, value]) => value !== undefined));

const REPORT_TRIES = 20;

async function readReport(client: IAMClient, where: string, signal: AbortSignal): Promise<Map<string, ReportRow>> {
  for (let attempt = 1; ; attempt += 1) {
    const { State } = await client.send(new GenerateCredentialReportCommand({}));
    if (State === "COMPLETE") break;
    if (attempt === REPORT_TRIES) throw new SourceError("AWS did not finish the credential report in time. Try again later.", { where });
    await pause(Math.min(1_000 * attempt, 5_000), undefined, { signal });
  }
  const { Content } = await client.send(new GetCredentialReportCommand({}));
  const rows = parseReport(Buffer.from(Content ?? new Uint8Array()).toString("utf8"), `${where}, credential report`);
  return new Map(rows.map((row) => [row.arn, row]));
}

async function readSummary(client: IAMClient): Promise<AccountSummary | null> {
  const { SummaryMap: map } = await client.send(new GetAccountSummaryCommand({}));
  const { Users: users, Groups: groups, Roles: roles } = map ?? {};
  return users === undefined || groups === undefined || roles === undefined ? null : { users, groups, roles };
}

/** Virtual ones in one list; then only whoever has MFA and none of those is asked for. */
async function readDevices(client: IAMClient, report: ReadonlyMap<string, ReportRow> | null): Promise<MfaDevice[]> {
  const found: MfaDevice[] = [];
  for await (const page of pagesOf((Marker) => client.send(new ListVirtualMFADevicesCommand({ Marker, AssignmentStatus: "Assigned" }))))
    found.push(...devicesOf(mfaDeviceList.parse({ VirtualMFADevices: page.VirtualMFADevices ?? [] }), () => null));
  const holders = new Set(found.map(({ user }) => user));
  for (const { arn, hasMfa, isRoot } of report?.values() ?? []) {
    if (hasMfa !== "yes" || isRoot || holders.has(arn)) continue;
    for await (const page of pagesOf((Marker) => client.send(new ListMFADevicesCommand({ Marker, UserName: nameOf(arn) }))))
      found.push(...devicesOf(mfaDeviceList.parse({ MFADevices: page.MFADevices ?? [] }), () => arn));
  }
  return found;
}

async function readKeyIds(
  client: IAMClient,
  { UserDetailList }: AuthorizationDetails,
  report: ReadonlyMap<string, ReportRow> | null,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const { Arn } of UserDetailList) {
    if (!report?.get(Arn)?.keys.some(({ isActive }) => isActive)) continue;
    for await (const page of pagesOf((Marker) => client.send(new ListAccessKeysCommand({ Marker, UserName: nameOf(Arn) }))))
      for (const { AccessKeyId, CreateDate } of page.AccessKeyMetadata ?? [])
        if (AccessKeyId && CreateDate) ids.set(keyIdPlace(Arn, CreateDate.toISOString()), AccessKeyId);
  }
  return ids;
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
