import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";

/**
 * A month of an AWS account's log, the same at every run, as CloudTrail delivers it: files of records, and the same events as lines made ready for
 * COPY. Run as a program, so that making the data leaves nothing in the memory that is measured:  node bench/trail-data.ts <folder> <events> [users]
 */
export const EVENTS_A_FILE = 50_000;
export const filesOf = (events: number): number => Math.ceil(events / EVENTS_A_FILE);
export const trailFile = (folder: string, at: number): string => path.join(folder, `trail-${String(at).padStart(4, "0")}.json`);
export const readyFile = (folder: string): string => path.join(folder, "events.txt");

/** Of the columns of access_events, in the order of a ready line. */
export const READY_COLUMNS = `source_id, event_id, occurred_at, batch_id, kind, action, outcome, privileged, mfa, principal, principal_name, identity_class, session_key,
  session_started_at, authenticated_by, credential, address, client`;
export const READY_SOURCE = "00000000-0000-7000-8000-000000000001";

export const UNTIL = Date.UTC(2026, 10, 28);
const MONTH_MS = 30 * 86_400_000;
/** One session each a day. */
const usersOf = (events: number): number => Math.max(20, events / 5_000);
const CALLS = [
  ["ec2", "DescribeInstances", "other"],
  ["s3", "GetBucketAcl", "other"],
  ["kms", "Decrypt", "other"],
  ["ssm", "GetParameter", "other"],
  ["sts", "GetCallerIdentity", "other"],
  ["iam", "AttachRolePolicy", "privilege_granted"],
  ["signin", "ConsoleLogin", "sign_in"],
  ["secretsmanager", "GetSecretValue", "other"],
] as const;

/** As random as a real event id, which is what the index feels. */
function eventId(at: number): string {
  const hex = createHash("md5").update(String(at)).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function eventAt(at: number, events: number, users: number) {
  const when = new Date(UNTIL - MONTH_MS + Math.floor(((at / events) * MONTH_MS) / 1000) * 1000).toISOString();
  const user = `user-${(at * 7919) % users}`;
  const [service, name, kind] = CALLS[(at * 31) % CALLS.length] ?? CALLS[0];
  const isMfa = (at * 13) % 5 > 1;
  const since = `${when.slice(0, 11)}00:00:00`;
  return {
    id: eventId(at),
    when,
    user,
    service,
    name,
    kind,
    isMfa,
    since,
    key: `ASIA${user.toUpperCase()}`,
    address: `198.51.100.${at % 250}`,
  };
}
type Event = ReturnType<typeof eventAt>;
const CLIENT = "aws-cli/2.15.30 Python/3.11.8 Linux/5.10.0 exe/x86_64.debian.12 prompt/off command/ec2.describe-instances";

const recordOf = ({ id, when, user, service, name, isMfa, since, key, address }: Event): string =>
  JSON.stringify({
    eventVersion: "1.09",
    userIdentity: {
      type: "IAMUser",
      principalId: `AIDA${user.toUpperCase()}`,
      arn: `arn:aws:iam::123456789012:user/${user}`,
      accountId: "123456789012",
      accessKeyId: key,
      userName: user,
      sessionContext: { attributes: { creationDate: `${since}Z`, mfaAuthenticated: String(isMfa) } },
    },
    eventTime: when.replace(".000Z", "Z"),
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: "eu-central-1",
    sourceIPAddress: address,
    userAgent: CLIENT,
    requestParameters: { instancesSet: {}, filterSet: { items: [{ name: "tag:team", valueSet: { items: [{ value: "payments" }] } }] } },
    responseElements: null,
    requestID: id,
    eventID: id,
    readOnly: service !== "iam" && service !== "signin",
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "123456789012",
    eventCategory: "Management",
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: `${service}.eu-central-1.amazonaws.com`,
    },
  });

function readyLine({ id, when, user, service, name, kind, isMfa, since, key, address }: Event): string {
  const arn = `arn:aws:iam::123456789012:user/${user}`;
  const isGranted = kind === "privilege_granted";
  return `${[READY_SOURCE, id, when, READY_SOURCE, kind, `${service}:${name}`, "success", isGranted ? "yes" : "unknown", isMfa ? "yes" : "no", arn, user, "unknown", `${arn}@${since}.000Z`, `${since}Z`, "temporary key", key, address, CLIENT].join("\t")}\n`;
}

function write(folder: string, events: number, users: number): void {
  mkdirSync(folder, { recursive: true });
  const ready = openSync(readyFile(folder), "w");
  for (let file = 0; file < filesOf(events); file += 1) {
    const trail = openSync(trailFile(folder, file), "w");
    writeSync(trail, '{"Records":[');
    const end = Math.min(events, (file + 1) * EVENTS_A_FILE);
    for (let from = file * EVENTS_A_FILE; from < end; from += 1_000) {
      const block = Array.from({ length: Math.min(1_000, end - from) }, (_, index) => eventAt(from + index, events, users));
      writeSync(trail, `${from > file * EVENTS_A_FILE ? "," : ""}${block.map(recordOf).join(",")}`);
      writeSync(ready, block.map(readyLine).join(""));
    }
    writeSync(trail, "]}");
    closeSync(trail);
  }
  closeSync(ready);
}

if (process.argv[1] === import.meta.filename) {
  const [folder, events, users] = process.argv.slice(2);
  write(String(folder), Number(events), Number(users ?? usersOf(Number(events))));
}
